#include "tests/fuzz/request_types.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "proto/status_macros.h"
#include "server/requests/validate.h"
#include "tests/fuzz/require.h"

namespace agreements::testing {
namespace {

using google::protobuf::Message;

template <typename Request>
absl::Status ValidateAs(Message& message) {
  auto& request = static_cast<Request&>(message);
  RETURN_IF_ERROR(Validate(request));
  if constexpr (requires { request.transactions(); }) {
    for (int i = 0; i < request.transactions_size(); ++i) RETURN_IF_ERROR(ValidateItem(request.transactions(i), i));
  }
  return absl::OkStatus();
}

template <typename... Requests>
std::vector<RequestType> TypesOf() {
  return {{.prototype = &Requests::default_instance(), .validate = ValidateAs<Requests>}...};
}

void RequireRequestsOf(const google::protobuf::ServiceDescriptor& service, const std::vector<RequestType>& types) {
  for (int i = 0; i < service.method_count(); ++i) {
    const auto* request = service.method(i)->input_type();
    const bool there = std::any_of(types.begin(), types.end(), [request](const RequestType& type) {
      return type.prototype->GetDescriptor() == request;
    });
    Require(there, absl::StrCat(request->name(), " has a place in tests/fuzz/request_types.cc"));
  }
}

}  // namespace

const std::vector<RequestType>& RequestTypes() {
  static const auto* const types = [] {
    auto* all = new std::vector<RequestType>(
        TypesOf<v1::AcceptInvitationRequest, v1::BatchGetAgreementsRequest, v1::BatchGetCompaniesRequest,
                v1::CancelTransactionsRequest, v1::CompleteCompanyDraftRequest, v1::CreateAgreementRequest,
                v1::CreateCompanyDraftRequest, v1::CreateCompanyRequest, v1::CreateOrderBasisRequest,
                v1::CreateProductRequest, v1::DeleteAgreementRequest, v1::DeleteCompanyDraftRequest,
                v1::DeleteCompanyRequest, v1::ExplainOrderBasisRequest, v1::GetAccessRequest, v1::GetAgreementRequest,
                v1::GetCompanyDraftRequest, v1::GetCompanyRequest, v1::GetOrderBasisRequest, v1::GetProductRequest,
                v1::GetTransactionRequest, v1::GrantAccessRequest, v1::InviteUserRequest, v1::ListAccessesRequest,
                v1::ListAgreementUsersRequest, v1::ListAgreementsRequest, v1::ListChangesRequest,
                v1::ListCompaniesRequest, v1::ListCompanyDraftsRequest, v1::ListOrderBasesRequest,
                v1::ListOrderBasisLinesRequest, v1::ListPlacementsRequest, v1::ListPricesRequest,
                v1::ListProductsRequest, v1::ListTransactionsRequest, v1::MoveCompanyRequest,
                v1::MoveCompanyToNewAgreementRequest, v1::PreviewOrderBasisRequest, v1::RecordTransactionsRequest,
                v1::RevokeAccessRequest, v1::RunBillingRequest, v1::SetPriceRequest, v1::UndeleteAgreementRequest,
                v1::UndeleteCompanyRequest, v1::UpdateAgreementRequest, v1::UpdateCompanyDraftRequest,
                v1::UpdateCompanyRequest, v1::UpdateProductRequest, v1::VerifyOrderBasisRequest>());
    for (const Message* message : {static_cast<const Message*>(&v1::GetAgreementRequest::default_instance()),
                                   static_cast<const Message*>(&v1::GetCompanyRequest::default_instance())}) {
      RequireRequestsOf(*message->GetDescriptor()->file()->service(0), *all);
    }
    return all;
  }();
  return *types;
}

}  // namespace agreements::testing
