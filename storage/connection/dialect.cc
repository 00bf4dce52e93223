#include "storage/connection/dialect.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace agreements::storage {
namespace {

constexpr absl::string_view kBegin = "JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (";
constexpr absl::string_view kEnd = "))";

// The elements by their numbers, of which there are 100 times 100. They come from a recursion, since Vitess does not
// send a join with other tables of constants to a shard as a whole. Each recursion of a statement has its own name.
constexpr char kRows[] = R"sql((
    SELECT {columns}
    FROM (SELECT JSON_EXTRACT(CONVERT(? USING utf8mb4), '$') AS content) AS list
    JOIN (WITH RECURSIVE {counted} AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM {counted} WHERE n < 99)
          SELECT 100 * hundreds.n + ones.n AS n
          FROM {counted} AS hundreds
          JOIN {counted} AS ones) AS numbers
    WHERE numbers.n < JSON_LENGTH(list.content)
    ORDER BY numbers.n
    LIMIT {max_rows}))sql";

// The value of "name TYPE PATH '$[i]'".
std::string ColumnOf(absl::string_view definition) {
  const std::vector<absl::string_view> name_and_rest =
      absl::StrSplit(absl::StripAsciiWhitespace(definition), absl::MaxSplits(' ', 1));
  const std::vector<absl::string_view> type_and_path = absl::StrSplit(name_and_rest.at(1), " PATH '$");
  const std::string element = absl::StrCat("JSON_UNQUOTE(JSON_EXTRACT(list.content, CONCAT('$[', numbers.n, ']",
                                           absl::StripSuffix(type_and_path.at(1), "'"), "')))");
  absl::string_view type = type_and_path.at(0);
  if (absl::EndsWith(type, "INT")) return absl::StrCat("CAST(", element, " AS SIGNED) AS ", name_and_rest.at(0));
  absl::ConsumePrefix(&type, "VAR");
  const std::vector<absl::string_view> type_and_collation = absl::StrSplit(type, " COLLATE ");
  return absl::StrCat("CAST(", element, " AS ", type_and_collation.at(0), ")",
                      type_and_collation.size() > 1 ? absl::StrCat(" COLLATE ", type_and_collation.at(1)) : "", " AS ",
                      name_and_rest.at(0));
}

}  // namespace

bool HasJsonTable(absl::string_view version) {
  return !absl::StrContains(version, "TiDB") && !absl::StrContains(version, "Vitess");
}

std::string WithoutJsonTable(absl::string_view sql) {
  std::string without;
  int lists = 0;
  for (size_t begin = sql.find(kBegin); begin != absl::string_view::npos; begin = sql.find(kBegin)) {
    absl::StrAppend(&without, sql.substr(0, begin));
    sql.remove_prefix(begin + kBegin.size());
    const size_t end = sql.find(kEnd);
    std::string columns;
    for (const absl::string_view definition : absl::StrSplit(sql.substr(0, end), ',')) {
      absl::StrAppend(&columns, columns.empty() ? "" : ",\n           ", ColumnOf(definition));
    }
    absl::StrAppend(&without, absl::StrReplaceAll(kRows, {{"{columns}", columns},
                                                          {"{counted}", absl::StrCat("counted_", ++lists)},
                                                          {"{max_rows}", absl::StrCat(kMaxListRows)}}));
    sql.remove_prefix(end + kEnd.size());
  }
  return absl::StrCat(without, sql);
}

}  // namespace agreements::storage
