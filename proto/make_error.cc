#include "proto/make_error.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

namespace agreements {
namespace {

std::string NameOf(v1::ErrorReason reason) {
  return std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), kReasonPrefix));
}

void Attach(absl::Status& status, const google::protobuf::Message& detail) {
  status.SetPayload(DetailTypeUrl(detail), absl::Cord(detail.SerializeAsString()));
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message,
                       absl::string_view sentence, const Metadata& metadata) {
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_reason(NameOf(reason));
  info.set_domain(std::string(kDomain));
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[std::string(key)] = value;
  Attach(status, info);
  google::rpc::LocalizedMessage localized;
  localized.set_locale("nb-NO");
  localized.set_message(std::string(sentence));
  Attach(status, localized);
  return status;
}

absl::Status MakeInvalid(v1::ErrorReason reason, absl::string_view message, absl::string_view sentence,
                         const std::vector<FieldViolation>& violations, const Metadata& metadata) {
  absl::Status status = MakeError(absl::StatusCode::kInvalidArgument, reason, message, sentence, metadata);
  google::rpc::BadRequest bad_request;
  for (size_t i = 0; i < std::min(violations.size(), kMaxViolations); ++i) {
    auto* violation = bad_request.add_field_violations();
    violation->set_field(violations[i].field);
    violation->set_description(violations[i].description);
  }
  if (violations.size() > kMaxViolations) {
    bad_request.add_field_violations()->set_description(
        absl::StrCat("and ", violations.size() - kMaxViolations, " more violations, cut here"));
  }
  Attach(status, bad_request);
  return status;
}

absl::Status AttachResource(absl::Status status, absl::string_view type, absl::string_view name) {
  google::rpc::ResourceInfo resource;
  resource.set_resource_type(std::string(type));
  resource.set_resource_name(std::string(name));
  resource.set_description(std::string(status.message()));
  Attach(status, resource);
  return status;
}

absl::Status MakeNotFound(v1::ErrorReason reason, absl::string_view type, const Metadata& ids,
                          absl::string_view sentence) {
  const std::string name = absl::StrJoin(
      ids, "/", [](std::string* out, const Metadata::value_type& id) { absl::StrAppend(out, id.second); });
  return AttachResource(MakeError(absl::StatusCode::kNotFound, reason,
                                  absl::StrCat(type, " ", name, " does not exist in this account."), sentence, ids),
                        type, name);
}

absl::Status MakeNotFound(v1::ErrorReason reason, absl::string_view type, absl::string_view id_name,
                          absl::string_view id, absl::string_view sentence) {
  return MakeNotFound(reason, type, {{id_name, std::string(id)}}, sentence);
}

absl::Status MakePrecondition(v1::ErrorReason reason, absl::string_view subject, absl::string_view message,
                              absl::string_view sentence, const Metadata& metadata) {
  absl::Status status = MakeError(absl::StatusCode::kFailedPrecondition, reason, message, sentence, metadata);
  google::rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type(NameOf(reason));
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(message));
  Attach(status, failure);
  return status;
}

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo retry;
  absl::Duration rest;
  retry.mutable_retry_delay()->set_seconds(absl::IDivDuration(delay, absl::Seconds(1), &rest));
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  Attach(status, retry);
  return status;
}

}  // namespace agreements
