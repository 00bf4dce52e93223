// Messages as bytes of gRPC. Thread-safe.
#ifndef AGREEMENTS_SERVER_RPC_MESSAGES_H_
#define AGREEMENTS_SERVER_RPC_MESSAGES_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace agreements {

inline constexpr int64_t kMaxRequestSize = 1 << 20;  // Bytes

// INVALID_ARGUMENT REQUEST_TOO_LARGE or MALFORMED_REQUEST.
absl::Status Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);

grpc::ByteBuffer ToBytes(const google::protobuf::Message& message);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_MESSAGES_H_
