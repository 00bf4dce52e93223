#include "tests/testing/mutations.h"

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
  service.clock().SetDay("2026-11-01");
  v1::CreateAgreementRequest agreement;
  agreement.set_display_name("A");
  agreement.set_customer_number("417");
  v1::CreateOrderBasisRequest request;
  request.set_agreement_id(service.Do(CreateAgreement, agreement).value().agreement().agreement_id());
  request.set_from_day("2026-11-01");
  request.set_until_day("2026-12-01");
  const std::string company = service.NewCompany(request.agreement_id(), "Nordlys");
  service.NewProduct("accounting");
  service.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION);
  service.SetPriceOf("accounting", "2026-11-01", "423.00").value();
  service.SetPriceOf("scan", "2026-11-01", "1.50").value();
  service.Grant(company, "anna", {"accounting"}).value();
  service.Record(company, "t1", "scan", 12, "2026-11-01T10:00:00Z").value();
  service.clock().SetDay("2026-12-01");
  return Call(service, CreateOrderBasis, request);
}

}  // namespace

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

}  // namespace agreements::testing
