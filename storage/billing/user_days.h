// The days on which users count in an agreement, from the tables `placements` and `accesses` (domain.md B1 to B3).
//
// The days of a month are a mask whose bit 0 is the 1st. The union over an agreement's companies is an OR, which the
// database computes while it groups. So no list of users leaves the database.
#ifndef AGREEMENTS_STORAGE_BILLING_USER_DAYS_H_
#define AGREEMENTS_STORAGE_BILLING_USER_DAYS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "proto/days.h"
#include "storage/billing/agreement_days.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// The number of users of a product who count in an agreement on exactly these days.
struct UserDays {
  std::string agreement_id;
  std::string product_id;
  uint32_t days;  // A mask of the month.
  int64_t users;
};

// REQUIRES: all days are of one month.
absl::StatusOr<std::vector<UserDays>> CountUserDays(ReadTransaction& tx, const AgreementDays& page);

// A position in ForEachUserAccess, which is sorted by these fields. If all are empty, it is before the first row.
struct UserAccessKey {
  std::string user_id;
  std::string company_id;
  std::string access_id;
  std::string from_day;
};

// The days of an access while the agreement held the company. An access has several if the company was away.
struct UserAccess {
  UserAccessKey key;
  std::string until_day;
};

// Passes at most `limit` accesses to a product that count in the agreement to `take`, in ascending order. Begins after
// `after`. Whatever that and `limit` are, the database reads all of the agreement's accesses.
absl::Status ForEachUserAccess(Snapshot& tx, absl::string_view agreement_id, absl::string_view product_id, Days days,
                               const UserAccessKey& after, int limit, absl::FunctionRef<void(const UserAccess&)> take);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_BILLING_USER_DAYS_H_
