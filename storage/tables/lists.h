// What lists and batches of agreements and of companies share.
#ifndef AGREEMENTS_STORAGE_TABLES_LISTS_H_
#define AGREEMENTS_STORAGE_TABLES_LISTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "storage/connection/statement.h"

namespace agreements::storage {

// A position in a list in the order of names: that of the row with this key and id. If both are empty, it is before all
// rows.
struct NamePosition {
  std::string name_key;
  std::string id;
};

// A row of such a list. name_key is the stored one, for the position of the next page.
template <typename Resource>
struct SortedRow {
  Resource row;
  std::string name_key;
};

// A batch is read by one statement with "IN (?, ?, ...)". There are two such statements, with this many places, so that
// both are prepared once. Places that are left over hold the last id again.
inline constexpr size_t kSmallBatch = 10;
inline constexpr size_t kLargeBatch = 100;

// "IN (?, ?, ?)" for so many values.
std::string InPlaces(size_t count);

// The values for such a statement: the account, then an id for each place. REQUIRES: there are 1 to kLargeBatch ids.
std::vector<Value> BatchValues(absl::string_view account_id,
                               const google::protobuf::RepeatedPtrField<std::string>& ids);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_LISTS_H_
