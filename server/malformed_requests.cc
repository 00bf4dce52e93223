#include "server/malformed_requests.h"

#include "proto/errors.h"
#include "proto/status.h"

namespace agreements {
namespace {

using grpc::experimental::InterceptionHookPoints;

class MalformedRequests : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS) &&
        methods->GetSendStatus().error_code() == grpc::StatusCode::UNIMPLEMENTED) {
      methods->ModifySendStatus(ToGrpcStatus(MalformedRequest()));
    }
    methods->Proceed();
  }
};

}  // namespace

grpc::experimental::Interceptor* MalformedRequestsFactory::CreateServerInterceptor(
    grpc::experimental::ServerRpcInfo* /*info*/) {
  return new MalformedRequests;
}

}  // namespace agreements
