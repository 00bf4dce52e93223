// Which agreements of an account a billing run has to do with (domain.md O6).
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

// Those that are not settled until `month_until`; of deleted ones, those of which a company's day or a transaction
// before `until_day` is not charged. With `settled` also those that are settled until `until_day`, if a document of
// theirs covers the day before.
struct Billable {
  absl::CivilDay month_until;  // At most until_day.
  absl::CivilDay until_day;    // Of the whole run.
  bool settled = false;
};

struct BillableAgreement {
  std::string agreement_id;
  absl::CivilDay settled_until;
};

// At most `limit` of them with ids above `after_id`, in ascending order.
absl::StatusOr<std::vector<BillableAgreement>> ListBillable(ReadTransaction& tx, Billable which,
                                                            absl::string_view after_id, int limit);

struct BillableCount {
  int64_t months = 0;           // Pairs of an agreement and a month of it that is not settled, or is the last one.
  absl::CivilDay oldest_until;  // The first settled_until; of months > 0.
};

// All that a run has to do with.
absl::StatusOr<BillableCount> CountBillable(ReadTransaction& tx, absl::CivilDay until_day);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_BILLING_BILLABLE_AGREEMENTS_H_
