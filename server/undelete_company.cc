#include "proto/errors.h"
#include "server/company_steps.h"
#include "server/operations.h"
#include "server/rules.h"
#include "storage/companies.h"
#include "storage/status_macros.h"

namespace agreements {

using storage::Transaction;

absl::StatusOr<v1::UndeleteCompanyResponse> UndeleteCompany(Environment& env, const storage::Call& call,
                                                            const v1::UndeleteCompanyRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::UndeleteCompanyResponse> {
    const std::string& company_id = request.company_id();
    v1::UndeleteCompanyResponse response;
    auto& company = *response.mutable_company();
    ASSIGN_OR_RETURN(company, storage::GetCompany(tx, call.account_id, company_id));
    if (!company.has_delete_time()) return CompanyNotDeleted(company_id);
    // C4: its last agreement, or another that the caller names.
    if (!request.agreement_id().empty()) company.set_agreement_id(request.agreement_id());
    ASSIGN_OR_RETURN(const v1::Agreement agreement,
                     storage::LockLiveAgreement(tx, call.account_id, company.agreement_id(), {.companies = 1}));
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    company.clear_delete_time();
    *company.mutable_update_time() = storage::ToTimestamp(now.time);
    RETURN_IF_ERROR(storage::UpdateCompany(tx, call.account_id, company));
    ASSIGN_OR_RETURN(const absl::CivilDay deleted_from, NewestPlacementFrom(tx, call.account_id, company_id));
    const absl::CivilDay from_day =
        rules::FirstDay(now.day, {rules::ParseDay(agreement.settled_until())}, deleted_from);
    RETURN_IF_ERROR(PlaceCompany(tx, call.account_id, company_id, company.agreement_id(), from_day).status());
    return response;
  });
}

}  // namespace agreements
