// Requests that do not parse. gRPC's callback server never shows them to a handler and answers UNIMPLEMENTED without a
// message, which tells a caller that the method does not exist.
#ifndef AGREEMENTS_SERVER_RPC_MALFORMED_REQUESTS_H_
#define AGREEMENTS_SERVER_RPC_MALFORMED_REQUESTS_H_

#include <grpcpp/support/server_interceptor.h>

#include <set>
#include <string>

namespace agreements {

// Makes INVALID_ARGUMENT MALFORMED_REQUEST of UNIMPLEMENTED for the methods of our services, none of which answers
// UNIMPLEMENTED itself. For a method that does not exist it stays: clients probe for versions of reflection so.
class MalformedRequestsFactory : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  MalformedRequestsFactory();
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override;

 private:
  std::set<std::string> methods_;  // "/agreements.v1.CompanyService/MoveCompany"
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_MALFORMED_REQUESTS_H_
