// On which days users count in an agreement: the tables `placements` and `accesses` together (domain.md B1 to B3).
//
// Days of a month are a mask: bit 0 is the 1st. The union over an agreement's companies is an OR, which the database
// computes while it groups, so that no list of users ever leaves it.
#ifndef AGREEMENTS_STORAGE_BILLING_USER_DAYS_H_
#define AGREEMENTS_STORAGE_BILLING_USER_DAYS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/order_basis.pb.h"
#include "proto/days.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// How many users of a product count on exactly these days.
struct UserDays {
  std::string product_id;
  uint32_t days;  // A mask of the month.
  int64_t users;
};

absl::StatusOr<std::vector<UserDays>> CountUserDays(ReadTransaction& tx, absl::string_view agreement_id, Days days);

// An access's days in a company of the agreement.
struct UserAccess {
  std::string user_id;
  v1::AccessShare share;
};

// What comes after a row of ListUserAccesses, which is sorted by these; empty: the first row.
struct UserAccessKey {
  std::string user_id;
  std::string company_id;
  std::string access_id;
  std::string from_day;
};

// At most `limit` accesses to a product that count in the agreement, in ascending order from `after` on.
absl::StatusOr<std::vector<UserAccess>> ListUserAccesses(ReadTransaction& tx, absl::string_view agreement_id,
                                                         absl::string_view product_id, Days days,
                                                         const UserAccessKey& after, int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_BILLING_USER_DAYS_H_
