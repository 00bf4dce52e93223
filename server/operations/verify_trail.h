// Compares the trail with what is stored: what its entries tell must lead to the rows that there are.
#ifndef AGREEMENTS_SERVER_OPERATIONS_VERIFY_TRAIL_H_
#define AGREEMENTS_SERVER_OPERATIONS_VERIFY_TRAIL_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/connection/database.h"

namespace agreements {

struct VerifyTrailOptions {
  absl::Time since;  // Every change since then has its entry.
  absl::Time now;    // By the clock of the service.
  // How many entries are compared at once, which bounds the memory. If there are more, all are read several times.
  int64_t entries_at_once = 50'000;
  // Called for what is stored otherwise than told: fields, placements and numbers of transactions.
  std::function<void(absl::string_view text)> field_differs;
  std::function<void(absl::string_view text)> placements_differ;
  std::function<void(absl::string_view text)> transactions_differ;
  // Called for an entry that lacks a row that it is found by.
  std::function<void(absl::string_view text)> entry_is_hidden;
};

// Verifies the account of the snapshot. Of each resource that an entry since then tells of:
//
// - Each value that a field was given must be its value now, or must have been taken from it. So the order of entries
//   does not matter, which is that of clocks. The prices of a product are fields of it.
// - Replaying the changes of a company's placements, in the order of its revisions, gives the placements that it has.
// - Transactions are as many as were recorded, cancelled and claimed.
//
// Left out is what the trail does not tell one by one: the accesses that a company's deletion ends, the drafts that an
// agreement's deletion discards, invitations that expire, and resources that were too many for their entry. And so is
// the priced_until of a product: two order bases that are made at once can both tell of it.
absl::Status VerifyTrail(storage::Snapshot& tx, const VerifyTrailOptions& options);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_VERIFY_TRAIL_H_
