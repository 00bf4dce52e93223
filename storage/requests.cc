#include "storage/requests.h"

#include "storage/status_macros.h"

namespace agreements::storage {
namespace {

const Statement kInsertRequest = {"insert_request", R"sql(
  INSERT INTO requests (account_id, caller, request_id, request_hash, response, create_time)
  VALUES (?, ?, ?, ?, '', ?)
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

const Statement kPurgeRequests = {"purge_requests", R"sql(
  DELETE FROM requests
  WHERE create_time < ?
  ORDER BY create_time
  LIMIT 1000
)sql"};

StoredRequest ReadRequest(const Row& row) { return {.request_hash = row.GetString(1), .response = row.GetString(2)}; }

}  // namespace

absl::StatusOr<bool> InsertRequest(Transaction& tx, const Call& call, absl::Time now) {
  const absl::Status inserted =
      tx.Execute(kInsertRequest, {call.account_id, call.caller, call.request_id, call.request_hash, now}).status();
  if (IsDuplicate(inserted, "PRIMARY")) return false;
  RETURN_IF_ERROR(inserted);
  return true;
}

absl::StatusOr<std::optional<StoredRequest>> GetRequest(Transaction& tx, const Call& call) {
  return tx.QueryOne(kGetRequest, {call.account_id, call.caller, call.request_id}, ReadRequest);
}

absl::StatusOr<bool> SetResponse(Transaction& tx, const Call& call, absl::string_view response) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kSetResponse, {response, call.account_id, call.caller, call.request_id}));
  return changed == 1;
}

absl::StatusOr<int64_t> PurgeRequests(Database& database, absl::Time before) {
  return database.ExecuteAlone(kPurgeRequests, {before});
}

}  // namespace agreements::storage
