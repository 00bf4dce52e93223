// The agreements that a billing run settles (domain.md O6).
#ifndef AGREEMENTS_STORAGE_BILLING_BILLABLE_AGREEMENTS_H_
#define AGREEMENTS_STORAGE_BILLING_BILLABLE_AGREEMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// Which agreements are billable: those that are not settled until `month_until`. A deleted one only if it held a
// company on a day before `until_day`, or has a transaction of such a day, that is not charged.
struct Billable {
  absl::CivilDay month_until;  // At most until_day.
  absl::CivilDay until_day;    // Of the whole run.
  bool settled = false;        // Also those that are settled until `until_day` and have a document of the day before.
};

struct BillableAgreement {
  std::string agreement_id;
  absl::CivilDay settled_until;
  int64_t companies;  // That it holds now.
};

// At most `limit` billable agreements with ids above `after_id`, in ascending order.
absl::StatusOr<std::vector<BillableAgreement>> ListBillable(ReadTransaction& tx, Billable which,
                                                            absl::string_view after_id, int limit);

struct BillableCount {
  int64_t months = 0;           // Agreement-months to settle. A settled agreement counts as one.
  absl::CivilDay oldest_until;  // The first settled_until. Valid if months > 0.
};

// Counts the agreement-months that a run up to `until_day` must settle or report.
absl::StatusOr<BillableCount> CountBillable(ReadTransaction& tx, absl::CivilDay until_day);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_BILLING_BILLABLE_AGREEMENTS_H_
