// The table `accesses`: accesses, and the invitations to them (domain.md U1 to U3).
#ifndef AGREEMENTS_STORAGE_TABLES_ACCESSES_H_
#define AGREEMENTS_STORAGE_TABLES_ACCESSES_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/v1/access.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "agreements/v1/product.pb.h"
#include "storage/connection/database.h"
#include "storage/tables/holders.h"

namespace agreements::storage {

// The until_day that is stored with an ACTIVE access.
inline constexpr char kStillGoesOn[] = "9999-12-31";

// U2: an invitation that has expired at `now` is read as ENDED, whatever is stored.

// NOT_FOUND ACCESS_NOT_FOUND.
absl::StatusOr<v1::Access> GetAccess(PointReader& tx, absl::string_view access_id, absl::Time now);

// At most `limit` accesses that pass the request's filters, from the newest down, with ids below `before_id`. An
// agreement's accesses are those to the companies that it holds now.
absl::StatusOr<std::vector<v1::Access>> ListAccesses(ReadTransaction& tx, const v1::ListAccessesRequest& request,
                                                     absl::string_view before_id, absl::Time now, int limit);

// What the accesses of a user in a company depend on. Nobody else can change it if `is_locked`.
struct CompanyUser {
  v1::Company company;
  absl::CivilDay settled_until;                  // Of its agreement.
  bool is_locked = false;                        // Whether its agreement is what was locked.
  std::optional<absl::CivilDay> held_from;       // The first day of its newest placement.
  std::map<std::string, v1::ProductKind> kinds;  // Of the products that exist.
  // The user's live accesses, by product: those that are stored as INVITED or ACTIVE. An invitation that has expired is
  // among them, as ENDED.
  std::map<std::string, v1::Access> live;
};

// Reads that of some products, after LockHolder(). NOT_FOUND COMPANY_NOT_FOUND.
absl::StatusOr<CompanyUser> GetCompanyUser(Transaction& tx, absl::string_view company_id, absl::string_view user_id,
                                           const std::set<std::string>& product_ids, absl::Time now,
                                           const HolderLock& lock);

// REQUIRES: they are of one user in one company, in ascending order of their products, so that two transactions cannot
// deadlock. The company's agreement is locked, and the user has no other live access to the products.
absl::Status InsertAccesses(Transaction& tx, const std::vector<v1::Access>& accesses);

// Each is for accesses of one user in one company, whose agreement is locked. It starts over if one of them is no
// longer stored as it was read.

// Invitations become accesses, which have the same first day and update_time.
absl::Status AcceptInvitations(Transaction& tx, const std::vector<v1::Access>& accepted);

struct AccessUpdate {
  v1::Access access;          // As it is afterwards.
  v1::AccessState old_state;  // As it is stored: INVITED or ACTIVE.
};

// Accesses and invitations end. The first day on which an access no longer counts is `until_day`, or the second one of
// the access if that is later.
absl::Status EndUserAccesses(Transaction& tx, const std::vector<AccessUpdate>& ended, absl::CivilDay until_day,
                             absl::Time now);

// C4: ends all live accesses to the company. Their last day is `last_day`, or the access's first day if that is later.
// REQUIRES: the company's agreement is locked.
absl::Status EndAccesses(Transaction& tx, absl::string_view company_id, absl::CivilDay last_day, absl::Time now);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_ACCESSES_H_
