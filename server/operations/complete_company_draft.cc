// A draft becomes a company: domain.md C3.
#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/rules/rules.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"
#include "storage/tables/company_drafts.h"

namespace agreements {
namespace {

using storage::Transaction;

// C3: why a discarded draft cannot be completed.
absl::Status Discarded(Transaction& tx, const storage::Call& call, const v1::CompanyDraft& draft) {
  ASSIGN_OR_RETURN(const v1::Agreement agreement, storage::GetAgreement(tx, call.account_id, draft.agreement_id()));
  if (agreement.has_delete_time()) return AgreementDeleted(draft.agreement_id());
  return DraftDiscarded(draft.draft_id());
}

}  // namespace

absl::StatusOr<v1::CompleteCompanyDraftResponse> CompleteCompanyDraft(Environment& env, const storage::Call& call,
                                                                      const v1::CompleteCompanyDraftRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::CompleteCompanyDraftResponse> {
    v1::CompleteCompanyDraftResponse response;
    auto& draft = *response.mutable_draft();
    ASSIGN_OR_RETURN(draft, storage::GetDraft(tx, call.account_id, request.draft_id()));
    if (draft.state() == v1::COMPANY_DRAFT_STATE_COMPLETED) {
      ASSIGN_OR_RETURN(*response.mutable_company(), storage::GetCompany(tx, call.account_id, draft.company_id()));
      return response;
    }
    if (draft.state() == v1::COMPANY_DRAFT_STATE_DISCARDED) return Discarded(tx, call, draft);
    RETURN_IF_ERROR(rules::CheckRevision(request, request.draft_id(), draft.revision()));
    if (const auto missing = rules::MissingFields(draft); !missing.empty()) {
      return DraftIncomplete(request.draft_id(), missing);
    }
    ASSIGN_OR_RETURN(
        const v1::Agreement agreement,
        storage::LockLiveAgreement(tx, call.account_id, draft.agreement_id(), {.companies = 1, .drafts = -1}));
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    v1::Company company;
    company.set_company_id(tx.NewId(kCompanyPrefix));
    company.set_display_name(draft.display_name());
    company.set_organization_number(draft.organization_number());
    // Before the company: of two that complete the draft at once, the second one starts over here.
    draft.set_state(v1::COMPANY_DRAFT_STATE_COMPLETED);
    draft.set_company_id(company.company_id());
    *draft.mutable_update_time() = ToTimestamp(now.time);
    RETURN_IF_ERROR(storage::UpdateDraft(tx, call.account_id, draft));
    ASSIGN_OR_RETURN(*response.mutable_company(), AddCompany(tx, call.account_id, now, agreement, company));
    return response;
  });
}

}  // namespace agreements
