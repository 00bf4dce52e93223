// The methods that change nothing.
#include "proto/days.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"
#include "storage/tables/company_drafts.h"
#include "storage/tables/placements.h"

namespace agreements {

using storage::ReadTransaction;

namespace {

absl::StatusOr<v1::ListAgreementsResponse> ListAgreementsByName(Environment& env, const storage::Call& call,
                                                                const v1::ListAgreementsRequest& request) {
  ASSIGN_OR_RETURN(const storage::NamePosition after, PagePosition(request));
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::ListAgreementsResponse> {
    ASSIGN_OR_RETURN(auto agreements, storage::ListAgreementsByName(tx, request, after, PageSize(request) + 1));
    v1::ListAgreementsResponse response;
    response.set_next_page_token(
        FillSortedPage(request, std::move(agreements), *response.mutable_agreements(),
                       [](const v1::Agreement& agreement) { return agreement.agreement_id(); }));
    return response;
  });
}

absl::StatusOr<v1::ListCompaniesResponse> ListCompaniesByName(Environment& env, const storage::Call& call,
                                                              const v1::ListCompaniesRequest& request) {
  ASSIGN_OR_RETURN(const storage::NamePosition after, PagePosition(request));
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::ListCompaniesResponse> {
    ASSIGN_OR_RETURN(auto companies, storage::ListCompaniesByName(tx, request, after, PageSize(request) + 1));
    v1::ListCompaniesResponse response;
    response.set_next_page_token(FillSortedPage(request, std::move(companies), *response.mutable_companies(),
                                                [](const v1::Company& company) { return company.company_id(); }));
    return response;
  });
}

}  // namespace

absl::StatusOr<v1::GetAgreementResponse> GetAgreement(Environment& env, const storage::Call& call,
                                                      const v1::GetAgreementRequest& request) {
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::GetAgreementResponse> {
    v1::GetAgreementResponse response;
    ASSIGN_OR_RETURN(*response.mutable_agreement(), storage::GetAgreement(tx, call.account_id, request.agreement_id()));
    return response;
  });
}

absl::StatusOr<v1::ListAgreementsResponse> ListAgreements(Environment& env, const storage::Call& call,
                                                          const v1::ListAgreementsRequest& request) {
  if (request.order() == v1::LIST_ORDER_DISPLAY_NAME) return ListAgreementsByName(env, call, request);
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::ListAgreementsResponse> {
    ASSIGN_OR_RETURN(auto agreements, storage::ListAgreements(tx, request, before_id, PageSize(request) + 1));
    v1::ListAgreementsResponse response;
    response.set_next_page_token(FillPage(request, std::move(agreements), *response.mutable_agreements(),
                                          [](const v1::Agreement& agreement) { return agreement.agreement_id(); }));
    return response;
  });
}

absl::StatusOr<v1::GetCompanyResponse> GetCompany(Environment& env, const storage::Call& call,
                                                  const v1::GetCompanyRequest& request) {
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::GetCompanyResponse> {
    v1::GetCompanyResponse response;
    ASSIGN_OR_RETURN(*response.mutable_company(), storage::GetCompany(tx, call.account_id, request.company_id()));
    return response;
  });
}

absl::StatusOr<v1::ListCompaniesResponse> ListCompanies(Environment& env, const storage::Call& call,
                                                        const v1::ListCompaniesRequest& request) {
  if (request.order() == v1::LIST_ORDER_DISPLAY_NAME) return ListCompaniesByName(env, call, request);
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::ListCompaniesResponse> {
    ASSIGN_OR_RETURN(auto companies, storage::ListCompanies(tx, request, before_id, PageSize(request) + 1));
    v1::ListCompaniesResponse response;
    response.set_next_page_token(FillPage(request, std::move(companies), *response.mutable_companies(),
                                          [](const v1::Company& company) { return company.company_id(); }));
    return response;
  });
}

absl::StatusOr<v1::GetCompanyDraftResponse> GetCompanyDraft(Environment& env, const storage::Call& call,
                                                            const v1::GetCompanyDraftRequest& request) {
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::GetCompanyDraftResponse> {
    v1::GetCompanyDraftResponse response;
    ASSIGN_OR_RETURN(*response.mutable_draft(), storage::GetDraft(tx, call.account_id, request.draft_id()));
    return response;
  });
}

absl::StatusOr<v1::ListCompanyDraftsResponse> ListCompanyDrafts(Environment& env, const storage::Call& call,
                                                                const v1::ListCompanyDraftsRequest& request) {
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::ListCompanyDraftsResponse> {
    ASSIGN_OR_RETURN(auto drafts, storage::ListDrafts(tx, request, before_id, PageSize(request) + 1));
    v1::ListCompanyDraftsResponse response;
    response.set_next_page_token(FillPage(request, std::move(drafts), *response.mutable_drafts(),
                                          [](const v1::CompanyDraft& draft) { return draft.draft_id(); }));
    return response;
  });
}

absl::StatusOr<v1::ListPlacementsResponse> ListPlacements(Environment& env, const storage::Call& call,
                                                          const v1::ListPlacementsRequest& request) {
  ASSIGN_OR_RETURN(const std::string before_day, PageKey(request, kAfterAllDays));
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::ListPlacementsResponse> {
    RETURN_IF_ERROR(storage::GetCompany(tx, call.account_id, request.company_id()).status());
    ASSIGN_OR_RETURN(auto placements, storage::ListPlacements(tx, call.account_id, request.company_id(), before_day,
                                                              PageSize(request) + 1));
    // A placement ends where the one after it, which stands before it here, begins: the page's key for the first one.
    std::string until_day = request.page_token().empty() ? "" : before_day;
    for (v1::Placement& placement : placements) {
      placement.set_until_day(std::exchange(until_day, placement.from_day()));
    }
    v1::ListPlacementsResponse response;
    response.set_next_page_token(FillPage(request, std::move(placements), *response.mutable_placements(),
                                          [](const v1::Placement& placement) { return placement.from_day(); }));
    return response;
  });
}

}  // namespace agreements
