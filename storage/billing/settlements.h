// Settles agreements: the columns `settled_until` and `guard` of the table `agreements` (domain.md O3).
#ifndef AGREEMENTS_STORAGE_BILLING_SETTLEMENTS_H_
#define AGREEMENTS_STORAGE_BILLING_SETTLEMENTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "storage/connection/database.h"
#include "storage/tables/lists.h"

namespace agreements::storage {

// The most agreements that one transaction settles, and that others may have to wait for.
inline constexpr size_t kMaxSettled = kIdsAtOnce;

// Locks agreements, deleted or not, until the transaction ends, in ascending order of their ids. Whoever changes days
// that one of them held, or settles it, waits. Those that do not exist are left out. REQUIRES: there are 1 to
// kMaxSettled.
absl::Status LockForSettlement(Transaction& tx, const std::vector<std::string>& agreement_ids);

// Sets settled_until. Does not tell the trail: that is for the entry of each order basis. REQUIRES: there are 1 to
// kMaxSettled, which LockForSettlement has locked.
absl::Status SettleUntil(Transaction& tx, const std::vector<std::string>& agreement_ids, absl::CivilDay until_day);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_BILLING_SETTLEMENTS_H_
