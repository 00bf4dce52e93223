#include "tests/testing/service.h"

#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "proto/timestamps.h"

namespace agreements::testing {
namespace {

// A request that names one company, one user and products.
template <typename Request>
Request AccessRequest(const std::string& account_id, const std::string& company_id, const std::string& user_id,
                      const std::vector<std::string>& product_ids) {
  Request request;
  request.set_account_id(account_id);
  request.set_company_id(company_id);
  request.set_user_id(user_id);
  for (const std::string& product_id : product_ids) request.add_product_ids(product_id);
  return request;
}

// A request that names an agreement and days of it.
template <typename Request>
Request PeriodRequest(const std::string& account_id, const std::string& agreement_id, const std::string& from_day,
                      const std::string& until_day) {
  Request request;
  request.set_account_id(account_id);
  request.set_agreement_id(agreement_id);
  request.set_from_day(from_day);
  request.set_until_day(until_day);
  return request;
}

}  // namespace

google::protobuf::Timestamp Instant(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) throw std::runtime_error(error);
  return ToTimestamp(time);
}

std::string Service::NewAgreement(const std::string& name, const std::string& account_id) {
  v1::CreateAgreementRequest request;
  request.set_account_id(account_id);
  request.set_display_name(name);
  return Do(CreateAgreement, request).value().agreement().agreement_id();
}

std::string Service::NewCompany(const std::string& agreement_id, const std::string& name,
                                const std::string& organization_number, const std::string& account_id) {
  v1::CreateCompanyRequest request;
  request.set_account_id(account_id);
  request.set_agreement_id(agreement_id);
  request.set_display_name(name);
  request.set_organization_number(organization_number);
  return Do(CreateCompany, request).value().company().company_id();
}

std::string Service::NewDraft(const std::string& agreement_id, const std::string& name,
                              const std::string& organization_number, const std::string& account_id) {
  v1::CreateCompanyDraftRequest request;
  request.set_account_id(account_id);
  request.set_agreement_id(agreement_id);
  request.set_display_name(name);
  request.set_organization_number(organization_number);
  return Do(CreateCompanyDraft, request).value().draft().draft_id();
}

absl::StatusOr<v1::MoveCompanyResponse> Service::Move(const std::string& company_id, const std::string& agreement_id,
                                                      const std::string& account_id) {
  v1::MoveCompanyRequest request;
  request.set_account_id(account_id);
  request.set_company_id(company_id);
  request.set_agreement_id(agreement_id);
  return Do(MoveCompany, request);
}

absl::StatusOr<v1::DeleteAgreementResponse> Service::Delete(const std::string& agreement_id, bool discard_drafts,
                                                            const std::string& account_id) {
  v1::DeleteAgreementRequest request;
  request.set_account_id(account_id);
  request.set_agreement_id(agreement_id);
  request.set_discard_drafts(discard_drafts);
  return Do(DeleteAgreement, request);
}

void Service::NewProduct(const std::string& product_id, v1::ProductKind kind, const std::string& account_id) {
  v1::CreateProductRequest request;
  request.set_account_id(account_id);
  request.set_product_id(product_id);
  request.set_display_name(product_id);
  request.set_kind(kind);
  Do(CreateProduct, request).value();
}

absl::StatusOr<v1::SetPriceResponse> Service::SetPriceOf(const std::string& product_id, const std::string& valid_from,
                                                         const std::string& unit_price, const std::string& account_id) {
  v1::SetPriceRequest request;
  request.set_account_id(account_id);
  request.set_product_id(product_id);
  request.set_valid_from(valid_from);
  request.set_unit_price(unit_price);
  return Do(SetPrice, request);
}

absl::StatusOr<v1::RecordTransactionsResponse> Service::Record(const std::string& company_id,
                                                               const std::string& transaction_id,
                                                               const std::string& product_id, int64_t quantity,
                                                               const std::string& occur_time,
                                                               const std::string& account_id) {
  v1::RecordTransactionsRequest request;
  request.set_account_id(account_id);
  v1::TransactionReport& report = *request.add_transactions();
  report.set_company_id(company_id);
  report.set_transaction_id(transaction_id);
  report.set_product_id(product_id);
  report.set_quantity(quantity);
  *report.mutable_occur_time() = Instant(occur_time);
  return Do(RecordTransactions, request);
}

absl::StatusOr<v1::CreateOrderBasisResponse> Service::CreateOrder(const std::string& agreement_id,
                                                                  const std::string& from_day,
                                                                  const std::string& until_day,
                                                                  const std::string& account_id) {
  return Do(CreateOrderBasis,
            PeriodRequest<v1::CreateOrderBasisRequest>(account_id, agreement_id, from_day, until_day));
}

