// The table `requests`: calls that changed something, with their responses.
#ifndef AGREEMENTS_STORAGE_REQUESTS_H_
#define AGREEMENTS_STORAGE_REQUESTS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/database.h"

namespace agreements::storage {

struct StoredRequest {
  std::string request_hash;
  std::string response;  // Serialized.
};

// False if the request is recorded already. Waits for a transaction that is recording the same one.
absl::StatusOr<bool> InsertRequest(Transaction& tx, const Call& call, absl::Time now);

absl::StatusOr<std::optional<StoredRequest>> GetRequest(Transaction& tx, const Call& call);

// False if there is no record, or it has this response already. REQUIRES: `response` is not empty.
absl::StatusOr<bool> SetResponse(Transaction& tx, const Call& call, absl::string_view response);

// Deletes at most 1,000 requests older than `before`, of all accounts, and returns how many.
absl::StatusOr<int64_t> PurgeRequests(Database& database, absl::Time before);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_REQUESTS_H_
