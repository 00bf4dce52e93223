#include "server/rpc/agreement_service.h"

#include "server/operations/operations.h"

namespace agreements {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using grpc::ServerWriteReactor;

ServerUnaryReactor* AgreementServiceImpl::CreateAgreement(CallbackServerContext* context,
                                                          const v1::CreateAgreementRequest* request,
                                                          v1::CreateAgreementResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::CreateAgreement);
}

ServerUnaryReactor* AgreementServiceImpl::GetAgreement(CallbackServerContext* context,
                                                       const v1::GetAgreementRequest* request,
                                                       v1::GetAgreementResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::GetAgreement);
}

ServerUnaryReactor* AgreementServiceImpl::ListAgreements(CallbackServerContext* context,
                                                         const v1::ListAgreementsRequest* request,
                                                         v1::ListAgreementsResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListAgreements);
}

ServerUnaryReactor* AgreementServiceImpl::UpdateAgreement(CallbackServerContext* context,
                                                          const v1::UpdateAgreementRequest* request,
                                                          v1::UpdateAgreementResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::UpdateAgreement);
}

ServerUnaryReactor* AgreementServiceImpl::DeleteAgreement(CallbackServerContext* context,
                                                          const v1::DeleteAgreementRequest* request,
                                                          v1::DeleteAgreementResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::DeleteAgreement);
}

ServerUnaryReactor* AgreementServiceImpl::UndeleteAgreement(CallbackServerContext* context,
                                                            const v1::UndeleteAgreementRequest* request,
                                                            v1::UndeleteAgreementResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::UndeleteAgreement);
}

ServerUnaryReactor* AgreementServiceImpl::CreateProduct(CallbackServerContext* context,
                                                        const v1::CreateProductRequest* request,
                                                        v1::CreateProductResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::CreateProduct);
}

ServerUnaryReactor* AgreementServiceImpl::GetProduct(CallbackServerContext* context,
                                                     const v1::GetProductRequest* request,
                                                     v1::GetProductResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::GetProduct);
}

ServerUnaryReactor* AgreementServiceImpl::ListProducts(CallbackServerContext* context,
                                                       const v1::ListProductsRequest* request,
                                                       v1::ListProductsResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListProducts);
}

ServerUnaryReactor* AgreementServiceImpl::UpdateProduct(CallbackServerContext* context,
                                                        const v1::UpdateProductRequest* request,
                                                        v1::UpdateProductResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::UpdateProduct);
}

ServerUnaryReactor* AgreementServiceImpl::SetPrice(CallbackServerContext* context, const v1::SetPriceRequest* request,
                                                   v1::SetPriceResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::SetPrice);
}

ServerUnaryReactor* AgreementServiceImpl::ListPrices(CallbackServerContext* context,
                                                     const v1::ListPricesRequest* request,
                                                     v1::ListPricesResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListPrices);
}

ServerUnaryReactor* AgreementServiceImpl::PreviewOrderBasis(CallbackServerContext* context,
                                                            const v1::PreviewOrderBasisRequest* request,
                                                            v1::PreviewOrderBasisResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::PreviewOrderBasis);
}

ServerUnaryReactor* AgreementServiceImpl::CreateOrderBasis(CallbackServerContext* context,
                                                           const v1::CreateOrderBasisRequest* request,
                                                           v1::CreateOrderBasisResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::CreateOrderBasis);
}

ServerUnaryReactor* AgreementServiceImpl::GetOrderBasis(CallbackServerContext* context,
                                                        const v1::GetOrderBasisRequest* request,
                                                        v1::GetOrderBasisResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::GetOrderBasis);
}

ServerUnaryReactor* AgreementServiceImpl::ListOrderBasisLines(CallbackServerContext* context,
                                                              const v1::ListOrderBasisLinesRequest* request,
                                                              v1::ListOrderBasisLinesResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListOrderBasisLines);
}

ServerUnaryReactor* AgreementServiceImpl::ListOrderBases(CallbackServerContext* context,
                                                         const v1::ListOrderBasesRequest* request,
                                                         v1::ListOrderBasesResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListOrderBases);
}

ServerWriteReactor<v1::RunBillingResponse>* AgreementServiceImpl::RunBilling(CallbackServerContext* context,
                                                                             const v1::RunBillingRequest* request) {
  return dispatcher_.RunStream(context, request, agreements::RunBilling);
}

ServerWriteReactor<v1::ExplainOrderBasisResponse>* AgreementServiceImpl::ExplainOrderBasis(
    CallbackServerContext* context, const v1::ExplainOrderBasisRequest* request) {
  return dispatcher_.RunStream(context, request, agreements::ExplainOrderBasis);
}

ServerUnaryReactor* AgreementServiceImpl::VerifyOrderBasis(CallbackServerContext* context,
                                                           const v1::VerifyOrderBasisRequest* request,
                                                           v1::VerifyOrderBasisResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::VerifyOrderBasis);
}

ServerUnaryReactor* AgreementServiceImpl::BatchGetAgreements(CallbackServerContext* context,
                                                             const v1::BatchGetAgreementsRequest* request,
                                                             v1::BatchGetAgreementsResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::BatchGetAgreements);
}

ServerUnaryReactor* AgreementServiceImpl::ListAgreementUsers(CallbackServerContext* context,
                                                             const v1::ListAgreementUsersRequest* request,
                                                             v1::ListAgreementUsersResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListAgreementUsers);
}

}  // namespace agreements
