// Calls agreements.v1.AgreementService. Agreements, the price list, order bases and the trail.
#ifndef AGREEMENTS_AGREEMENT_CLIENT_H_
#define AGREEMENTS_AGREEMENT_CLIENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "agreements/connection.h"
#include "agreements/options.h"
#include "agreements/ranges.h"
#include "agreements/v1/agreement_service.grpc.pb.h"
#include "agreements/v1/agreement_service.pb.h"

namespace agreements {

// One method for each of the service's. What each does, its fields and its errors stand in
// agreements/v1/agreement_service.proto; read an error by agreements/errors.h. Calls block. Thread-safe, and cheap to
// copy.
class AgreementClient {
 public:
  using Stub = v1::AgreementService::StubInterface;

  explicit AgreementClient(const std::shared_ptr<const Connection>& connection);
  // For tests: a mock of the stub (agreements/v1/agreement_service_mock.grpc.pb.h), or a stub of a channel of your own.
  explicit AgreementClient(std::shared_ptr<Stub> stub, Timeouts timeouts = {});

  // Agreements, and who uses them.
  absl::StatusOr<v1::CreateAgreementResponse> CreateAgreement(v1::CreateAgreementRequest request,
                                                              const CallOptions& options = {}) const;
  absl::StatusOr<v1::GetAgreementResponse> GetAgreement(const v1::GetAgreementRequest& request,
                                                        const CallOptions& options = {}) const;
  absl::StatusOr<v1::BatchGetAgreementsResponse> BatchGetAgreements(const v1::BatchGetAgreementsRequest& request,
                                                                    const CallOptions& options = {}) const;
  PagedRange<v1::ListAgreementsResponse, v1::Agreement> ListAgreements(v1::ListAgreementsRequest request,
                                                                       const CallOptions& options = {}) const;
  absl::StatusOr<v1::UpdateAgreementResponse> UpdateAgreement(v1::UpdateAgreementRequest request,
                                                              const CallOptions& options = {}) const;
  absl::StatusOr<v1::DeleteAgreementResponse> DeleteAgreement(v1::DeleteAgreementRequest request,
                                                              const CallOptions& options = {}) const;
  absl::StatusOr<v1::UndeleteAgreementResponse> UndeleteAgreement(v1::UndeleteAgreementRequest request,
                                                                  const CallOptions& options = {}) const;
  PagedRange<v1::ListAgreementUsersResponse, v1::AgreementUser> ListAgreementUsers(
      v1::ListAgreementUsersRequest request, const CallOptions& options = {}) const;

  // The price list.
  absl::StatusOr<v1::CreateProductResponse> CreateProduct(v1::CreateProductRequest request,
                                                          const CallOptions& options = {}) const;
  absl::StatusOr<v1::GetProductResponse> GetProduct(const v1::GetProductRequest& request,
                                                    const CallOptions& options = {}) const;
  PagedRange<v1::ListProductsResponse, v1::Product> ListProducts(v1::ListProductsRequest request,
                                                                 const CallOptions& options = {}) const;
  absl::StatusOr<v1::UpdateProductResponse> UpdateProduct(v1::UpdateProductRequest request,
                                                          const CallOptions& options = {}) const;
  absl::StatusOr<v1::SetPriceResponse> SetPrice(v1::SetPriceRequest request, const CallOptions& options = {}) const;
  PagedRange<v1::ListPricesResponse, v1::Price> ListPrices(v1::ListPricesRequest request,
                                                           const CallOptions& options = {}) const;

  // Order bases and billing runs.
  absl::StatusOr<v1::PreviewOrderBasisResponse> PreviewOrderBasis(const v1::PreviewOrderBasisRequest& request,
                                                                  const CallOptions& options = {}) const;
  absl::StatusOr<v1::CreateOrderBasisResponse> CreateOrderBasis(v1::CreateOrderBasisRequest request,
                                                                const CallOptions& options = {}) const;
  absl::StatusOr<v1::GetOrderBasisResponse> GetOrderBasis(const v1::GetOrderBasisRequest& request,
                                                          const CallOptions& options = {}) const;
  PagedRange<v1::ListOrderBasisLinesResponse, v1::OrderBasisLine> ListOrderBasisLines(
      v1::ListOrderBasisLinesRequest request, const CallOptions& options = {}) const;
  PagedRange<v1::ListOrderBasesResponse, v1::OrderBasis> ListOrderBases(v1::ListOrderBasesRequest request,
                                                                        const CallOptions& options = {}) const;
  Range<v1::RunBillingResponse> RunBilling(const v1::RunBillingRequest& request, const CallOptions& options = {}) const;
  Range<v1::ExplainOrderBasisResponse> ExplainOrderBasis(const v1::ExplainOrderBasisRequest& request,
                                                         const CallOptions& options = {}) const;
  absl::StatusOr<v1::VerifyOrderBasisResponse> VerifyOrderBasis(const v1::VerifyOrderBasisRequest& request,
                                                                const CallOptions& options = {}) const;

  // The trail.
  PagedRange<v1::ListChangesResponse, v1::Change> ListChanges(v1::ListChangesRequest request,
                                                              const CallOptions& options = {}) const;

 private:
  std::shared_ptr<Stub> stub_;
  Timeouts timeouts_;
};

}  // namespace agreements

#endif  // AGREEMENTS_AGREEMENT_CLIENT_H_
