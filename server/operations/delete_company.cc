#include <algorithm>

#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/rules/rules.h"
#include "storage/tables/accesses.h"
#include "storage/tables/companies.h"
#include "storage/tables/transactions.h"

namespace agreements {

using storage::Transaction;

absl::StatusOr<v1::DeleteCompanyResponse> DeleteCompany(Environment& env, const storage::Call& call,
                                                        const v1::DeleteCompanyRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::DeleteCompanyResponse> {
    const std::string& company_id = request.company_id();
    v1::DeleteCompanyResponse response;
    auto& company = *response.mutable_company();
    ASSIGN_OR_RETURN(company, storage::GetCompany(tx, call.account_id, company_id));
    if (company.has_delete_time()) return CompanyDeleted(company_id);
    RETURN_IF_ERROR(rules::CheckRevision(request, company_id, company.revision()));
    ASSIGN_OR_RETURN(const v1::Agreement agreement,
                     LockHolder(tx, call.account_id, company.agreement_id(), {.companies = -1}));
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    *company.mutable_delete_time() = ToTimestamp(now.time);
    *company.mutable_update_time() = company.delete_time();
    RETURN_IF_ERROR(storage::UpdateCompany(tx, call.account_id, company));
    ASSIGN_OR_RETURN(const absl::CivilDay held_from, NewestPlacementFrom(tx, call.account_id, company_id));
    // A transaction that was recorded while this waited can have a later day than the clock gave, and needs a holder.
    ASSIGN_OR_RETURN(const auto newest, storage::GetNewestTransactionDay(tx, call.account_id, company_id));
    const absl::CivilDay last_day =
        rules::LastDay(now.day, ParseDay(agreement.settled_until()), std::max(held_from, newest.value_or(held_from)));
    RETURN_IF_ERROR(storage::EndAccesses(tx, call.account_id, company_id, last_day, now.time));
    RETURN_IF_ERROR(PlaceCompany(tx, call.account_id, company_id, "", last_day + 1).status());
    return response;
  });
}

}  // namespace agreements
