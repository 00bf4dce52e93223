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

// A request_id for a call that has none of its own. No caller's begins like it.
std::string NewRequestId(IdSource& ids);
bool IsServersRequestId(absl::string_view request_id);

inline constexpr absl::string_view kClaimPrefix = "clm-";

struct StoredRequest {
  std::string request_hash;
  std::string claim_id;                 // Empty if a server recorded it that did not know of changes.
  std::optional<std::string> response;  // Serialized. Nothing while its transaction goes on.
};

// Records the request, under a `claim_id` that leads to its response: see InsertChange(). Returns false if it is
// recorded already. Waits for a transaction that records the same one.
absl::StatusOr<bool> InsertRequest(Transaction& tx, const Call& call, absl::string_view claim_id, absl::Time now);

// An entry of a transaction that has several, with the request that the server makes for it.
struct RecordedEntry {
  std::string request_id;
  std::string claim_id;
  const Trail* trail;
};

// Records the requests of entries. Without duplicates, since the server has made their request_ids.
absl::Status InsertRequests(Transaction& tx, const Call& call, const std::vector<RecordedEntry>& entries,
                            absl::Time now);

absl::StatusOr<std::optional<StoredRequest>> GetRequest(Transaction& tx, const Call& call);

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

// The time of the newest request without an entry in the trail, or std::nullopt if there is none. A server that did not
// know of changes recorded it.
absl::StatusOr<std::optional<absl::Time>> NewestRequestWithoutChange(ReadTransaction& tx);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_REQUESTS_H_
