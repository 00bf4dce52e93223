#include "storage/connection/purge.h"

#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "storage/connection/changes.h"
#include "storage/connection/ids.h"
#include "storage/connection/row_list.h"

namespace agreements::storage {
namespace {

// What is old is looked for without locks, and then deleted by its keys. A DELETE that looks for it locks every row at
// which it looks. In a small table these are all rows, and it would wait for the records of calls that run.

const Statement kListOldRequests = {"list_old_requests", R"sql(
  SELECT account_id, caller, request_id
  FROM requests
  WHERE create_time < ?
  ORDER BY create_time
  LIMIT ?
)sql"};

// Looks at the time again: another server may have purged the request, and a caller used its request_id anew.
const Statement kDeleteRequests = {"delete_requests", R"sql(
  DELETE r
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         caller VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]',
         request_id VARCHAR(65) CHARACTER SET ascii COLLATE ascii_bin PATH '$[2]')) AS old
  STRAIGHT_JOIN requests AS r FORCE INDEX (PRIMARY)
    ON r.account_id = old.account_id AND r.caller = old.caller AND r.request_id = old.request_id
  WHERE r.create_time < ?
)sql"};

// Entries or responses.
constexpr char kListOld[] = R"sql(
  SELECT account_id, change_id, ''
  FROM changes
  WHERE kind = {kind}
    AND change_id < ?
  ORDER BY change_id
  LIMIT ?
)sql";
const Statement kListOldEntries = {"list_old_entries", {{"{kind}", kEntryRow}}, kListOld};
const Statement kListOldResponses = {"list_old_responses", {{"{kind}", kResponseRow}}, kListOld};

// Rows of entries: all, or one. By another index, MariaDB 11.8 would lock rows of calls that run.
constexpr char kDelete[] = R"sql(
  DELETE c
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         change_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]')) AS old
  STRAIGHT_JOIN changes AS c FORCE INDEX (PRIMARY)
    ON c.account_id = old.account_id AND c.change_id = old.change_id{and_kind}
)sql";
const Statement kDeleteChanges = {"delete_changes", {{"{and_kind}", ""}}, kDelete};
const Statement kDeleteResponses = {
    "delete_responses", {{"{and_kind}", absl::StrCat(" AND c.kind = ", kResponseRow)}}, kDelete};

using Key = std::array<std::string, 3>;

Key ReadKey(const Row& row) { return {row.GetString(1), row.GetString(2), row.GetString(3)}; }

std::string JsonOf(const std::vector<Key>& keys) {
  RowList rows;
  for (const Key& key : keys) std::apply([&rows](const auto&... columns) { rows.Add(columns...); }, key);
  return std::move(rows).Json();
}

// Deletes what `list` finds. The values of `delete_them` begin with the keys.
absl::StatusOr<int64_t> Purge(Database& database, const Statement& list, const Value& before, int at_once,
                              const Statement& delete_them, std::vector<Value> more_values) {
  ASSIGN_OR_RETURN(const std::vector<Key> keys, database.QueryAlone(list, {before, at_once}, ReadKey));
  if (keys.empty()) return 0;
  more_values.insert(more_values.begin(), JsonOf(keys));
  RETURN_IF_ERROR(database.ExecuteAlone(delete_them, more_values).status());
  return static_cast<int64_t>(keys.size());
}

}  // namespace

absl::StatusOr<int64_t> PurgeRequests(Database& database, absl::Time before) {
  ASSIGN_OR_RETURN(const int64_t purged,
                   Purge(database, kListOldRequests, before, kRequestsAtOnce, kDeleteRequests, {before}));
  // A response is purged after its request, which would be without one.
  if (purged > 0) return purged;
  return Purge(database, kListOldResponses, FirstId(kChangePrefix, before), kRequestsAtOnce, kDeleteResponses, {});
}

absl::StatusOr<int64_t> PurgeChanges(Database& database, absl::Time before) {
  return Purge(database, kListOldEntries, FirstId(kChangePrefix, before), kChangesAtOnce, kDeleteChanges, {});
}

}  // namespace agreements::storage
