// The table `requests`: calls that changed rows, with their responses.
#ifndef AGREEMENTS_STORAGE_CONNECTION_REQUESTS_H_
#define AGREEMENTS_STORAGE_CONNECTION_REQUESTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/connection/database.h"

namespace agreements::storage {

struct StoredRequest {
  std::string request_hash;
  std::string response;  // Serialized.
};

// Records the request. Returns false if it is recorded already. Waits for a transaction that records the same one.
absl::StatusOr<bool> InsertRequest(Transaction& tx, const Call& call, absl::Time now);

absl::StatusOr<std::optional<StoredRequest>> GetRequest(Transaction& tx, const Call& call);

// Returns false if there is no record, or if it has this response already. REQUIRES: `response` is not empty.
absl::StatusOr<bool> SetResponse(Transaction& tx, const Call& call, absl::string_view response);

struct RecordedRequest {
  std::string caller;
  std::string request_id;
  std::string method;    // See Call. Empty if an older version of the program recorded the request.
  std::string response;  // Serialized.
  absl::Time create_time;
};

// At most `limit` requests, in ascending order of caller and request_id, after the request that has these.
absl::StatusOr<std::vector<RecordedRequest>> ListRequests(ReadTransaction& tx, absl::string_view after_caller,
                                                          absl::string_view after_request_id, int limit);

// The time of the newest request without a method, or std::nullopt if there is none.
absl::StatusOr<std::optional<absl::Time>> NewestRequestWithoutMethod(ReadTransaction& tx);

// Deletes at most 1,000 requests older than `before`, of all accounts, and returns how many.
absl::StatusOr<int64_t> PurgeRequests(Database& database, absl::Time before);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_REQUESTS_H_
