#include "storage/tables/lists.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace agreements::storage {
namespace {

// `after` and `order` are in terms of {id}.
std::string PageSql(const NamedTable& table, absl::string_view more_columns, absl::string_view after,
                    absl::string_view order) {
  const std::string sql = absl::StrReplaceAll(R"sql(
  SELECT {columns}{more_columns}
  FROM {table}
  WHERE account_id = ?
    AND {after}
    {filters}
    AND display_name >= ? AND display_name <= ? AND LOCATE(?, display_name) = 1
    AND LOCATE(?, folded_name) > 0
    AND (? = 1 OR delete_time IS NULL)
  ORDER BY {order}
  LIMIT ?
)sql",
                                              {{"{columns}", table.columns},
                                               {"{more_columns}", more_columns},
                                               {"{table}", table.name},
                                               {"{after}", after},
                                               {"{filters}", table.filters},
                                               {"{order}", order}});
  return absl::StrReplaceAll(sql, {{"{id}", table.id}});
}

}  // namespace

std::string Places(size_t count) {
  std::string places = "?";
  for (size_t i = 1; i < count; ++i) absl::StrAppend(&places, ", ?");
  return places;
}

std::string InPlaces(size_t count) { return absl::StrCat("IN (", Places(count), ")"); }

void AddPlaces(const std::vector<std::string>& ids, size_t places, std::vector<Value>& values) {
  for (size_t i = 0; i < places; ++i) values.emplace_back(ids[std::min(i, ids.size() - 1)]);
}

std::string ColumnsOf(absl::string_view alias, absl::string_view columns) {
  std::string with_alias;
  for (const absl::string_view column : absl::StrSplit(columns, ',')) {
    absl::StrAppend(&with_alias, with_alias.empty() ? "" : ", ", alias, ".", absl::StripAsciiWhitespace(column));
  }
  return with_alias;
}

std::string ListSql(const NamedTable& table) { return PageSql(table, "", "{id} < ?", "{id} DESC"); }

std::string ListByNameSql(const NamedTable& table) {
  return PageSql(table, ", name_key", "(name_key > ? OR name_key = ? AND {id} > ?)", "name_key, {id}");
}

}  // namespace agreements::storage