absl::StatusOr<v1::PreviewOrderBasisResponse> Service::Preview(const std::string& agreement_id,
                                                               const std::string& from_day,
                                                               const std::string& until_day,
                                                               const std::string& account_id) {
  return Do(PreviewOrderBasis,
            PeriodRequest<v1::PreviewOrderBasisRequest>(account_id, agreement_id, from_day, until_day));
}

absl::StatusOr<v1::DeleteCompanyResponse> Service::RemoveCompany(const std::string& company_id,
                                                                 const std::string& account_id) {
  v1::DeleteCompanyRequest request;
  request.set_account_id(account_id);
  request.set_company_id(company_id);
  return Do(DeleteCompany, request);
}

absl::StatusOr<v1::InviteUserResponse> Service::Invite(const std::string& company_id, const std::string& user_id,
                                                       const std::vector<std::string>& product_ids,
                                                       const std::string& account_id) {
  return Do(InviteUser, AccessRequest<v1::InviteUserRequest>(account_id, company_id, user_id, product_ids));
}

absl::StatusOr<v1::AcceptInvitationResponse> Service::Accept(const std::string& company_id, const std::string& user_id,
                                                             const std::vector<std::string>& product_ids,
                                                             const std::string& account_id) {
  return Do(AcceptInvitation, AccessRequest<v1::AcceptInvitationRequest>(account_id, company_id, user_id, product_ids));
}

absl::StatusOr<v1::GrantAccessResponse> Service::Grant(const std::string& company_id, const std::string& user_id,
                                                       const std::vector<std::string>& product_ids,
                                                       const std::string& account_id) {
  return Do(GrantAccess, AccessRequest<v1::GrantAccessRequest>(account_id, company_id, user_id, product_ids));
}

absl::StatusOr<v1::RevokeAccessResponse> Service::Revoke(const std::string& company_id, const std::string& user_id,
                                                         const std::vector<std::string>& product_ids,
                                                         const std::string& account_id) {
  return Do(RevokeAccess, AccessRequest<v1::RevokeAccessRequest>(account_id, company_id, user_id, product_ids));
}

void Service::SettleUntil(const std::string& agreement_id, const std::string& day) {
  LeaveOut("its order bases, or its unsettled days, begin on the day of its creation");
  LeaveOut("its newest placement begins, or ends if it is deleted, by the day of its last change");
  Sql(absl::StrCat("UPDATE agreements SET settled_until = '", day, "' WHERE agreement_id = '", agreement_id, "'"));
}

std::string Service::PlacementsOf(const std::string& company_id, const std::string& account_id) {
  v1::ListPlacementsRequest request;
  request.set_account_id(account_id);
  request.set_company_id(company_id);
  request.set_page_size(kMaxPageSize);
  std::vector<std::string> spans;
  const v1::ListPlacementsResponse response = Do(ListPlacements, request).value();
  for (auto placement = response.placements().rbegin(); placement != response.placements().rend(); ++placement) {
    std::string holder = "nobody";
    if (!placement->agreement_id().empty()) {
      v1::GetAgreementRequest get;
      get.set_account_id(account_id);
      get.set_agreement_id(placement->agreement_id());
      holder = Do(GetAgreement, get).value().agreement().display_name();
    }
    spans.push_back(absl::StrCat(holder, " ", placement->from_day(), " -", placement->until_day().empty() ? "" : " ",
                                 placement->until_day()));
  }
  return absl::StrJoin(spans, ", ");
}

std::string Service::AccessesOf(const std::string& company_id, const std::string& account_id) {
  v1::ListAccessesRequest request;
  request.set_account_id(account_id);
  request.set_company_id(company_id);
  request.set_show_ended(true);
  request.set_page_size(kMaxPageSize);
  std::vector<std::string> accesses;
  const v1::ListAccessesResponse response = Do(ListAccesses, request).value();
  for (auto access = response.accesses().rbegin(); access != response.accesses().rend(); ++access) {
    std::string text = absl::StrCat(access->user_id(), " ", access->product_id(), " ",
                                    absl::StripPrefix(v1::AccessState_Name(access->state()), "ACCESS_STATE_"));
    if (!access->from_day().empty()) absl::StrAppend(&text, " ", access->from_day(), " -");
    if (!access->until_day().empty()) absl::StrAppend(&text, " ", access->until_day());
    accesses.push_back(text);
  }
  return absl::StrJoin(accesses, ", ");
}

}  // namespace agreements::testing
