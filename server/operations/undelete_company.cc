// Taking back the deletion of a company: domain.md C4 and M5.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
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

// The last placements of a deleted company.
struct LastDays {
  absl::CivilDay held_from;     // The first day of its last placement in an agreement.
  absl::CivilDay deleted_from;  // The first day without a holder.
};

// M5: locks the last holder, which may be deleted, and the agreement that the company is undeleted into: the same one,
// or another that the caller names. Adds one to the latter's company count.
absl::StatusOr<storage::HolderLock> LockBoth(Transaction& tx, const v1::UndeleteCompanyRequest& request) {
  if (request.agreement_id().empty()) return storage::LockHolder(tx, request.company_id(), {.companies = 1});
  return storage::LockHolderAndTarget(tx, request.company_id(), request.agreement_id(), /*companies=*/0);
}

absl::StatusOr<LastDays> LastDaysOf(const storage::HeldCompany& held) {
  const auto& newest = held.newest;
  if (newest.size() < 2 || !newest[0].agreement_id().empty()) {
    return absl::InternalError(absl::StrCat("company ", held.company.company_id(), " is deleted, but not placed so"));
  }
  return LastDays{.held_from = ParseDay(newest[1].from_day()), .deleted_from = ParseDay(newest[0].from_day())};
}

// M5, D2: places the company in the target from the first day on that neither agreement has settled. REQUIRES: both are
// locked, and the company is written.
absl::Status PlaceAgain(Transaction& tx, absl::CivilDay today, const v1::Agreement& last, const v1::Agreement& target,
                        storage::HeldCompany& held) {
  ASSIGN_OR_RETURN(const LastDays days, LastDaysOf(held));
  const std::string& company_id = held.company.company_id();
  const absl::CivilDay last_settled_until = ParseDay(last.settled_until());
  const absl::CivilDay from_day =
      rules::FirstDay(today, {last_settled_until, ParseDay(target.settled_until())}, days.held_from);
  // If it is undeleted on the day of the deletion, there is no gap: the last holder has the company until the target
  // takes over. Days that the last holder has settled without the company stay so.
  const absl::CivilDay goes_on_from = std::max(days.deleted_from, last_settled_until);
  if (today < days.deleted_from && goes_on_from < from_day) {
    RETURN_IF_ERROR(PlaceCompany(tx, held.newest, company_id, last.agreement_id(), goes_on_from).status());
  }
  return PlaceCompany(tx, held.newest, company_id, target.agreement_id(), from_day).status();
}

}  // namespace

absl::StatusOr<v1::UndeleteCompanyResponse> UndeleteCompany(Transaction& tx, const Clock& clock,
                                                            const v1::UndeleteCompanyRequest& request) {
  ASSIGN_OR_RETURN(const storage::HolderLock lock, LockBoth(tx, request));
  ASSIGN_OR_RETURN(storage::HeldCompany held, storage::GetHeldCompany(tx, request.company_id(), lock));
  if (!held.company.has_delete_time()) return CompanyNotDeleted(request.company_id());
  // C4: its last agreement, or another that the caller names.
  if (!request.agreement_id().empty() && !held.target) return AgreementNotFound(request.agreement_id());
  const v1::Agreement& target = held.target ? *held.target : held.holder;
  if (target.has_delete_time()) return AgreementDeleted(target.agreement_id());
  if (!held.is_locked) return storage::StartOver();
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  held.company.set_agreement_id(target.agreement_id());
  held.company.clear_delete_time();
  *held.company.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateCompany(tx, held.company));
  RETURN_IF_ERROR(PlaceAgain(tx, now.day, held.holder, target, held));
  v1::UndeleteCompanyResponse response;
  *response.mutable_company() = std::move(held.company);
  return response;
}

}  // namespace agreements
