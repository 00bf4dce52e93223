#include "client/cli/output/errors.h"

#include <google/protobuf/struct.pb.h>
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "agreements/errors.h"
#include "client/cli/output/rows.h"
#include "google/rpc/status.pb.h"

namespace agreements::cli {
namespace {

constexpr char kReasonPrefix[] = "ERROR_REASON_";
constexpr char kRed[] = "\x1b[31m";
constexpr char kPlain[] = "\x1b[0m";

// Empty if the service gave none.
std::string ReasonName(const absl::Status& status) {
  const v1::ErrorReason reason = ReasonOf(status);
  if (reason == v1::ERROR_REASON_UNSPECIFIED) return "";
  return std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), kReasonPrefix));
}

std::string FlagOf(const Command* command, const std::string& field) {
  return command == nullptr ? field : FlagOfPath(*command, field);
}

std::string Quoted(absl::string_view text) {
  google::protobuf::Value value;
  value.set_string_value(std::string(text));
  return Json(value, false);
}

std::string Member(absl::string_view name, absl::string_view text) {
  return absl::StrCat(Quoted(name), ":", Quoted(text));
}

std::string FormatJson(const absl::Status& status, const Command* command) {
  std::vector<std::string> members = {Member("code", absl::StatusCodeToString(status.code())),
                                      Member("reason", ReasonName(status)), Member("message", status.message())};
  std::vector<std::string> metadata;
  for (const auto& [name, value] : MetadataOf(status)) metadata.push_back(Member(name, value));
  if (!metadata.empty()) members.push_back(absl::StrCat("\"metadata\":{", absl::StrJoin(metadata, ","), "}"));
  std::vector<std::string> violations;
  for (const Violation& violation : ViolationsOf(status)) {
    violations.push_back(absl::StrCat("{", Member("field", violation.field), ",",
                                      Member("flag", FlagOf(command, violation.field)), ",",
                                      Member("description", violation.description), "}"));
  }
  if (!violations.empty()) members.push_back(absl::StrCat("\"violations\":[", absl::StrJoin(violations, ","), "]"));
  if (const auto delay = RetryDelayOf(status)) {
    members.push_back(Member("retry_delay", absl::FormatDuration(*delay)));
  }
  if (const std::string sentence = SentenceOf(status); !sentence.empty()) {
    members.push_back(Member("norwegian", sentence));
  }
  return absl::StrCat("{\"error\":{", absl::StrJoin(members, ","), "}}\n");
}

}  // namespace

const std::vector<ExitCode>& ExitCodes() {
  using absl::StatusCode;
  static const auto* const kCodes = new std::vector<ExitCode>{
      {0, "all went well", {StatusCode::kOk}},
      {kExitOther, "something else went wrong, or you said no", {}},
      {kExitUsage, "the command line, a file that it names or the configuration is wrong; nothing was sent", {}},
      {3, "INVALID_ARGUMENT: the request is wrong", {StatusCode::kInvalidArgument, StatusCode::kOutOfRange}},
      {4, "NOT_FOUND: there is no such thing in this account", {StatusCode::kNotFound}},
      {5,
       "FAILED_PRECONDITION, ALREADY_EXISTS: it is not possible as things are",
       {StatusCode::kFailedPrecondition, StatusCode::kAlreadyExists}},
      {6, "ABORTED: somebody else has changed it; read it again", {StatusCode::kAborted}},
      {7,
       "PERMISSION_DENIED, UNAUTHENTICATED: you may not",
       {StatusCode::kPermissionDenied, StatusCode::kUnauthenticated}},
      {8,
       "UNAVAILABLE, RESOURCE_EXHAUSTED: the service is not there or is busy; try again",
       {StatusCode::kUnavailable, StatusCode::kResourceExhausted}},
      {9, "DEADLINE_EXCEEDED: it took longer than --timeout", {StatusCode::kDeadlineExceeded}},
      {kExitRefusals,
       "the call went well, but some of its results are refusals, or a verification found something",
       {}},
  };
  return *kCodes;
}

int ExitCodeOf(const absl::Status& status) {
  for (const ExitCode& code : ExitCodes()) {
    if (std::find(code.statuses.begin(), code.statuses.end(), status.code()) != code.statuses.end()) return code.code;
  }
  return kExitOther;
}

std::string FormatError(const absl::Status& status, const Command* command, const ErrorStyle& style,
                        absl::string_view label) {
  if (style.json) return FormatJson(status, command);
  const std::string reason = ReasonName(status);
  std::string head = absl::StrCat(absl::StatusCodeToString(status.code()), reason.empty() ? "" : " ", reason, ":");
  if (!label.empty()) head = absl::StrCat(label, ": ", head);
  std::vector<std::string> details;
  for (const Violation& violation : ViolationsOf(status)) {
    if (violation.field.empty()) continue;  // It is about the request as a whole, which the message says.
    details.push_back(absl::StrCat(FlagOf(command, violation.field), ": ", violation.description));
  }
  if (const auto delay = RetryDelayOf(status)) {
    details.push_back(absl::StrCat("try again in ", absl::FormatDuration(*delay)));
  }
  if (const std::string sentence = SentenceOf(status); style.norwegian && !sentence.empty()) {
    details.push_back(sentence);
  }
  const std::vector<std::string> lines = Wrapped(absl::StrCat(head, " ", status.message()), style.width - 2);
  std::string text = absl::StrCat(absl::StrJoin(lines, "\n  "), "\n");
  if (style.colours && absl::StartsWith(text, head)) text = absl::StrCat(kRed, head, kPlain, text.substr(head.size()));
  for (const std::string& detail : details) {
    absl::StrAppend(&text, "  ", absl::StrJoin(Wrapped(detail, style.width - 2), "\n  "), "\n");
  }
  return text;
}

absl::Status ToStatus(const google::protobuf::Message& rpc_status) {
  google::rpc::Status status;
  return status.ParseFromString(rpc_status.SerializeAsString()) ? ErrorOf(status)
                                                                : absl::InternalError("an error that cannot be read");
}

std::string ReasonOfStatus(const google::protobuf::Message& rpc_status) {
  const absl::Status status = ToStatus(rpc_status);
  const std::string reason = ReasonName(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

}  // namespace agreements::cli
