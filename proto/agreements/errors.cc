#include "agreements/errors.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/make_error.h"

namespace agreements {
namespace {

v1::ErrorReason ReasonIn(const google::rpc::ErrorInfo& info) {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (info.domain() == kDomain) v1::ErrorReason_Parse(absl::StrCat(kReasonPrefix, info.reason()), &reason);
  return reason;
}

}  // namespace

absl::Status ErrorOf(const google::rpc::Status& error) {
  absl::Status status(static_cast<absl::StatusCode>(error.code()), error.message());
  if (status.ok()) return status;
  for (const auto& detail : error.details()) status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  return status;
}

v1::ErrorReason ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info ? ReasonIn(*info) : v1::ERROR_REASON_UNSPECIFIED;
}

v1::ErrorReason ReasonOf(const google::rpc::Status& error) { return ReasonOf(ErrorOf(error)); }

std::map<std::string, std::string> MetadataOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info) return {};
  return {info->metadata().begin(), info->metadata().end()};
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::RetryInfo>(status);
  if (!info) return std::nullopt;
  return absl::Seconds(info->retry_delay().seconds()) + absl::Nanoseconds(info->retry_delay().nanos());
}

std::vector<Violation> ViolationsOf(const absl::Status& status) {
  std::vector<Violation> violations;
  if (const auto request = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : request->field_violations()) {
      violations.push_back({.field = violation.field(), .description = violation.description()});
    }
  }
  return violations;
}

std::string SentenceOf(const absl::Status& status) {
  const auto sentence = DetailOf<google::rpc::LocalizedMessage>(status);
  return sentence ? sentence->message() : "";
}

}  // namespace agreements
