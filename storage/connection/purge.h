// Housekeeping: deletes old requests, their responses, and old entries of the trail, of all accounts.
#ifndef AGREEMENTS_STORAGE_CONNECTION_PURGE_H_
#define AGREEMENTS_STORAGE_CONNECTION_PURGE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// What one call deletes, so that it locks few rows for some milliseconds.
inline constexpr int kRequestsAtOnce = 200;  // Or responses.
inline constexpr int kChangesAtOnce = 50;    // An entry has about eight rows, at most some hundred.

// Both wait for no row of a call that runs, and no call waits for longer than one of them takes. They may run on
// several servers at once.

// Deletes requests older than `before` and, when none is left, their responses. Returns how many it found, and 0 when
// none is left. What the requests changed stays in the trail.
absl::StatusOr<int64_t> PurgeRequests(Database& database, absl::Time before);

// Deletes entries older than `before`. Returns how many it found, and 0 when none is left. REQUIRES: requests of that
// time are purged.
absl::StatusOr<int64_t> PurgeChanges(Database& database, absl::Time before);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_PURGE_H_
