#include "proto/status_macros.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "storage/tables/company_drafts.h"

namespace agreements {

using storage::Transaction;

absl::StatusOr<v1::CreateAgreementResponse> CreateAgreement(Environment& env, const storage::Call& call,
                                                            const v1::CreateAgreementRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::CreateAgreementResponse> {
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    v1::CreateAgreementResponse response;
    auto& agreement = *response.mutable_agreement();
    agreement = NewAgreement(tx, now, request.display_name(), request.customer_number());
    agreement.set_draft_count(request.has_first_company_draft() ? 1 : 0);
    RETURN_IF_ERROR(storage::InsertAgreement(tx, call.account_id, agreement));
    if (request.has_first_company_draft()) {
      // A2: the wizard that follows.
      const auto& content = request.first_company_draft();
      auto& draft = *response.mutable_first_company_draft();
      draft = NewDraft(tx, now, agreement.agreement_id(), content.display_name(), content.organization_number());
      RETURN_IF_ERROR(storage::InsertDraft(tx, call.account_id, draft));
    }
    return response;
  });
}

}  // namespace agreements
