// Agreements: domain.md A1 to A5.
#include <algorithm>
#include <utility>

#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "server/rules/rules.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"
#include "storage/tables/company_drafts.h"

namespace agreements {
namespace {

using storage::GatheredRead;
using storage::ReadTransaction;
using storage::Transaction;

constexpr int kCompaniesNamed = 20;  // A3

// A3: the refusal names the first companies.
absl::Status NotEmpty(Transaction& tx, const v1::Agreement& agreement) {
  ASSIGN_OR_RETURN(const std::vector<std::string> company_ids,
                   storage::ListCompanyIds(tx, agreement.agreement_id(), kCompaniesNamed));
  const int company_count = agreement.company_count();
  // Companies have come or gone since the agreement was read.
  if (static_cast<int>(company_ids.size()) != std::min(company_count, kCompaniesNamed)) return storage::StartOver();
  return AgreementNotEmpty(agreement.agreement_id(), company_count, company_ids);
}

absl::StatusOr<v1::ListAgreementsResponse> ListAgreementsByName(ReadTransaction& tx,
                                                                const v1::ListAgreementsRequest& request) {
  ASSIGN_OR_RETURN(const storage::NamePosition after, PagePosition(request));
  ASSIGN_OR_RETURN(auto agreements, storage::ListAgreementsByName(tx, request, after, PageSize(request) + 1));
  v1::ListAgreementsResponse response;
  response.set_next_page_token(FillSortedPage(request, std::move(agreements), *response.mutable_agreements(),
                                              [](const v1::Agreement& agreement) { return agreement.agreement_id(); }));
  return response;
}

}  // namespace

absl::StatusOr<v1::CreateAgreementResponse> CreateAgreement(Transaction& tx, const Clock& clock,
                                                            const v1::CreateAgreementRequest& request) {
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  v1::CreateAgreementResponse response;
  auto& agreement = *response.mutable_agreement();
  agreement = NewAgreement(tx, now, request.display_name(), request.customer_number());
  agreement.set_draft_count(request.has_first_company_draft() ? 1 : 0);
  RETURN_IF_ERROR(storage::InsertAgreement(tx, agreement));
  if (request.has_first_company_draft()) {
    // A2: the wizard that follows.
    const auto& content = request.first_company_draft();
    auto& draft = *response.mutable_first_company_draft();
    draft = NewDraft(tx, now, agreement.agreement_id(), content.display_name(), content.organization_number());
    RETURN_IF_ERROR(storage::InsertDraft(tx, draft));
  }
  return response;
}

absl::StatusOr<v1::GetAgreementResponse> GetAgreement(GatheredRead& read, const v1::GetAgreementRequest& request) {
  v1::GetAgreementResponse response;
  ASSIGN_OR_RETURN(*response.mutable_agreement(), storage::GetAgreement(read, request.agreement_id()));
  return response;
}

absl::StatusOr<v1::BatchGetAgreementsResponse> BatchGetAgreements(ReadTransaction& tx,
                                                                  const v1::BatchGetAgreementsRequest& request) {
  ASSIGN_OR_RETURN(auto agreements, storage::BatchGetAgreements(tx, request));
  v1::BatchGetAgreementsResponse response;
  FillBatch(
      request.agreement_ids(), std::move(agreements),
      [](const v1::Agreement& agreement) { return agreement.agreement_id(); }, *response.mutable_agreements(),
      *response.mutable_missing_agreement_ids());
  return response;
}

absl::StatusOr<v1::ListAgreementsResponse> ListAgreements(ReadTransaction& tx,
                                                          const v1::ListAgreementsRequest& request) {
  if (request.order() == v1::LIST_ORDER_DISPLAY_NAME) return ListAgreementsByName(tx, request);
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  ASSIGN_OR_RETURN(auto agreements, storage::ListAgreements(tx, request, before_id, PageSize(request) + 1));
  v1::ListAgreementsResponse response;
  response.set_next_page_token(FillPage(request, std::move(agreements), *response.mutable_agreements(),
                                        [](const v1::Agreement& agreement) { return agreement.agreement_id(); }));
  return response;
}

absl::StatusOr<v1::UpdateAgreementResponse> UpdateAgreement(Transaction& tx, const Clock& clock,
                                                            const v1::UpdateAgreementRequest& request) {
  ASSIGN_OR_RETURN(v1::Agreement agreement, storage::GetAgreement(tx, request.agreement_id()));
  // A4: the last days of a deleted agreement may still need a customer number.
  if (agreement.has_delete_time() && request.has_display_name()) return AgreementDeleted(request.agreement_id());
  RETURN_IF_ERROR(rules::CheckRevision(request, agreement.agreement_id(), agreement.revision()));
  if (request.has_display_name()) agreement.set_display_name(request.display_name());
  if (request.has_customer_number()) agreement.set_customer_number(request.customer_number());
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  *agreement.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateAgreement(tx, agreement));
  v1::UpdateAgreementResponse response;
  *response.mutable_agreement() = std::move(agreement);
  return response;
}

absl::StatusOr<v1::DeleteAgreementResponse> DeleteAgreement(Transaction& tx, const Clock& clock,
                                                            const v1::DeleteAgreementRequest& request) {
  const std::string& agreement_id = request.agreement_id();
  ASSIGN_OR_RETURN(v1::Agreement agreement, storage::GetAgreement(tx, agreement_id));
  if (agreement.has_delete_time()) return AgreementDeleted(agreement_id);
  RETURN_IF_ERROR(rules::CheckRevision(request, agreement_id, agreement.revision()));
  if (agreement.company_count() > 0) return NotEmpty(tx, agreement);
  const bool has_drafts = agreement.draft_count() > 0;
  if (has_drafts && !request.discard_drafts()) return AgreementHasDrafts(agreement_id, agreement.draft_count());
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  *agreement.mutable_delete_time() = ToTimestamp(now.time);
  *agreement.mutable_update_time() = agreement.delete_time();
  // A5: deletes only while the agreement holds what was read, so nothing can be added in between.
  RETURN_IF_ERROR(storage::DeleteAgreement(tx, agreement));
  if (has_drafts) RETURN_IF_ERROR(storage::DiscardDrafts(tx, agreement_id, agreement.delete_time()));
  v1::DeleteAgreementResponse response;
  *response.mutable_agreement() = std::move(agreement);
  return response;
}

absl::StatusOr<v1::UndeleteAgreementResponse> UndeleteAgreement(Transaction& tx, const Clock& clock,
                                                                const v1::UndeleteAgreementRequest& request) {
  const std::string& agreement_id = request.agreement_id();
  ASSIGN_OR_RETURN(v1::Agreement agreement, storage::GetAgreement(tx, agreement_id));
  if (!agreement.has_delete_time()) return AgreementNotDeleted(agreement_id);
  agreement.clear_delete_time();
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  *agreement.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateAgreement(tx, agreement));
  v1::UndeleteAgreementResponse response;
  *response.mutable_agreement() = std::move(agreement);
  return response;
}

}  // namespace agreements
