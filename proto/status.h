// absl::Status, which this code works with, to and from grpc::Status, which the wire carries, without losing details.
// Thread-safe.
#ifndef AGREEMENTS_PROTO_STATUS_H_
#define AGREEMENTS_PROTO_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace agreements {

// The status's payloads become the details of a google.rpc.Status, see ToRpcStatus().
grpc::Status ToGrpcStatus(const absl::Status& status);

// The reverse. Drops details that are no google.rpc.Status, as other servers may send them.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_STATUS_H_
