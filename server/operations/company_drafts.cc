// Drafts, the saved wizard for a new company: domain.md C2, C3.
#include <utility>

#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "server/rules/rules.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"
#include "storage/tables/company_drafts.h"
#include "storage/tables/holders.h"

namespace agreements {
namespace {

using storage::GatheredRead;
using storage::ReadTransaction;
using storage::Transaction;

// C3: a completed or discarded draft stays so.
absl::Status CheckOpen(const v1::CompanyDraft& draft) {
  if (draft.state() == v1::COMPANY_DRAFT_STATE_COMPLETED) return DraftCompleted(draft.draft_id(), draft.company_id());
  if (draft.state() == v1::COMPANY_DRAFT_STATE_DISCARDED) return DraftDiscarded(draft.draft_id());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CreateCompanyDraftResponse> CreateCompanyDraft(Transaction& tx, const Clock& clock,
                                                                  const v1::CreateCompanyDraftRequest& request) {
  RETURN_IF_ERROR(storage::LockLiveAgreement(tx, request.agreement_id(), {.drafts = 1}).status());
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  v1::CreateCompanyDraftResponse response;
  auto& draft = *response.mutable_draft();
  draft = NewDraft(tx, now, request.agreement_id(), request.display_name(), request.organization_number());
  RETURN_IF_ERROR(storage::InsertDraft(tx, draft));
  return response;
}

absl::StatusOr<v1::UpdateCompanyDraftResponse> UpdateCompanyDraft(Transaction& tx, const Clock& clock,
                                                                  const v1::UpdateCompanyDraftRequest& request) {
  v1::UpdateCompanyDraftResponse response;
  auto& draft = *response.mutable_draft();
  ASSIGN_OR_RETURN(draft, storage::GetDraft(tx, request.draft_id()));
  RETURN_IF_ERROR(CheckOpen(draft));
  RETURN_IF_ERROR(rules::CheckRevision(request, request.draft_id(), draft.revision()));
  if (request.has_display_name()) draft.set_display_name(request.display_name());
  if (request.has_organization_number()) draft.set_organization_number(request.organization_number());
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  *draft.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateDraft(tx, draft));
  return response;
}

absl::StatusOr<v1::DeleteCompanyDraftResponse> DeleteCompanyDraft(Transaction& tx, const Clock& clock,
                                                                  const v1::DeleteCompanyDraftRequest& request) {
  ASSIGN_OR_RETURN(const storage::HolderLock lock, storage::LockHolderOfDraft(tx, request.draft_id(), {.drafts = -1}));
  ASSIGN_OR_RETURN(storage::HeldDraft held, storage::GetHeldDraft(tx, request.draft_id(), lock));
  auto& draft = held.draft;
  RETURN_IF_ERROR(CheckOpen(draft));
  RETURN_IF_ERROR(rules::CheckRevision(request, request.draft_id(), draft.revision()));
  if (!held.is_locked) return storage::StartOver();
  draft.set_state(v1::COMPANY_DRAFT_STATE_DISCARDED);
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  *draft.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateDraft(tx, draft));
  v1::DeleteCompanyDraftResponse response;
  *response.mutable_draft() = std::move(draft);
  return response;
}

absl::StatusOr<v1::CompleteCompanyDraftResponse> CompleteCompanyDraft(Transaction& tx, const Clock& clock,
                                                                      const v1::CompleteCompanyDraftRequest& request) {
  ASSIGN_OR_RETURN(const storage::HolderLock lock,
                   storage::LockHolderOfDraft(tx, request.draft_id(), {.companies = 1, .drafts = -1}));
  ASSIGN_OR_RETURN(storage::HeldDraft held, storage::GetHeldDraft(tx, request.draft_id(), lock));
  v1::CompleteCompanyDraftResponse response;
  auto& draft = *response.mutable_draft();
  draft = std::move(held.draft);
  if (draft.state() == v1::COMPANY_DRAFT_STATE_COMPLETED) {
    if (held.is_locked) return storage::StartOver();  // Another one completed it since, and the counts are changed.
    ASSIGN_OR_RETURN(*response.mutable_company(), storage::GetCompany(tx, draft.company_id()));
    return response;
  }
  // C3: why a discarded draft cannot be completed.
  if (held.holder.has_delete_time()) return AgreementDeleted(draft.agreement_id());
  if (draft.state() == v1::COMPANY_DRAFT_STATE_DISCARDED) return DraftDiscarded(request.draft_id());
  RETURN_IF_ERROR(rules::CheckRevision(request, request.draft_id(), draft.revision()));
  if (const auto missing = rules::MissingFields(draft); !missing.empty()) {
    return DraftIncomplete(request.draft_id(), missing);
  }
  if (!held.is_locked) return storage::StartOver();
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  v1::Company company;
  company.set_company_id(tx.NewId(kCompanyPrefix));
  company.set_display_name(draft.display_name());
  company.set_organization_number(draft.organization_number());
  // Written before the company, so that the second of two callers who complete the draft starts over here.
  draft.set_state(v1::COMPANY_DRAFT_STATE_COMPLETED);
  draft.set_company_id(company.company_id());
  *draft.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateDraft(tx, draft));
  ASSIGN_OR_RETURN(*response.mutable_company(), AddCompany(tx, now, held.holder, company));
  return response;
}

absl::StatusOr<v1::GetCompanyDraftResponse> GetCompanyDraft(GatheredRead& read,
                                                            const v1::GetCompanyDraftRequest& request) {
  v1::GetCompanyDraftResponse response;
  ASSIGN_OR_RETURN(*response.mutable_draft(), storage::GetDraft(read, request.draft_id()));
  return response;
}

absl::StatusOr<v1::ListCompanyDraftsResponse> ListCompanyDrafts(ReadTransaction& tx,
                                                                const v1::ListCompanyDraftsRequest& request) {
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  ASSIGN_OR_RETURN(auto drafts, storage::ListDrafts(tx, request, before_id, PageSize(request) + 1));
  v1::ListCompanyDraftsResponse response;
  response.set_next_page_token(FillPage(request, std::move(drafts), *response.mutable_drafts(),
                                        [](const v1::CompanyDraft& draft) { return draft.draft_id(); }));
  return response;
}

}  // namespace agreements
