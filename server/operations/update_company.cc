#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/operations.h"
#include "server/rules/rules.h"
#include "storage/tables/companies.h"

namespace agreements {

using storage::Transaction;

absl::StatusOr<v1::UpdateCompanyResponse> UpdateCompany(Environment& env, const storage::Call& call,
                                                        const v1::UpdateCompanyRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::UpdateCompanyResponse> {
    v1::UpdateCompanyResponse response;
    auto& company = *response.mutable_company();
    ASSIGN_OR_RETURN(company, storage::GetCompany(tx, call.account_id, request.company_id()));
    if (company.has_delete_time()) return CompanyDeleted(request.company_id());
    RETURN_IF_ERROR(rules::CheckRevision(request, request.company_id(), company.revision()));
    if (request.has_display_name()) company.set_display_name(request.display_name());
    if (request.has_organization_number()) company.set_organization_number(request.organization_number());
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    *company.mutable_update_time() = ToTimestamp(now.time);
    RETURN_IF_ERROR(storage::UpdateCompany(tx, call.account_id, company));
    return response;
  });
}

}  // namespace agreements
