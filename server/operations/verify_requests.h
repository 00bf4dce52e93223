// Compares recorded requests with what is stored: a change and its record must both exist, or neither.
#ifndef AGREEMENTS_SERVER_OPERATIONS_VERIFY_REQUESTS_H_
#define AGREEMENTS_SERVER_OPERATIONS_VERIFY_REQUESTS_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/connection/database.h"

namespace agreements {

struct VerifyRequestsOptions {
  // Records of this time must all exist. A server keeps them for at least 72 hours; one hour is for clocks that differ.
  absl::Duration kept = absl::Hours(71);
  // How many records are compared at once, which bounds the memory. If there are more, all are read several times.
  int64_t records_at_once = 200'000;
  std::function<void(absl::string_view text)> change_is_lost;  // Called for what is recorded but not stored.
  std::function<void(absl::string_view text)> record_is_lost;  // Called for what is stored but not recorded.
};

// Verifies the account of `call`, which has about as many records as `records` says. It reads one state of the
// database, so others may write meanwhile.
//
// Each resource in a recorded response must be stored, at the same revision or a later one. Each recent revision of a
// resource must be in a record. A revision is recent if it follows one in a record of the last 71 hours, or if the id
// was made in that time. So a lost record is noticed if an earlier one of the same resource is kept, or if it was the
// one of the creation. Responses that cannot be read are left out, and so is everything before the last of them: their
// method was not recorded, or belongs to a newer program.
//
// It does not notice a lost record of a change without a revision, i.e. to accesses, prices, order bases and
// transactions: a response in the trail that is alone does. Nor does it notice a lost change that later ones hide.
absl::Status VerifyRequests(storage::Database& database, const storage::Call& call, int64_t records,
                            const VerifyRequestsOptions& options);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_VERIFY_REQUESTS_H_
