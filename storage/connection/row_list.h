// A list of rows as one value of a statement, which JSON_TABLE makes rows of again. Statements write
//
//   JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
//     company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
//     quantity INT PATH '$[1]')) AS batch
//
// with the collations of the tables, so that joins use the tables' keys. The connector sends a text of more than 256
// KiB as bytes, which are no JSON for MySQL before CONVERT. See dialect.h for engines without JSON_TABLE.
#ifndef AGREEMENTS_STORAGE_CONNECTION_ROW_LIST_H_
#define AGREEMENTS_STORAGE_CONNECTION_ROW_LIST_H_

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace agreements::storage {

// The text is JSON: an array of rows, which are arrays of strings.
class RowList {
 public:
  // Adds a row of texts and integers. A column that is left out at the end is NULL.
  template <typename... Columns>
  void Add(const Columns&... columns) {
    json_ += json_.empty() ? "[[" : ",[";
    (AddColumn(absl::AlphaNum(columns).Piece()), ...);
    json_.back() = ']';
  }

  // How many bytes there are so far.
  size_t size() const { return json_.size(); }

  std::string Json() && {
    json_ += json_.empty() ? "[]" : "]";
    return std::move(json_);
  }

 private:
  // With a comma behind it.
  void AddColumn(absl::string_view text);

  std::string json_;
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_ROW_LIST_H_
