// The table `accesses`: accesses, and the invitations to them (domain.md U1 to U3).
#ifndef AGREEMENTS_STORAGE_TABLES_ACCESSES_H_
#define AGREEMENTS_STORAGE_TABLES_ACCESSES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// The until_day that is stored with an ACTIVE access.
inline constexpr char kStillGoesOn[] = "9999-12-31";

// U2: an invitation that has expired at `now` is read as ENDED, whatever is stored.

// REQUIRES: the company's agreement is locked, and the user has no other live access to the product in the company.
absl::Status InsertAccess(Transaction& tx, const v1::Access& access);

// NOT_FOUND ACCESS_NOT_FOUND.
absl::StatusOr<v1::Access> GetAccess(ReadTransaction& tx, absl::string_view access_id, absl::Time now);

// At most `limit` accesses that pass the request's filters, from the newest down, with ids below `before_id`. An
// agreement's accesses are those to the companies that it holds now.
absl::StatusOr<std::vector<v1::Access>> ListAccesses(ReadTransaction& tx, const v1::ListAccessesRequest& request,
                                                     absl::string_view before_id, absl::Time now, int limit);

// The user's live accesses in the company, at most one for each product: those that are stored as INVITED or ACTIVE. An
// invitation that has expired is among them, as ENDED.
absl::StatusOr<std::vector<v1::Access>> ListLiveAccesses(ReadTransaction& tx, absl::string_view company_id,
                                                         absl::string_view user_id, absl::Time now);

// Writes state, days and update_time. Starts over if the stored state is not `stored`. REQUIRES: the company's
// agreement is locked, and the new state is another one.
absl::Status UpdateAccess(Transaction& tx, const v1::Access& access, v1::AccessState stored);

// C4: ends all live accesses to the company. Their last day is `last_day`, or the access's first day if that is later.
// REQUIRES: the company's agreement is locked.
absl::Status EndAccesses(Transaction& tx, absl::string_view company_id, absl::CivilDay last_day, absl::Time now);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_ACCESSES_H_
