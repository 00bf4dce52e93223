#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "storage/tables/agreements.h"

namespace agreements {

using storage::Transaction;

absl::StatusOr<v1::CreateCompanyResponse> CreateCompany(Environment& env, const storage::Call& call,
                                                        const v1::CreateCompanyRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::CreateCompanyResponse> {
    ASSIGN_OR_RETURN(const v1::Agreement agreement,
                     storage::LockLiveAgreement(tx, call.account_id, request.agreement_id(), {.companies = 1}));
    v1::Company company;
    company.set_company_id(tx.NewId(kCompanyPrefix));
    company.set_display_name(request.display_name());
    company.set_organization_number(request.organization_number());
    v1::CreateCompanyResponse response;
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    ASSIGN_OR_RETURN(*response.mutable_company(), AddCompany(tx, call.account_id, now, agreement, company));
    return response;
  });
}

}  // namespace agreements
