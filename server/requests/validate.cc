#include "server/requests/validate.h"

#include "absl/strings/string_view.h"
#include "proto/id_prefixes.h"
#include "server/requests/fields.h"

namespace agreements {
namespace {

constexpr absl::string_view kNothingToSet = "at least one field to set must be present";
constexpr absl::string_view kNothingToSetSentence = "Det er ingenting å endre.";
constexpr absl::string_view kOrderUnknown = "must be an order of the API";
constexpr absl::string_view kOrderUnknownSentence = "Sorteringen finnes ikke.";

}  // namespace

absl::Status Validate(v1::CreateAgreementRequest& request) {
  Fields fields;
  fields.Common(request);
  fields.Name("display_name", *request.mutable_display_name())
      .CustomerNumber("customer_number", *request.mutable_customer_number());
  if (request.has_first_company_draft()) {
    auto& draft = *request.mutable_first_company_draft();
    fields.OptionalName("first_company_draft.display_name", *draft.mutable_display_name())
        .OrganizationNumber("first_company_draft.organization_number", *draft.mutable_organization_number());
  }
  return fields.status();
}

absl::Status Validate(v1::GetAgreementRequest& request) {
  return Fields().Common(request).Id("agreement_id", request.agreement_id(), kAgreementPrefix).status();
}

absl::Status Validate(v1::BatchGetAgreementsRequest& request) {
  return Fields().Common(request).Ids("agreement_ids", request.agreement_ids(), kAgreementPrefix).status();
}

absl::Status Validate(v1::ListAgreementsRequest& request) {
  return Fields()
      .Common(request)
      .CustomerNumber("customer_number", *request.mutable_customer_number())
      .Text("display_name_prefix", request.display_name_prefix())
      .Text("display_name_contains", request.display_name_contains())
      .Check(v1::ListOrder_IsValid(request.order()), "order", kOrderUnknown, kOrderUnknownSentence)
      .status();
}

absl::Status Validate(v1::ListAgreementUsersRequest& request) {
  return Fields()
      .Common(request)
      .Id("agreement_id", request.agreement_id(), kAgreementPrefix)
      .OptionalProductId("product_id", request.product_id())
      .status();
}

absl::Status Validate(v1::UpdateAgreementRequest& request) {
  Fields fields;
  fields.Common(request);
  fields.Id("agreement_id", request.agreement_id(), kAgreementPrefix)
      .Check(request.has_display_name() || request.has_customer_number(), "display_name", kNothingToSet,
             kNothingToSetSentence);
  if (request.has_display_name()) fields.Name("display_name", *request.mutable_display_name());
  if (request.has_customer_number()) fields.CustomerNumber("customer_number", *request.mutable_customer_number());
  return fields.status();
}

absl::Status Validate(v1::DeleteAgreementRequest& request) {
  return Fields().Common(request).Id("agreement_id", request.agreement_id(), kAgreementPrefix).status();
}

absl::Status Validate(v1::UndeleteAgreementRequest& request) {
  return Fields().Common(request).Id("agreement_id", request.agreement_id(), kAgreementPrefix).status();
}

absl::Status Validate(v1::CreateCompanyRequest& request) {
  return Fields()
      .Common(request)
      .Id("agreement_id", request.agreement_id(), kAgreementPrefix)
      .Name("display_name", *request.mutable_display_name())
      .OrganizationNumber("organization_number", *request.mutable_organization_number())
      .status();
}

absl::Status Validate(v1::GetCompanyRequest& request) {
  return Fields().Common(request).Id("company_id", request.company_id(), kCompanyPrefix).status();
}

absl::Status Validate(v1::BatchGetCompaniesRequest& request) {
  return Fields().Common(request).Ids("company_ids", request.company_ids(), kCompanyPrefix).status();
}

absl::Status Validate(v1::ListCompaniesRequest& request) {
  return Fields()
      .Common(request)
      .OptionalId("agreement_id", request.agreement_id(), kAgreementPrefix)
      .Text("display_name_prefix", request.display_name_prefix())
      .Text("display_name_contains", request.display_name_contains())
      .Check(v1::ListOrder_IsValid(request.order()), "order", kOrderUnknown, kOrderUnknownSentence)
      .OrganizationNumber("organization_number", *request.mutable_organization_number())
      .status();
}

absl::Status Validate(v1::UpdateCompanyRequest& request) {
  Fields fields;
  fields.Common(request);
  fields.Id("company_id", request.company_id(), kCompanyPrefix)
      .Check(request.has_display_name() || request.has_organization_number(), "display_name", kNothingToSet,
             kNothingToSetSentence);
  if (request.has_display_name()) fields.Name("display_name", *request.mutable_display_name());
  if (request.has_organization_number()) {
    fields.OrganizationNumber("organization_number", *request.mutable_organization_number());
  }
  return fields.status();
}

absl::Status Validate(v1::DeleteCompanyRequest& request) {
  return Fields().Common(request).Id("company_id", request.company_id(), kCompanyPrefix).status();
}

absl::Status Validate(v1::UndeleteCompanyRequest& request) {
  return Fields()
      .Common(request)
      .Id("company_id", request.company_id(), kCompanyPrefix)
      .OptionalId("agreement_id", request.agreement_id(), kAgreementPrefix)
      .status();
}

absl::Status Validate(v1::CreateCompanyDraftRequest& request) {
  return Fields()
      .Common(request)
      .Id("agreement_id", request.agreement_id(), kAgreementPrefix)
      .OptionalName("display_name", *request.mutable_display_name())
      .OrganizationNumber("organization_number", *request.mutable_organization_number())
      .status();
}

absl::Status Validate(v1::GetCompanyDraftRequest& request) {
  return Fields().Common(request).Id("draft_id", request.draft_id(), kDraftPrefix).status();
}

absl::Status Validate(v1::ListCompanyDraftsRequest& request) {
  return Fields().Common(request).OptionalId("agreement_id", request.agreement_id(), kAgreementPrefix).status();
}

absl::Status Validate(v1::UpdateCompanyDraftRequest& request) {
  Fields fields;
  fields.Common(request);
  fields.Id("draft_id", request.draft_id(), kDraftPrefix)
      .Check(request.has_display_name() || request.has_organization_number(), "display_name", kNothingToSet,
             kNothingToSetSentence);
  if (request.has_display_name()) fields.OptionalName("display_name", *request.mutable_display_name());
  if (request.has_organization_number()) {
    fields.OrganizationNumber("organization_number", *request.mutable_organization_number());
  }
  return fields.status();
}

absl::Status Validate(v1::CompleteCompanyDraftRequest& request) {
  return Fields().Common(request).Id("draft_id", request.draft_id(), kDraftPrefix).status();
}

absl::Status Validate(v1::DeleteCompanyDraftRequest& request) {
  return Fields().Common(request).Id("draft_id", request.draft_id(), kDraftPrefix).status();
}

absl::Status Validate(v1::MoveCompanyRequest& request) {
  return Fields()
      .Common(request)
      .Id("company_id", request.company_id(), kCompanyPrefix)
      .Id("agreement_id", request.agreement_id(), kAgreementPrefix)
      .status();
}

absl::Status Validate(v1::MoveCompanyToNewAgreementRequest& request) {
  return Fields()
      .Common(request)
      .Id("company_id", request.company_id(), kCompanyPrefix)
      .Name("display_name", *request.mutable_display_name())
      .CustomerNumber("customer_number", *request.mutable_customer_number())
      .status();
}

absl::Status Validate(v1::ListPlacementsRequest& request) {
  return Fields().Common(request).Id("company_id", request.company_id(), kCompanyPrefix).status();
}

}  // namespace agreements
