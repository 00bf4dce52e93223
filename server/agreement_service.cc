#include "server/agreement_service.h"

#include "server/operations.h"

namespace agreements {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

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

}  // namespace agreements
