#include "storage/connection/requests.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "storage/connection/changes.h"
#include "storage/connection/row_list.h"

namespace agreements::storage {
namespace {

// The response is a byte that no message begins with: for servers that look for the response here.
const Statement kInsertRequest = {"insert_request", R"sql(
  INSERT INTO requests (account_id, caller, request_id, request_hash, response, create_time, method, claim_id)
  VALUES (?, ?, ?, ?, X'00', ?, ?, ?)
)sql"};

const Statement kInsertRequests = {"insert_requests", R"sql(
  INSERT INTO requests (account_id, caller, request_id, request_hash, response, create_time, method, claim_id)
  SELECT ?, ?, request_id, ?, X'00', ?, ?, claim_id
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         request_id VARCHAR(65) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         claim_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]')) AS entries
)sql"};

// Requests with their responses. Those that were recorded before there were changes have it themselves.
constexpr char kResponse[] = "IF(r.claim_id IS NULL, r.response, c.content)";
const std::string kRequests = absl::StrCat(R"sql(requests AS r
  LEFT JOIN changes AS c
    ON c.account_id = r.account_id AND c.kind = )sql",
                                           kResponseRow, " AND c.term = r.claim_id");

const Statement kGetRequest = {"get_request", {{"{response}", kResponse}, {"{requests}", kRequests}}, R"sql(
  SELECT r.request_hash, r.claim_id, {response}
  FROM {requests}
  WHERE r.account_id = ? AND r.caller = ? AND r.request_id = ?
)sql"};

const Statement kListRequests = {"list_requests", {{"{response}", kResponse}, {"{requests}", kRequests}}, R"sql(
  SELECT r.caller, r.request_id, r.method, {response}, r.create_time
  FROM {requests}
  WHERE r.account_id = ?
    AND (r.caller > ? OR r.caller = ? AND r.request_id > ?)
  ORDER BY r.caller, r.request_id
  LIMIT ?
)sql"};

const Statement kNewestRequestWithoutMethod = {"newest_request_without_method", R"sql(
  SELECT create_time
  FROM requests
  WHERE account_id = ?
    AND method = ''
  ORDER BY create_time DESC
  LIMIT 1
)sql"};

const Statement kNewestRequestWithoutChange = {"newest_request_without_change", R"sql(
  SELECT create_time
  FROM requests
  WHERE account_id = ?
    AND claim_id IS NULL
  ORDER BY create_time DESC
  LIMIT 1
)sql"};

constexpr char kServersPrefix[] = "~";

StoredRequest ReadRequest(const Row& row) {
  StoredRequest stored = {.request_hash = row.GetString(1), .claim_id = row.GetString(2), .response = std::nullopt};
  if (!row.IsNull(3)) stored.response = row.GetString(3);
  return stored;
}

RecordedRequest ReadRecord(const Row& row) {
  return {.caller = row.GetString(1),
          .request_id = row.GetString(2),
          .method = row.GetString(3),
          .response = row.GetString(4),
          .create_time = ToTime(row.GetTimestamp(5))};
}

absl::Time ReadCreateTime(const Row& row) { return ToTime(row.GetTimestamp(1)); }

}  // namespace

std::string NewRequestId(IdSource& ids) { return ids.Next(kServersPrefix); }

bool IsServersRequestId(absl::string_view request_id) { return absl::StartsWith(request_id, kServersPrefix); }

absl::StatusOr<bool> InsertRequest(Transaction& tx, const Call& call, absl::string_view claim_id, absl::Time now) {
  const absl::Status inserted = tx.Execute(kInsertRequest, {tx.account_id(), call.caller, call.request_id,
                                                            call.request_hash, now, call.method, claim_id})
                                    .status();
  if (IsDuplicate(inserted, kPrimaryKey)) return false;
  RETURN_IF_ERROR(inserted);
  return true;
}

absl::Status InsertRequests(Transaction& tx, const Call& call, const std::vector<RecordedEntry>& entries,
                            absl::Time now) {
  RowList rows;
  for (const RecordedEntry& entry : entries) rows.Add(entry.request_id, entry.claim_id);
  return tx
      .Execute(kInsertRequests,
               {tx.account_id(), call.caller, call.request_hash, now, call.method, std::move(rows).Json()})
      .status();
}

absl::StatusOr<std::optional<StoredRequest>> GetRequest(Transaction& tx, const Call& call) {
  return tx.QueryOne(kGetRequest, {tx.account_id(), call.caller, call.request_id}, ReadRequest);
}

absl::StatusOr<std::vector<RecordedRequest>> ListRequests(ReadTransaction& tx, absl::string_view after_caller,
                                                          absl::string_view after_request_id, int limit) {
  return tx.Query(kListRequests, {tx.account_id(), after_caller, after_caller, after_request_id, limit}, ReadRecord);
}

absl::StatusOr<std::optional<absl::Time>> NewestRequestWithoutMethod(ReadTransaction& tx) {
  return tx.QueryOne(kNewestRequestWithoutMethod, {tx.account_id()}, ReadCreateTime);
}

absl::StatusOr<std::optional<absl::Time>> NewestRequestWithoutChange(ReadTransaction& tx) {
  return tx.QueryOne(kNewestRequestWithoutChange, {tx.account_id()}, ReadCreateTime);
}

}  // namespace agreements::storage
