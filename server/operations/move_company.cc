// Moving a company to another agreement, or to a new one: domain.md M1 to M4.
#include <utility>

#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/rules/rules.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"
#include "storage/tables/holders.h"

namespace agreements {
namespace {

using storage::Transaction;

// M1: what the company of a request to move it must be.
template <typename Request>
absl::Status CheckMovable(const Request& request, const v1::Company& company) {
  if (company.has_delete_time()) return CompanyDeleted(request.company_id());
  return rules::CheckRevision(request, request.company_id(), company.revision());
}

// M3, D2: puts the company into `target` from the first day on that neither agreement has settled. REQUIRES: both are
// locked, and their company counts are changed.
absl::StatusOr<v1::Placement> PutInto(Transaction& tx, const Moment& now, const v1::Agreement& target,
                                      storage::HeldCompany& held) {
  held.company.set_agreement_id(target.agreement_id());
  *held.company.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateCompany(tx, held.company));
  ASSIGN_OR_RETURN(const absl::CivilDay held_from, NewestPlacementFrom(held));
  const absl::CivilDay from_day =
      rules::FirstDay(now.day, {ParseDay(held.holder.settled_until()), ParseDay(target.settled_until())}, held_from);
  return PlaceCompany(tx, held.newest, held.company.company_id(), target.agreement_id(), from_day);
}

}  // namespace

absl::StatusOr<v1::MoveCompanyResponse> MoveCompany(Transaction& tx, const Clock& clock,
                                                    const v1::MoveCompanyRequest& request) {
  const std::string& target_id = request.agreement_id();
  ASSIGN_OR_RETURN(const storage::HolderLock lock,
                   storage::LockHolderAndTarget(tx, request.company_id(), target_id, /*companies=*/-1));
  ASSIGN_OR_RETURN(storage::HeldCompany held, storage::GetHeldCompany(tx, request.company_id(), lock));
  RETURN_IF_ERROR(CheckMovable(request, held.company));
  if (held.company.agreement_id() == target_id) return AlreadyInAgreement(request.company_id(), target_id);
  if (!held.target) return AgreementNotFound(target_id);
  if (held.target->has_delete_time()) return AgreementDeleted(target_id);
  if (!held.is_locked) return storage::StartOver();
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  v1::MoveCompanyResponse response;
  ASSIGN_OR_RETURN(*response.mutable_placement(), PutInto(tx, now, *held.target, held));
  *response.mutable_company() = std::move(held.company);
  return response;
}

absl::StatusOr<v1::MoveCompanyToNewAgreementResponse> MoveCompanyToNewAgreement(
    Transaction& tx, const Clock& clock, const v1::MoveCompanyToNewAgreementRequest& request) {
  ASSIGN_OR_RETURN(const storage::HolderLock lock, storage::LockHolder(tx, request.company_id(), {.companies = -1}));
  ASSIGN_OR_RETURN(storage::HeldCompany held, storage::GetHeldCompany(tx, request.company_id(), lock));
  RETURN_IF_ERROR(CheckMovable(request, held.company));
  if (!held.is_locked) return storage::StartOver();
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  v1::MoveCompanyToNewAgreementResponse response;
  auto& target = *response.mutable_agreement();
  target = NewAgreement(tx, now, request.display_name(), request.customer_number());
  target.set_company_count(1);
  RETURN_IF_ERROR(storage::InsertAgreement(tx, target));
  ASSIGN_OR_RETURN(*response.mutable_placement(), PutInto(tx, now, target, held));
  *response.mutable_company() = std::move(held.company);
  return response;
}

}  // namespace agreements
