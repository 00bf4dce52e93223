// What the reads of agreements and of companies share.
#ifndef AGREEMENTS_STORAGE_TABLES_LISTS_H_
#define AGREEMENTS_STORAGE_TABLES_LISTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
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

// The places of an "IN (?, ?, ...)": one number, so that each statement is prepared once. Those that are left over hold
// the last id again.
inline constexpr size_t kIdsAtOnce = 100;

// "?, ?, ?" and "IN (?, ?, ?)" for so many values.
std::string Places(size_t count);
std::string InPlaces(size_t count);

// Adds an id for each place. REQUIRES: there are 1 to `places` ids.
void AddPlaces(const std::vector<std::string>& ids, size_t places, std::vector<Value>& values);

// "c.company_id, c.display_name" of "company_id, display_name", for joins.
std::string ColumnsOf(absl::string_view alias, absl::string_view columns);

// A table of things with names, for the statements that all of them have.
struct NamedTable {
  const char* name;     // "agreements"
  const char* id;       // "agreement_id"
  const char* columns;  // Those that its row reader reads.
  const char* filters;  // Its own conditions of lists: "AND ... AND ...". Empty values let everything through.
};

// Reads a page, from the newest row down or in the order of names: then, the column after the row reader's is name_key.
// Values: account_id, the position, those of the filters, the prefix of the name (see LastWithPrefix) and its last
// name, the prefix again, the folded text in the name, whether deleted ones are shown, the limit.
std::string ListSql(const NamedTable& table);
std::string ListByNameSql(const NamedTable& table);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_LISTS_H_
