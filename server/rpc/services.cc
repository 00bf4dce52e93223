#include "server/rpc/services.h"

#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"

namespace agreements {
namespace {

using google::protobuf::ServiceDescriptor;

void BindAgreementService(Methods& methods) {
  methods.Bind(CreateAgreement);
  methods.Bind(GetAgreement);
  methods.Bind(BatchGetAgreements);
  methods.Bind(ListAgreements);
  methods.Bind(UpdateAgreement);
  methods.Bind(DeleteAgreement);
  methods.Bind(UndeleteAgreement);
  methods.Bind(ListAgreementUsers);
  methods.Bind(CreateProduct);
  methods.Bind(GetProduct);
  methods.Bind(ListProducts);
  methods.Bind(UpdateProduct);
  methods.Bind(SetPrice);
  methods.Bind(ListPrices);
  // However much an agreement has.
  methods.Bind(PreviewOrderBasis, TaskKind::kRead, StatementTime::kLong);
  methods.Bind(CreateOrderBasis, TaskKind::kChange, StatementTime::kLong);
  methods.Bind(GetOrderBasis);
  methods.Bind(ListOrderBasisLines);
  methods.Bind(ListOrderBases);
  methods.Bind(RunBilling);
  methods.Bind(ExplainOrderBasis);
  methods.Bind(VerifyOrderBasis, TaskKind::kBackground, StatementTime::kLong);
  methods.Bind(ListChanges);
}

void BindCompanyService(Methods& methods) {
  methods.Bind(CreateCompany);
  methods.Bind(GetCompany);
  methods.Bind(BatchGetCompanies);
  methods.Bind(ListCompanies);
  methods.Bind(UpdateCompany);
  methods.Bind(DeleteCompany);
  methods.Bind(UndeleteCompany);
  methods.Bind(CreateCompanyDraft);
  methods.Bind(GetCompanyDraft);
  methods.Bind(ListCompanyDrafts);
  methods.Bind(UpdateCompanyDraft);
  methods.Bind(CompleteCompanyDraft);
  methods.Bind(DeleteCompanyDraft);
  methods.Bind(MoveCompany);
  methods.Bind(MoveCompanyToNewAgreement);
  methods.Bind(ListPlacements);
  methods.Bind(InviteUser);
  methods.Bind(AcceptInvitation);
  methods.Bind(GrantAccess);
  methods.Bind(RevokeAccess);
  methods.Bind(GetAccess);
  methods.Bind(ListAccesses);
  methods.Bind(RecordTransactions);
  methods.Bind(CancelTransactions);
  methods.Bind(GetTransaction);
  methods.Bind(ListTransactions);
}

}  // namespace

const ServiceDescriptor& AgreementServiceDescriptor() {
  return *v1::CreateAgreementRequest::descriptor()->file()->FindServiceByName("AgreementService");
}

const ServiceDescriptor& CompanyServiceDescriptor() {
  return *v1::CreateCompanyRequest::descriptor()->file()->FindServiceByName("CompanyService");
}

absl::StatusOr<std::vector<std::unique_ptr<grpc::Service>>> BindServices(Methods& methods) {
  BindAgreementService(methods);
  BindCompanyService(methods);
  std::vector<std::unique_ptr<grpc::Service>> services;
  for (const ServiceDescriptor* service : {&AgreementServiceDescriptor(), &CompanyServiceDescriptor()}) {
    RETURN_IF_ERROR(methods.Check(*service));
    services.push_back(methods.ServiceOf(*service));
  }
  return services;
}

}  // namespace agreements
