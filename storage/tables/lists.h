// What lists of named things, and batches of them, have in common.
#ifndef AGREEMENTS_STORAGE_TABLES_LISTS_H_
#define AGREEMENTS_STORAGE_TABLES_LISTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "storage/connection/statement.h"

namespace agreements::storage {

// Where a page of a list in the order of names begins: after the row with this key and id. Before all rows: both empty.
struct NamePosition {
  std::string name_key;
  std::string id;
};

// A row of such a list. Its key is the one that is stored: the position of what comes after it.
template <typename Resource>
struct SortedRow {
  Resource row;
  std::string name_key;
};

// A batch is asked for in one statement, of which there are two, so that they are prepared once: "IN (?, ?, ...)" with
// this many places, of which those that are left over hold the last id once more.
inline constexpr size_t kSmallBatch = 10;
inline constexpr size_t kLargeBatch = 100;

// "IN (?, ?, ?)" for so many values.
std::string InPlaces(size_t count);

// The account and the ids, as many as there are places. REQUIRES: 1 to kLargeBatch ids.
std::vector<Value> BatchValues(absl::string_view account_id,
                               const google::protobuf::RepeatedPtrField<std::string>& ids);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_LISTS_H_
