// Bytes of a request: the first one says of which type, the second one where the slices of the gRPC buffer meet.
#include <google/protobuf/stubs/logging.h>
#include <grpcpp/support/byte_buffer.h>

#include <algorithm>
#include <memory>
#include <set>

#include "proto/errors.h"
#include "server/requests/request_hash.h"
#include "server/rpc/messages.h"
#include "tests/fuzz/request_types.h"
#include "tests/fuzz/require.h"

namespace agreements::testing {
namespace {

constexpr size_t kMetadataLimit = 4096;  // proto/errors.h

grpc::ByteBuffer InTwoSlices(const uint8_t* data, size_t size, size_t first) {
  first = std::min(first, size);
  const grpc::Slice slices[] = {grpc::Slice(data, first), grpc::Slice(data + first, size - first)};
  return {slices, 2};
}

void RequireReason(const absl::Status& status, const std::set<v1::ErrorReason>& reasons) {
  Require(status.code() == absl::StatusCode::kInvalidArgument && reasons.count(ReasonOf(status)) == 1,
          status.ToString());
  Require(ToRpcStatus(status).ByteSizeLong() < kMetadataLimit, "an error fits into gRPC's metadata");
}

void Handle(const uint8_t* data, size_t size) {
  if (size < 2) return;
  const RequestType& type = RequestTypes()[data[0] % RequestTypes().size()];
  const std::unique_ptr<google::protobuf::Message> request(type.prototype->New());
  const absl::Status parsed = Parse(InTwoSlices(data + 2, size - 2, data[1]), *request);
  if (!parsed.ok()) return RequireReason(parsed, {v1::ERROR_REASON_MALFORMED_REQUEST});

  const absl::Status status = type.validate(*request);
  const std::string once = request->SerializeAsString();
  if (!status.ok()) RequireReason(status, {v1::ERROR_REASON_FIELD_INVALID, v1::ERROR_REASON_PERIOD_SPANS_MONTHS});
  // Not the details: the order of a map's entries differs from message to message.
  const absl::Status again = type.validate(*request);
  Require(again.code() == status.code() && again.message() == status.message(), "a fault stays the same");
  Require(request->SerializeAsString() == once, "a request that is validated twice stays as it is");

  const std::unique_ptr<google::protobuf::Message> copy(type.prototype->New());
  Require(copy->ParseFromString(once), "a validated request can be parsed");
  Require(RequestHash(*copy) == RequestHash(*request), "a request's hash survives the wire");
}

}  // namespace
}  // namespace agreements::testing

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  google::protobuf::SetLogHandler(nullptr);  // As the server does it.
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  agreements::testing::Handle(data, size);
  return 0;
}
