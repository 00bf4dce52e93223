// AgreementService on the wire: each method runs its operation.
#ifndef AGREEMENTS_SERVER_RPC_AGREEMENT_SERVICE_H_
#define AGREEMENTS_SERVER_RPC_AGREEMENT_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "agreements/v1/agreement_service.grpc.pb.h"
#include "server/rpc/dispatcher.h"

namespace agreements {

// Thread-safe.
class AgreementServiceImpl final : public v1::AgreementService::CallbackService {
 public:
  explicit AgreementServiceImpl(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  grpc::ServerUnaryReactor* CreateAgreement(grpc::CallbackServerContext* context,
                                            const v1::CreateAgreementRequest* request,
                                            v1::CreateAgreementResponse* response) override;
  grpc::ServerUnaryReactor* GetAgreement(grpc::CallbackServerContext* context, const v1::GetAgreementRequest* request,
                                         v1::GetAgreementResponse* response) override;
  grpc::ServerUnaryReactor* BatchGetAgreements(grpc::CallbackServerContext* context,
                                               const v1::BatchGetAgreementsRequest* request,
                                               v1::BatchGetAgreementsResponse* response) override;
  grpc::ServerUnaryReactor* ListAgreementUsers(grpc::CallbackServerContext* context,
                                               const v1::ListAgreementUsersRequest* request,
                                               v1::ListAgreementUsersResponse* response) override;
  grpc::ServerUnaryReactor* ListAgreements(grpc::CallbackServerContext* context,
                                           const v1::ListAgreementsRequest* request,
                                           v1::ListAgreementsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateAgreement(grpc::CallbackServerContext* context,
                                            const v1::UpdateAgreementRequest* request,
                                            v1::UpdateAgreementResponse* response) override;
  grpc::ServerUnaryReactor* DeleteAgreement(grpc::CallbackServerContext* context,
                                            const v1::DeleteAgreementRequest* request,
                                            v1::DeleteAgreementResponse* response) override;
  grpc::ServerUnaryReactor* UndeleteAgreement(grpc::CallbackServerContext* context,
                                              const v1::UndeleteAgreementRequest* request,
                                              v1::UndeleteAgreementResponse* response) override;
  grpc::ServerUnaryReactor* CreateProduct(grpc::CallbackServerContext* context, const v1::CreateProductRequest* request,
                                          v1::CreateProductResponse* response) override;
  grpc::ServerUnaryReactor* GetProduct(grpc::CallbackServerContext* context, const v1::GetProductRequest* request,
                                       v1::GetProductResponse* response) override;
  grpc::ServerUnaryReactor* ListProducts(grpc::CallbackServerContext* context, const v1::ListProductsRequest* request,
                                         v1::ListProductsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateProduct(grpc::CallbackServerContext* context, const v1::UpdateProductRequest* request,
                                          v1::UpdateProductResponse* response) override;
  grpc::ServerUnaryReactor* SetPrice(grpc::CallbackServerContext* context, const v1::SetPriceRequest* request,
                                     v1::SetPriceResponse* response) override;
  grpc::ServerUnaryReactor* ListPrices(grpc::CallbackServerContext* context, const v1::ListPricesRequest* request,
                                       v1::ListPricesResponse* response) override;
  grpc::ServerUnaryReactor* PreviewOrderBasis(grpc::CallbackServerContext* context,
                                              const v1::PreviewOrderBasisRequest* request,
                                              v1::PreviewOrderBasisResponse* response) override;
  grpc::ServerUnaryReactor* CreateOrderBasis(grpc::CallbackServerContext* context,
                                             const v1::CreateOrderBasisRequest* request,
                                             v1::CreateOrderBasisResponse* response) override;
  grpc::ServerUnaryReactor* GetOrderBasis(grpc::CallbackServerContext* context, const v1::GetOrderBasisRequest* request,
                                          v1::GetOrderBasisResponse* response) override;
  grpc::ServerUnaryReactor* ListOrderBasisLines(grpc::CallbackServerContext* context,
                                                const v1::ListOrderBasisLinesRequest* request,
                                                v1::ListOrderBasisLinesResponse* response) override;
  grpc::ServerUnaryReactor* ListOrderBases(grpc::CallbackServerContext* context,
                                           const v1::ListOrderBasesRequest* request,
                                           v1::ListOrderBasesResponse* response) override;
  grpc::ServerWriteReactor<v1::RunBillingResponse>* RunBilling(grpc::CallbackServerContext* context,
                                                               const v1::RunBillingRequest* request) override;
  grpc::ServerWriteReactor<v1::ExplainOrderBasisResponse>* ExplainOrderBasis(
      grpc::CallbackServerContext* context, const v1::ExplainOrderBasisRequest* request) override;
  grpc::ServerUnaryReactor* VerifyOrderBasis(grpc::CallbackServerContext* context,
                                             const v1::VerifyOrderBasisRequest* request,
                                             v1::VerifyOrderBasisResponse* response) override;

 private:
  Dispatcher& dispatcher_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_AGREEMENT_SERVICE_H_
