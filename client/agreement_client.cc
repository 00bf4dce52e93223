#include "agreements/agreement_client.h"

#include <utility>

#include "client/calls.h"

namespace agreements {

AgreementClient::AgreementClient(const std::shared_ptr<const Connection>& connection)
    : stub_(StubOf<v1::AgreementService>(connection)), timeouts_(connection->options().timeouts) {}

AgreementClient::AgreementClient(std::shared_ptr<Stub> stub, Timeouts timeouts)
    : stub_(std::move(stub)), timeouts_(timeouts) {}

absl::StatusOr<v1::CreateAgreementResponse> AgreementClient::CreateAgreement(v1::CreateAgreementRequest request,
                                                                             const CallOptions& options) const {
  return Change(*stub_, &Stub::CreateAgreement, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::GetAgreementResponse> AgreementClient::GetAgreement(const v1::GetAgreementRequest& request,
                                                                       const CallOptions& options) const {
  return Call(*stub_, &Stub::GetAgreement, timeouts_.call, request, options);
}

absl::StatusOr<v1::BatchGetAgreementsResponse> AgreementClient::BatchGetAgreements(
    const v1::BatchGetAgreementsRequest& request, const CallOptions& options) const {
  return Call(*stub_, &Stub::BatchGetAgreements, timeouts_.call, request, options);
}

PagedRange<v1::ListAgreementsResponse, v1::Agreement> AgreementClient::ListAgreements(
    v1::ListAgreementsRequest request, const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListAgreements, timeouts_.call, &v1::ListAgreementsResponse::mutable_agreements,
                std::move(request), options);
}

absl::StatusOr<v1::UpdateAgreementResponse> AgreementClient::UpdateAgreement(v1::UpdateAgreementRequest request,
                                                                             const CallOptions& options) const {
  return Change(*stub_, &Stub::UpdateAgreement, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::DeleteAgreementResponse> AgreementClient::DeleteAgreement(v1::DeleteAgreementRequest request,
                                                                             const CallOptions& options) const {
  return Change(*stub_, &Stub::DeleteAgreement, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::UndeleteAgreementResponse> AgreementClient::UndeleteAgreement(v1::UndeleteAgreementRequest request,
                                                                                 const CallOptions& options) const {
  return Change(*stub_, &Stub::UndeleteAgreement, timeouts_.call, std::move(request), options);
}

PagedRange<v1::ListAgreementUsersResponse, v1::AgreementUser> AgreementClient::ListAgreementUsers(
    v1::ListAgreementUsersRequest request, const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListAgreementUsers, timeouts_.call, &v1::ListAgreementUsersResponse::mutable_users,
                std::move(request), options);
}

absl::StatusOr<v1::CreateProductResponse> AgreementClient::CreateProduct(v1::CreateProductRequest request,
                                                                         const CallOptions& options) const {
  return Change(*stub_, &Stub::CreateProduct, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::GetProductResponse> AgreementClient::GetProduct(const v1::GetProductRequest& request,
                                                                   const CallOptions& options) const {
  return Call(*stub_, &Stub::GetProduct, timeouts_.call, request, options);
}

PagedRange<v1::ListProductsResponse, v1::Product> AgreementClient::ListProducts(v1::ListProductsRequest request,
                                                                                const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListProducts, timeouts_.call, &v1::ListProductsResponse::mutable_products,
                std::move(request), options);
}

absl::StatusOr<v1::UpdateProductResponse> AgreementClient::UpdateProduct(v1::UpdateProductRequest request,
                                                                         const CallOptions& options) const {
  return Change(*stub_, &Stub::UpdateProduct, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::SetPriceResponse> AgreementClient::SetPrice(v1::SetPriceRequest request,
                                                               const CallOptions& options) const {
  return Change(*stub_, &Stub::SetPrice, timeouts_.call, std::move(request), options);
}

PagedRange<v1::ListPricesResponse, v1::Price> AgreementClient::ListPrices(v1::ListPricesRequest request,
                                                                          const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListPrices, timeouts_.call, &v1::ListPricesResponse::mutable_prices, std::move(request),
                options);
}

absl::StatusOr<v1::PreviewOrderBasisResponse> AgreementClient::PreviewOrderBasis(
    const v1::PreviewOrderBasisRequest& request, const CallOptions& options) const {
  return Call(*stub_, &Stub::PreviewOrderBasis, timeouts_.call, request, options);
}

absl::StatusOr<v1::CreateOrderBasisResponse> AgreementClient::CreateOrderBasis(v1::CreateOrderBasisRequest request,
                                                                               const CallOptions& options) const {
  return Change(*stub_, &Stub::CreateOrderBasis, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::GetOrderBasisResponse> AgreementClient::GetOrderBasis(const v1::GetOrderBasisRequest& request,
                                                                         const CallOptions& options) const {
  return Call(*stub_, &Stub::GetOrderBasis, timeouts_.call, request, options);
}

PagedRange<v1::ListOrderBasisLinesResponse, v1::OrderBasisLine> AgreementClient::ListOrderBasisLines(
    v1::ListOrderBasisLinesRequest request, const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListOrderBasisLines, timeouts_.call, &v1::ListOrderBasisLinesResponse::mutable_lines,
                std::move(request), options);
}

PagedRange<v1::ListOrderBasesResponse, v1::OrderBasis> AgreementClient::ListOrderBases(
    v1::ListOrderBasesRequest request, const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListOrderBases, timeouts_.call, &v1::ListOrderBasesResponse::mutable_order_bases,
                std::move(request), options);
}

Range<v1::RunBillingResponse> AgreementClient::RunBilling(const v1::RunBillingRequest& request,
                                                          const CallOptions& options) const {
  return StreamOf(stub_, &Stub::RunBilling, timeouts_.long_call, request, options);
}

Range<v1::ExplainOrderBasisResponse> AgreementClient::ExplainOrderBasis(const v1::ExplainOrderBasisRequest& request,
                                                                        const CallOptions& options) const {
  return StreamOf(stub_, &Stub::ExplainOrderBasis, timeouts_.long_call, request, options);
}

absl::StatusOr<v1::VerifyOrderBasisResponse> AgreementClient::VerifyOrderBasis(
    const v1::VerifyOrderBasisRequest& request, const CallOptions& options) const {
  return Call(*stub_, &Stub::VerifyOrderBasis, timeouts_.long_call, request, options);
}

PagedRange<v1::ListChangesResponse, v1::Change> AgreementClient::ListChanges(v1::ListChangesRequest request,
                                                                             const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListChanges, timeouts_.call, &v1::ListChangesResponse::mutable_changes,
                std::move(request), options);
}

}  // namespace agreements
