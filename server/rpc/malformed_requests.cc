#include "server/rpc/malformed_requests.h"

#include "absl/strings/str_cat.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
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

MalformedRequestsFactory::MalformedRequestsFactory() {
  for (const auto* request : {v1::CreateAgreementRequest::descriptor(), v1::CreateCompanyRequest::descriptor()}) {
    const auto* file = request->file();
    for (int i = 0; i < file->service_count(); ++i) {
      const auto* service = file->service(i);
      for (int j = 0; j < service->method_count(); ++j) {
        methods_.insert(absl::StrCat("/", service->full_name(), "/", service->method(j)->name()));
      }
    }
  }
}

grpc::experimental::Interceptor* MalformedRequestsFactory::CreateServerInterceptor(
    grpc::experimental::ServerRpcInfo* info) {
  return methods_.contains(info->method()) ? new MalformedRequests : nullptr;
}

}  // namespace agreements
