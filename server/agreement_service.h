// AgreementService on the wire: each method runs its operation.
#ifndef AGREEMENTS_SERVER_AGREEMENT_SERVICE_H_
#define AGREEMENTS_SERVER_AGREEMENT_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "agreements/v1/agreement_service.grpc.pb.h"
#include "server/dispatcher.h"

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

 private:
  Dispatcher& dispatcher_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_AGREEMENT_SERVICE_H_
