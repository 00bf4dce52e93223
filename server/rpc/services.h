// What is served: AgreementService and CompanyService.
#ifndef AGREEMENTS_SERVER_RPC_SERVICES_H_
#define AGREEMENTS_SERVER_RPC_SERVICES_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "server/rpc/methods.h"

namespace agreements {

const google::protobuf::ServiceDescriptor& AgreementServiceDescriptor();
const google::protobuf::ServiceDescriptor& CompanyServiceDescriptor();

// Both services with all their methods bound. INTERNAL unless each method is bound, once. `methods` must outlive them.
absl::StatusOr<std::vector<std::unique_ptr<grpc::Service>>> BindServices(Methods& methods);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_SERVICES_H_
