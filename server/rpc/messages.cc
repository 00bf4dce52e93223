#include "server/rpc/messages.h"

#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include "proto/errors.h"

namespace agreements {

absl::Status Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message) {
  const auto size = static_cast<int64_t>(bytes.Length());
  if (size > kMaxRequestSize) return RequestTooLarge(size, kMaxRequestSize);
  grpc::ByteBuffer shared = bytes;  // The reader changes its buffer.
  grpc::ProtoBufferReader reader(&shared);
  return reader.status().ok() && message.ParseFromZeroCopyStream(&reader) ? absl::OkStatus() : MalformedRequest();
}

grpc::ByteBuffer ToBytes(const google::protobuf::Message& message) {
  const size_t size = message.ByteSizeLong();
  const grpc::Slice slice(size);
  message.SerializeToArray(const_cast<uint8_t*>(slice.begin()), static_cast<int>(size));
  return {&slice, 1};
}

}  // namespace agreements
