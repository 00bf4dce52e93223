// Requests that do not parse. gRPC's callback server never shows them to a handler and answers UNIMPLEMENTED without a
// message, which tells a caller that the method does not exist.
#ifndef AGREEMENTS_SERVER_MALFORMED_REQUESTS_H_
#define AGREEMENTS_SERVER_MALFORMED_REQUESTS_H_

#include <grpcpp/support/server_interceptor.h>

namespace agreements {

// Makes INVALID_ARGUMENT MALFORMED_REQUEST of UNIMPLEMENTED. Only calls of methods that exist are intercepted, and none
// of them answers UNIMPLEMENTED itself.
class MalformedRequestsFactory : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_MALFORMED_REQUESTS_H_
