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

// At most `limit` accesses that pass the request's filters, from the newest down, with ids below `before_id`. Of an
// agreement: those to the companies that it holds now.
absl::StatusOr<std::vector<v1::Access>> ListAccesses(ReadTransaction& tx, const v1::ListAccessesRequest& request,
                                                     absl::string_view before_id, absl::Time now, int limit);

// The user's accesses in the company that are live, at most one for each product: INVITED and ACTIVE ones and, as
// ENDED, invitations that have expired and are still stored as INVITED.
absl::StatusOr<std::vector<v1::Access>> ListLiveAccesses(ReadTransaction& tx, absl::string_view company_id,
                                                         absl::string_view user_id, absl::Time now);

// Writes state, days and update_time of an access that is stored in the state `stored`; starts over if it is not.
// REQUIRES: the company's agreement is locked, and the state becomes another one.
absl::Status UpdateAccess(Transaction& tx, const v1::Access& access, v1::AccessState stored);

// C4: ends what is live in the company. `last_day` is the last one that counts, or an access's own first day if that is
// later. REQUIRES: the company's agreement is locked.
absl::Status EndAccesses(Transaction& tx, absl::string_view company_id, absl::CivilDay last_day, absl::Time now);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_ACCESSES_H_
