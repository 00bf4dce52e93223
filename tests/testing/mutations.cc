#include "tests/testing/mutations.h"

#include "absl/strings/str_cat.h"

namespace agreements::testing {
namespace {

template <typename Operation, typename Request>
MutationRun Call(Service& service, Operation operation, Request request) {
  return [&service, operation, request](const std::string& request_id,
                                        bool validate_only) mutable -> absl::StatusOr<std::string> {
    request.set_request_id(request_id);
    request.set_validate_only(validate_only);
    const auto response = service.Do(operation, request);
    if (!response.ok()) return response.status();
    return response->DebugString();
  };
}

MutationRun CreateAgreementRun(Service& service) {
  v1::CreateAgreementRequest request;
  request.set_display_name("A");
  request.mutable_first_company_draft()->set_display_name("Nordlys");
  return Call(service, CreateAgreement, request);
}

MutationRun UpdateAgreementRun(Service& service) {
  v1::UpdateAgreementRequest request;
  request.set_agreement_id(service.NewAgreement("A"));
  request.set_display_name("B");
  return Call(service, UpdateAgreement, request);
}

MutationRun DeleteAgreementRun(Service& service) {
  v1::DeleteAgreementRequest request;
  request.set_agreement_id(service.NewAgreement("A"));
  request.set_discard_drafts(true);
  service.NewDraft(request.agreement_id(), "Nordlys");
  return Call(service, DeleteAgreement, request);
}

MutationRun UndeleteAgreementRun(Service& service) {
  v1::UndeleteAgreementRequest request;
  request.set_agreement_id(service.NewAgreement("A"));
  service.Delete(request.agreement_id()).value();
  return Call(service, UndeleteAgreement, request);
}

MutationRun CreateCompanyRun(Service& service) {
  v1::CreateCompanyRequest request;
  request.set_agreement_id(service.NewAgreement("A"));
  request.set_display_name("Nordlys");
  request.set_organization_number("974760673");
  return Call(service, CreateCompany, request);
}

MutationRun UpdateCompanyRun(Service& service) {
  v1::UpdateCompanyRequest request;
  request.set_company_id(service.NewCompany(service.NewAgreement("A"), "Nordlys"));
  request.set_organization_number("974760673");
  return Call(service, UpdateCompany, request);
}

MutationRun DeleteCompanyRun(Service& service) {
  v1::DeleteCompanyRequest request;
  request.set_company_id(service.NewCompany(service.NewAgreement("A"), "Nordlys"));
  service.NewProduct("accounting");
  service.Grant(request.company_id(), "anna", {"accounting"}).value();
  return Call(service, DeleteCompany, request);
}

MutationRun UndeleteCompanyRun(Service& service) {
  v1::DeleteCompanyRequest remove;
  remove.set_company_id(service.NewCompany(service.NewAgreement("A"), "Nordlys"));
  service.Do(DeleteCompany, remove).value();
  v1::UndeleteCompanyRequest request;
  request.set_company_id(remove.company_id());
  request.set_agreement_id(service.NewAgreement("B"));
  return Call(service, UndeleteCompany, request);
}

MutationRun CreateCompanyDraftRun(Service& service) {
  v1::CreateCompanyDraftRequest request;
  request.set_agreement_id(service.NewAgreement("A"));
  return Call(service, CreateCompanyDraft, request);
}

MutationRun UpdateCompanyDraftRun(Service& service) {
  v1::UpdateCompanyDraftRequest request;
  request.set_draft_id(service.NewDraft(service.NewAgreement("A"), ""));
  request.set_display_name("Nordlys");
  return Call(service, UpdateCompanyDraft, request);
}

MutationRun CompleteCompanyDraftRun(Service& service) {
  v1::CompleteCompanyDraftRequest request;
  request.set_draft_id(service.NewDraft(service.NewAgreement("A"), "Nordlys", "974760673"));
  return Call(service, CompleteCompanyDraft, request);
}

MutationRun DeleteCompanyDraftRun(Service& service) {
  v1::DeleteCompanyDraftRequest request;
  request.set_draft_id(service.NewDraft(service.NewAgreement("A"), "Nordlys"));
  return Call(service, DeleteCompanyDraft, request);
}

MutationRun MoveCompanyRun(Service& service) {
  v1::MoveCompanyRequest request;
  request.set_company_id(service.NewCompany(service.NewAgreement("A"), "Nordlys"));
  request.set_agreement_id(service.NewAgreement("B"));
  return Call(service, MoveCompany, request);
}

MutationRun MoveCompanyToNewAgreementRun(Service& service) {
  v1::MoveCompanyToNewAgreementRequest request;
  request.set_company_id(service.NewCompany(service.NewAgreement("A"), "Nordlys"));
  request.set_display_name("B");
  return Call(service, MoveCompanyToNewAgreement, request);
}

// Of a user in a company, and two products.
template <typename Request>
Request ForAnna(Service& service) {
  Request request;
  request.set_company_id(service.NewCompany(service.NewAgreement("A"), "Nordlys"));
  request.set_user_id("anna");
  for (const char* product_id : {"accounting", "payroll"}) {
    service.NewProduct(product_id);
    request.add_product_ids(product_id);
  }
  return request;
}

MutationRun InviteUserRun(Service& service) {
  return Call(service, InviteUser, ForAnna<v1::InviteUserRequest>(service));
}

MutationRun AcceptInvitationRun(Service& service) {
  const auto request = ForAnna<v1::AcceptInvitationRequest>(service);
  service.Invite(request.company_id(), request.user_id(), {"accounting", "payroll"}).value();
  return Call(service, AcceptInvitation, request);
}

MutationRun GrantAccessRun(Service& service) {
  const auto request = ForAnna<v1::GrantAccessRequest>(service);
  service.Invite(request.company_id(), request.user_id(), {"accounting"}).value();
  return Call(service, GrantAccess, request);
}

MutationRun RevokeAccessRun(Service& service) {
  const auto request = ForAnna<v1::RevokeAccessRequest>(service);
  service.Grant(request.company_id(), request.user_id(), {"accounting"}).value();
  service.Invite(request.company_id(), request.user_id(), {"payroll"}).value();
  return Call(service, RevokeAccess, request);
}

MutationRun CreateProductRun(Service& service) {
  v1::CreateProductRequest request;
  request.set_product_id("accounting");
  request.set_display_name("Regnskap");
  request.set_kind(v1::PRODUCT_KIND_LICENSE);
  return Call(service, CreateProduct, request);
}

MutationRun UpdateProductRun(Service& service) {
  service.NewProduct("accounting");
  v1::UpdateProductRequest request;
  request.set_product_id("accounting");
  request.set_display_name("Regnskap");
  return Call(service, UpdateProduct, request);
}

MutationRun SetPriceRun(Service& service) {
  service.NewProduct("accounting");
  v1::SetPriceRequest request;
  request.set_product_id("accounting");
  request.set_valid_from("2026-11-01");
  request.set_unit_price("423.00");
  return Call(service, SetPrice, request);
}

// Of a month with a licence and a transaction.
MutationRun CreateOrderBasisRun(Service& service) {
  v1::CreateOrderBasisRequest request;
  request.set_agreement_id(ChargeMonth(service));
  request.set_from_day("2026-11-01");
  request.set_until_day("2026-12-01");
  return Call(service, CreateOrderBasis, request);
}

MutationRun RecordTransactionsRun(Service& service) {
  const std::string agreement = ChargeMonth(service);
  const std::string company = service.NewCompany(agreement, "Fjord");
  return [&service, company](const std::string&, bool) -> absl::StatusOr<std::string> {
    // Not the response, which says of a second report that it is one.
    const auto response = service.Record(company, "t2", "scan", 7, "2026-12-01T10:00:00Z");
    return response.ok() ? absl::StatusOr<std::string>(absl::StrCat(response->results(0).error().code()))
                         : response.status();
  };
}

MutationRun CancelTransactionsRun(Service& service) {
  const std::string agreement = ChargeMonth(service);
  const std::string company = service.NewCompany(agreement, "Fjord");
  service.Record(company, "t2", "scan", 7, "2026-12-01T10:00:00Z").value();
  return [&service, company](const std::string&, bool) -> absl::StatusOr<std::string> {
    v1::CancelTransactionsRequest request;
    v1::TransactionKey& key = *request.add_transactions();
    key.set_company_id(company);
    key.set_transaction_id("t2");
    const auto response = service.Do(CancelTransactions, request);
    return response.ok() ? absl::StatusOr<std::string>(absl::StrCat(response->results(0).error().code()))
                         : response.status();
  };
}

MutationRun RunBillingRun(Service& service) {
  ChargeMonth(service);
  return [&service](const std::string&, bool) -> absl::StatusOr<std::string> {
    v1::RunBillingRequest request;
    request.set_account_id(kAccount);
    request.set_until_day("2026-12-01");
    storage::Call call;
    call.account_id = kAccount;
    call.deadline = absl::Now() + absl::Seconds(30);
    call.figures = service.figures();
    const auto next = RunBilling(service.database(), service.context(), request);
    std::string refused;
    for (;;) {
      const auto response = next(call);
      if (!response.ok()) return response.status();
      if (!response->has_value()) return refused;
      if ((*response)->has_error()) absl::StrAppend(&refused, (*response)->error().message());
    }
  };
}

}  // namespace

std::string ChargeMonth(Service& service) {
  service.clock().SetDay("2026-11-01");
  std::string agreement = service.NewAgreementWithNumber("A", "417");
  const std::string company = service.NewCompany(agreement, "Nordlys");
  service.NewProduct("accounting");
  service.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION);
  service.SetPriceOf("accounting", "2026-11-01", "423.00").value();
  service.SetPriceOf("scan", "2026-11-01", "1.50").value();
  service.Grant(company, "anna", {"accounting"}).value();
  service.Record(company, "t1", "scan", 12, "2026-11-01T10:00:00Z").value();
  service.clock().SetDay("2026-12-01");
  return agreement;
}

