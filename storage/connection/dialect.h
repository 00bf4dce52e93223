// What the engines' dialects of SQL lack of that of MySQL and MariaDB.
#ifndef AGREEMENTS_STORAGE_CONNECTION_DIALECT_H_
#define AGREEMENTS_STORAGE_CONNECTION_DIALECT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace agreements::storage {

// The most rows that a list has on an engine without JSON_TABLE.
inline constexpr int kMaxListRows = 10'000;

// Whether a server of this VERSION() takes JSON_TABLE in every statement. TiDB has none, and Vitess takes it on one
// shard only.
bool HasJsonTable(absl::string_view version);

// A statement's text without JSON_TABLE. Each list of rows, which statements write as
//
//   JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
//     company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
//     quantity INT PATH '$[1]')) AS batch
//
// becomes a derived table with the same columns, values and order. It takes the elements out of the text one by one,
// which is slow where JSON is stored as text, as in MariaDB.
std::string WithoutJsonTable(absl::string_view sql);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_DIALECT_H_
