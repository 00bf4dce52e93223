#include "storage/connection/requests.h"

#include "proto/status_macros.h"
#include "proto/timestamps.h"

namespace agreements::storage {
namespace {

const Statement kInsertRequest = {"insert_request", R"sql(
  INSERT INTO requests (account_id, caller, request_id, request_hash, response, create_time, method)
  VALUES (?, ?, ?, ?, '', ?, ?)
)sql"};

const Statement kGetRequest = {"get_request", R"sql(
  SELECT request_hash, response
  FROM requests
  WHERE account_id = ? AND caller = ? AND request_id = ?
)sql"};

const Statement kSetResponse = {"set_response", R"sql(
  UPDATE requests
  SET response = ?
  WHERE account_id = ? AND caller = ? AND request_id = ?
)sql"};

const Statement kListRequests = {"list_requests", R"sql(
  SELECT caller, request_id, method, response, create_time
  FROM requests
  WHERE account_id = ?
    AND (caller > ? OR caller = ? AND request_id > ?)
  ORDER BY caller, request_id
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

const Statement kPurgeRequests = {"purge_requests", R"sql(
  DELETE FROM requests
  WHERE create_time < ?
  ORDER BY create_time
  LIMIT 1000
)sql"};

StoredRequest ReadRequest(const Row& row) { return {.request_hash = row.GetString(1), .response = row.GetString(2)}; }

RecordedRequest ReadRecord(const Row& row) {
  return {.caller = row.GetString(1),
          .request_id = row.GetString(2),
          .method = row.GetString(3),
          .response = row.GetString(4),
          .create_time = ToTime(row.GetTimestamp(5))};
}

absl::Time ReadCreateTime(const Row& row) { return ToTime(row.GetTimestamp(1)); }

}  // namespace

absl::StatusOr<bool> InsertRequest(Transaction& tx, const Call& call, absl::Time now) {
  const absl::Status inserted =
      tx.Execute(kInsertRequest, {tx.account_id(), call.caller, call.request_id, call.request_hash, now, call.method})
          .status();
  if (IsDuplicate(inserted, kPrimaryKey)) return false;
  RETURN_IF_ERROR(inserted);
  return true;
}

absl::StatusOr<std::optional<StoredRequest>> GetRequest(Transaction& tx, const Call& call) {
  return tx.QueryOne(kGetRequest, {tx.account_id(), call.caller, call.request_id}, ReadRequest);
}

absl::StatusOr<bool> SetResponse(Transaction& tx, const Call& call, absl::string_view response) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kSetResponse, {response, tx.account_id(), call.caller, call.request_id}));
  return changed == 1;
}

absl::StatusOr<std::vector<RecordedRequest>> ListRequests(ReadTransaction& tx, absl::string_view after_caller,
                                                          absl::string_view after_request_id, int limit) {
  return tx.Query(kListRequests, {tx.account_id(), after_caller, after_caller, after_request_id, limit}, ReadRecord);
}

absl::StatusOr<std::optional<absl::Time>> NewestRequestWithoutMethod(ReadTransaction& tx) {
  return tx.QueryOne(kNewestRequestWithoutMethod, {tx.account_id()}, ReadCreateTime);
}

absl::StatusOr<int64_t> PurgeRequests(Database& database, absl::Time before) {
  return database.ExecuteAlone(kPurgeRequests, {before});
}

}  // namespace agreements::storage