std::vector<Mutation> Mutations() {
  return {
      {"CreateAgreement", CreateAgreementRun},
      {"UpdateAgreement", UpdateAgreementRun},
      {"DeleteAgreement", DeleteAgreementRun},
      {"UndeleteAgreement", UndeleteAgreementRun},
      {"CreateCompany", CreateCompanyRun},
      {"UpdateCompany", UpdateCompanyRun},
      {"DeleteCompany", DeleteCompanyRun},
      {"UndeleteCompany", UndeleteCompanyRun},
      {"CreateCompanyDraft", CreateCompanyDraftRun},
      {"UpdateCompanyDraft", UpdateCompanyDraftRun},
      {"CompleteCompanyDraft", CompleteCompanyDraftRun},
      {"DeleteCompanyDraft", DeleteCompanyDraftRun},
      {"MoveCompany", MoveCompanyRun},
      {"MoveCompanyToNewAgreement", MoveCompanyToNewAgreementRun},
      {"InviteUser", InviteUserRun},
      {"AcceptInvitation", AcceptInvitationRun},
      {"GrantAccess", GrantAccessRun},
      {"RevokeAccess", RevokeAccessRun},
      {"CreateProduct", CreateProductRun},
      {"UpdateProduct", UpdateProductRun},
      {"SetPrice", SetPriceRun},
      {"CreateOrderBasis", CreateOrderBasisRun},
  };
}

std::vector<Mutation> AllMutations() {
  std::vector<Mutation> mutations = Mutations();
  mutations.push_back({"RecordTransactions", RecordTransactionsRun});
  mutations.push_back({"CancelTransactions", CancelTransactionsRun});
  mutations.push_back({"RunBilling", RunBillingRun});
  return mutations;
}

}  // namespace agreements::testing
