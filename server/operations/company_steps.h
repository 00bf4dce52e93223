// Steps that several operations on companies share. Each works within the operation's transaction.
#ifndef AGREEMENTS_SERVER_OPERATIONS_COMPANY_STEPS_H_
#define AGREEMENTS_SERVER_OPERATIONS_COMPANY_STEPS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/agreement.pb.h"
#include "agreements/v1/company.pb.h"
#include "server/operations/context.h"
#include "storage/connection/database.h"
#include "storage/tables/agreements.h"
#include "storage/tables/holders.h"

namespace agreements {

// An agreement that begins now, without companies or drafts; not stored yet.
v1::Agreement NewAgreement(storage::Transaction& tx, const Moment& now, const std::string& display_name,
                           const std::string& customer_number);

// An open draft; not stored yet.
v1::CompanyDraft NewDraft(storage::Transaction& tx, const Moment& now, const std::string& agreement_id,
                          const std::string& display_name, const std::string& organization_number);

// C1, D2: stores a company, of which id, name and number are set, with its first placement, and returns it whole.
// ALREADY_EXISTS ORGANIZATION_NUMBER_TAKEN. REQUIRES: `agreement` is locked and counts it.
absl::StatusOr<v1::Company> AddCompany(storage::Transaction& tx, const Moment& now, const v1::Agreement& agreement,
                                       v1::Company company);

// M3: places the company in the agreement from `from_day` on, or in none if `agreement_id` is empty. Replaces
// placements that began on that day or later, and merges equal neighbours. `newest` are its placements from the newest
// down, as far as the first one that begins before that day, and are kept so. Returns the newest placement. REQUIRES:
// the agreements that the company leaves and enters are locked, and neither has settled `from_day`.
absl::StatusOr<v1::Placement> PlaceCompany(storage::Transaction& tx, std::vector<v1::Placement>& newest,
                                           const std::string& company_id, const std::string& agreement_id,
                                           absl::CivilDay from_day);

// The first day of the company's newest placement.
absl::StatusOr<absl::CivilDay> NewestPlacementFrom(const storage::HeldCompany& held);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_COMPANY_STEPS_H_
