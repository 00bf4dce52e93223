// Recorded requests against what is stored: a change and its record are there both, or neither is.
#ifndef AGREEMENTS_SERVER_OPERATIONS_VERIFY_REQUESTS_H_
#define AGREEMENTS_SERVER_OPERATIONS_VERIFY_REQUESTS_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/operations/operations.h"

namespace agreements {

struct VerifyRequestsOptions {
  // The records of this time are all there: 72 hours are the least that a server remembers. The rest is for clocks that
  // differ.
  absl::Duration kept = absl::Hours(71);
  // How many records are looked at in one go, which bounds the memory that it takes; of more, each go reads them all.
  int64_t records_at_once = 200'000;
  std::function<void(absl::string_view text)> change_is_lost;  // Called with what is recorded, and not stored.
  std::function<void(absl::string_view text)> record_is_lost;  // Called with what is stored, and not recorded.
};

// Verifies the account of `call`, `records` being about how many it has. All is read from one state of the database, so
// others may write meanwhile.
//
// A recorded response tells of resources. Each must be there, and those that have revisions at that one or a later one.
// And each revision that a record of the last 71 hours, or an id made in that time, says to be recent must be in some
// record: so the record of a change is missed once an earlier one of the same resource is kept, and that of its
// creation always. Responses that cannot be read, since their method was not recorded or is a newer program's, are left
// out, and so is what came before the last of them.
//
// It does not see the loss of a record whose change has no revision: accesses, prices, order bases and transactions;
// nor that of a change that later ones have hidden.
absl::Status VerifyRequests(storage::Database& database, const storage::Call& call, int64_t records,
                            const VerifyRequestsOptions& options);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_VERIFY_REQUESTS_H_
