// The wizard for a new company, saved: domain.md C2. What ends it as a company is in complete_company_draft.cc.
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/rules/rules.h"
#include "storage/tables/company_drafts.h"

namespace agreements {
namespace {

using storage::Transaction;

// C3: completed and discarded are for good.
absl::Status CheckOpen(const v1::CompanyDraft& draft) {
  if (draft.state() == v1::COMPANY_DRAFT_STATE_COMPLETED) return DraftCompleted(draft.draft_id(), draft.company_id());
  if (draft.state() == v1::COMPANY_DRAFT_STATE_DISCARDED) return DraftDiscarded(draft.draft_id());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CreateCompanyDraftResponse> CreateCompanyDraft(Environment& env, const storage::Call& call,
                                                                  const v1::CreateCompanyDraftRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::CreateCompanyDraftResponse> {
    RETURN_IF_ERROR(storage::LockLiveAgreement(tx, call.account_id, request.agreement_id(), {.drafts = 1}).status());
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    v1::CreateCompanyDraftResponse response;
    auto& draft = *response.mutable_draft();
    draft = NewDraft(tx, now, request.agreement_id(), request.display_name(), request.organization_number());
    RETURN_IF_ERROR(storage::InsertDraft(tx, call.account_id, draft));
    return response;
  });
}

absl::StatusOr<v1::UpdateCompanyDraftResponse> UpdateCompanyDraft(Environment& env, const storage::Call& call,
                                                                  const v1::UpdateCompanyDraftRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::UpdateCompanyDraftResponse> {
    v1::UpdateCompanyDraftResponse response;
    auto& draft = *response.mutable_draft();
    ASSIGN_OR_RETURN(draft, storage::GetDraft(tx, call.account_id, request.draft_id()));
    RETURN_IF_ERROR(CheckOpen(draft));
    RETURN_IF_ERROR(rules::CheckRevision(request, request.draft_id(), draft.revision()));
    if (request.has_display_name()) draft.set_display_name(request.display_name());
    if (request.has_organization_number()) draft.set_organization_number(request.organization_number());
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    *draft.mutable_update_time() = ToTimestamp(now.time);
    RETURN_IF_ERROR(storage::UpdateDraft(tx, call.account_id, draft));
    return response;
  });
}

absl::StatusOr<v1::DeleteCompanyDraftResponse> DeleteCompanyDraft(Environment& env, const storage::Call& call,
                                                                  const v1::DeleteCompanyDraftRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::DeleteCompanyDraftResponse> {
    v1::DeleteCompanyDraftResponse response;
    auto& draft = *response.mutable_draft();
    ASSIGN_OR_RETURN(draft, storage::GetDraft(tx, call.account_id, request.draft_id()));
    RETURN_IF_ERROR(CheckOpen(draft));
    RETURN_IF_ERROR(rules::CheckRevision(request, request.draft_id(), draft.revision()));
    RETURN_IF_ERROR(LockHolder(tx, call.account_id, draft.agreement_id(), {.drafts = -1}).status());
    draft.set_state(v1::COMPANY_DRAFT_STATE_DISCARDED);
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    *draft.mutable_update_time() = ToTimestamp(now.time);
    RETURN_IF_ERROR(storage::UpdateDraft(tx, call.account_id, draft));
    return response;
  });
}

}  // namespace agreements
