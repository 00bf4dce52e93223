// Taking back the deletion of a company: domain.md C4 and M5.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "server/rules/rules.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"
#include "storage/tables/placements.h"

namespace agreements {
namespace {

using storage::Transaction;

// A locked agreement that an undeletion touches.
struct Touched {
  std::string agreement_id;
  absl::CivilDay settled_until;
};

// The agreement that held the company last, and the one that it is undeleted into.
struct Agreements {
  Touched last;
  Touched target;
};

// The last placements of a deleted company.
struct LastDays {
  absl::CivilDay held_from;     // The first day of its last placement in an agreement.
  absl::CivilDay deleted_from;  // The first day without a holder.
};

// M5: locks both, which may be the same one, in ascending order of ids, so that two transactions cannot deadlock. The
// last holder may be deleted. Adds one to the target's company count.
absl::StatusOr<Agreements> LockBoth(Transaction& tx, const std::string& last_id, const std::string& target_id) {
  std::map<std::string, Touched> touched;
  for (const std::string& id : std::set<std::string>{last_id, target_id}) {
    ASSIGN_OR_RETURN(const v1::Agreement agreement, id == target_id
                                                        ? storage::LockLiveAgreement(tx, id, {.companies = 1})
                                                        : storage::LockAgreement(tx, id));
    touched[id] = {.agreement_id = id, .settled_until = ParseDay(agreement.settled_until())};
  }
  return Agreements{.last = touched[last_id], .target = touched[target_id]};
}

absl::StatusOr<LastDays> GetLastDays(Transaction& tx, absl::string_view company_id) {
  ASSIGN_OR_RETURN(const auto newest, storage::ListPlacements(tx, company_id, kAfterAllDays, 2));
  if (newest.size() != 2 || !newest[0].agreement_id().empty()) {
    return absl::InternalError(absl::StrCat("company ", company_id, " is deleted, but not placed so"));
  }
  return LastDays{.held_from = ParseDay(newest[1].from_day()), .deleted_from = ParseDay(newest[0].from_day())};
}

// M5, D2: places the company in the target from the first day on that neither agreement has settled. REQUIRES: both are
// locked, and the company is written.
absl::Status PlaceAgain(Transaction& tx, const std::string& company_id, absl::CivilDay today,
                        const Agreements& agreements) {
  const auto& [last, target] = agreements;
  ASSIGN_OR_RETURN(const LastDays days, GetLastDays(tx, company_id));
  const absl::CivilDay from_day = rules::FirstDay(today, {last.settled_until, target.settled_until}, days.held_from);
  // If it is undeleted on the day of the deletion, there is no gap: the last holder has the company until the target
  // takes over. Days that the last holder has settled without the company stay so.
  const absl::CivilDay goes_on_from = std::max(days.deleted_from, last.settled_until);
  if (today < days.deleted_from && goes_on_from < from_day) {
    RETURN_IF_ERROR(PlaceCompany(tx, company_id, last.agreement_id, goes_on_from).status());
  }
  return PlaceCompany(tx, company_id, target.agreement_id, from_day).status();
}

}  // namespace

absl::StatusOr<v1::UndeleteCompanyResponse> UndeleteCompany(Transaction& tx, const Clock& clock,
                                                            const v1::UndeleteCompanyRequest& request) {
  const std::string& company_id = request.company_id();
  v1::UndeleteCompanyResponse response;
  auto& company = *response.mutable_company();
  ASSIGN_OR_RETURN(company, storage::GetCompany(tx, company_id));
  if (!company.has_delete_time()) return CompanyNotDeleted(company_id);
  // C4: its last agreement, or another that the caller names.
  const std::string last_id = company.agreement_id();
  if (!request.agreement_id().empty()) company.set_agreement_id(request.agreement_id());
  ASSIGN_OR_RETURN(const Agreements agreements, LockBoth(tx, last_id, company.agreement_id()));
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  company.clear_delete_time();
  *company.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateCompany(tx, company));
  RETURN_IF_ERROR(PlaceAgain(tx, company_id, now.day, agreements));
  return response;
}

}  // namespace agreements
