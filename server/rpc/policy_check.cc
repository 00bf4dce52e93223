#include "server/rpc/policy_check.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "server/rpc/services.h"

namespace agreements {
namespace {

constexpr char kHealth[] = "/grpc.health.v1.Health/";

// The methods of gRPC's own services. Their descriptors are in programs that serve them only.
constexpr const char* kOthers[] = {"/grpc.health.v1.Health/Check",
                                   "/grpc.health.v1.Health/Watch",
                                   "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                   "/grpc.channelz.v1.Channelz/GetTopChannels",
                                   "/grpc.channelz.v1.Channelz/GetServers",
                                   "/grpc.channelz.v1.Channelz/GetServer",
                                   "/grpc.channelz.v1.Channelz/GetServerSockets",
                                   "/grpc.channelz.v1.Channelz/GetChannel",
                                   "/grpc.channelz.v1.Channelz/GetSubchannel",
                                   "/grpc.channelz.v1.Channelz/GetSocket"};

// The first line. `may_act`: for the question's account.
std::string Verdict(const Decision& decision, const PolicyQuestion& question, bool may_act) {
  const auto& [principal, path, account_id] = question;
  if (!decision.allowed) {
    const std::string why =
        decision.rule.empty() ? ": no rule allows it" : absl::StrCat(", by the rule \"", decision.rule, "\"");
    return absl::StrCat("denied: ", principal, " may not call ", path, why, "\n");
  }
  const std::string call = absl::StrCat(principal, " may call ", path, ", by the rule \"", decision.rule, "\"");
  return may_act ? absl::StrCat("allowed: ", call, "\n")
                 : absl::StrCat("denied: ", call, ", but not for ", account_id, "\n");
}

}  // namespace

std::vector<std::string> ServedPaths() {
  std::vector<std::string> paths;
  for (const auto* service : {&AgreementServiceDescriptor(), &CompanyServiceDescriptor()}) {
    for (int i = 0; i < service->method_count(); ++i) {
      paths.push_back(absl::StrCat("/", service->full_name(), "/", service->method(i)->name()));
    }
  }
  paths.insert(paths.end(), std::begin(kOthers), std::end(kOthers));
  return paths;
}

absl::StatusOr<std::string> PathOfMethod(absl::string_view method) {
  const std::vector<std::string> paths = ServedPaths();
  const std::string end = absl::StartsWith(method, "/") ? std::string(method) : absl::StrCat("/", method);
  // The whole path, or what begins at one of its slashes.
  const auto is_meant = [&end](const std::string& path) { return absl::EndsWith(path, end); };
  const auto meant = std::find_if(paths.begin(), paths.end(), is_meant);
  if (meant == paths.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no method ", method, "; there are:\n  ", absl::StrJoin(paths, "\n  ")));
  }
  return *meant;
}

PolicyAnswer Answer(const Policy& policy, const PolicyQuestion& question) {
  const auto& [principal, path, account_id] = question;
  if (absl::StartsWith(path, kHealth)) {
    return {.allowed = true, .text = absl::StrCat("allowed: everyone may call ", path, "; it needs no rule\n")};
  }
  const Decision decision = policy.Decide(principal, path);
  const bool may_act = account_id.empty() || policy.MayActFor(principal, account_id);
  PolicyAnswer answer{.allowed = decision.allowed && may_act, .text = Verdict(decision, question, may_act)};
  for (const std::string& rule : decision.audit_only) {
    absl::StrAppend(&answer.text, "audit only: the rule \"", rule, "\" would have ",
                    decision.allowed ? "denied" : "allowed", " it\n");
  }
  if (!account_id.empty()) {
    absl::StrAppend(&answer.text, "account: ", may_act ? "may" : "may not", " act for ", account_id, "\n");
  }
  absl::StrAppend(&answer.text, "actor: ", policy.MayNameActor(principal) ? "may" : "may not", " name one\n");
  const std::vector<std::string> callers = policy.CallersOf(principal);
  absl::StrAppend(&answer.text, "callers that it is one of: ", callers.empty() ? "none" : absl::StrJoin(callers, ", "),
                  "\n");
  return answer;
}

}  // namespace agreements
