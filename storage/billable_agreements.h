// Which agreements of an account a billing run has to do with (domain.md O6).
#ifndef AGREEMENTS_STORAGE_BILLABLE_AGREEMENTS_H_
#define AGREEMENTS_STORAGE_BILLABLE_AGREEMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "storage/database.h"

namespace agreements::storage {

// Those that are not settled until `until_day`; of deleted ones, those of which a company's day or a transaction before
// `until_day` is not charged. With `settled` also those that are, if a document of theirs covers the day before
// `until_day`.
struct Billable {
  absl::CivilDay until_day;
  bool settled = false;
};

struct BillableAgreement {
  std::string agreement_id;
  absl::CivilDay settled_until;
};

// At most `limit` of them with ids above `after_id`, in ascending order.
absl::StatusOr<std::vector<BillableAgreement>> ListBillable(ReadTransaction& tx, absl::string_view account_id,
                                                            Billable which, absl::string_view after_id, int limit);

struct BillableCount {
  int64_t months = 0;           // Pairs of an agreement and a month of it that is not settled, or is the last one.
  absl::CivilDay oldest_until;  // The first settled_until; of months > 0.
};

absl::StatusOr<BillableCount> CountBillable(ReadTransaction& tx, absl::string_view account_id, Billable which);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_BILLABLE_AGREEMENTS_H_
