#include "proto/status.h"

#include <string>

#include "proto/errors.h"

namespace agreements {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.raw_code()), std::string(status.message()),
          ToRpcStatus(status).SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  google::rpc::Status error;
  if (!error.ParseFromString(status.error_details())) error.Clear();
  error.set_code(status.error_code());
  error.set_message(status.error_message());
  return ErrorOf(error);
}

}  // namespace agreements
