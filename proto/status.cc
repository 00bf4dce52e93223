#include "proto/status.h"

#include <map>
#include <string>

#include "google/rpc/status.pb.h"

namespace agreements {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  std::map<std::string, std::string> payloads;
  status.ForEachPayload([&payloads](auto type_url, const absl::Cord& payload) {
    payloads.emplace(std::string(type_url), std::string(payload));
  });
  google::rpc::Status details;
  details.set_code(status.raw_code());
  details.set_message(std::string(status.message()));
  for (const auto& [type_url, payload] : payloads) {
    auto* detail = details.add_details();
    detail->set_type_url(type_url);
    detail->set_value(payload);
  }
  return {static_cast<grpc::StatusCode>(status.raw_code()), std::string(status.message()), details.SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status details;
  if (result.ok() || !details.ParseFromString(status.error_details())) return result;
  for (const auto& detail : details.details()) result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  return result;
}

}  // namespace agreements
