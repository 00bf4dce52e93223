#include "server/access/authorizer.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "proto/errors.h"
#include "proto/status.h"
#include "proto/status_macros.h"
#include "server/ops/reading_log.h"
#include "spdlog/spdlog.h"

namespace agreements {
namespace {

constexpr char kOurPackage[] = "/agreements.v1.";
constexpr char kHealth[] = "/grpc.health.v1.Health/";

// "CompanyService/MoveCompany"
std::string ShortName(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, kOurPackage)) absl::ConsumePrefix(&path, "/");
  return std::string(path);
}

}  // namespace

class Authorizer::OtherServices : public grpc::AuthMetadataProcessor {
 public:
  explicit OtherServices(const Authorizer& authorizer) : authorizer_(authorizer) {}

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* peer, OutputMetadata* /*consumed*/,
                       OutputMetadata* /*response*/) override {
    const auto found = metadata.find(":path");
    const std::string path = found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
    if (absl::StartsWith(path, kOurPackage) || absl::StartsWith(path, kHealth)) return grpc::Status::OK;
    return ToGrpcStatus(authorizer_.Admit(*peer, metadata, path).status());
  }

 private:
  const Authorizer& authorizer_;
};

absl::StatusOr<std::unique_ptr<Authorizer>> Authorizer::Create(const std::string& policy_file, absl::Duration interval,
                                                               Metrics& metrics) {
  auto authorizer = std::make_unique<Authorizer>(metrics);
  auto take = [&authorizer = *authorizer, policy_file](const std::vector<std::string>& contents) -> absl::Status {
    absl::StatusOr<Policy> policy = Policy::Parse(contents.front());
    if (!policy.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(policy_file, ": ", policy.status().message()));
    }
    const std::lock_guard lock(authorizer.mutex_);
    authorizer.policy_ = std::make_shared<const Policy>(*std::move(policy));
    return absl::OkStatus();
  };
  authorizer->file_ =
      std::make_unique<WatchedFiles>(std::vector<std::string>{policy_file}, take, LogReading("the policy"));
  RETURN_IF_ERROR(authorizer->file_->Load());
  authorizer->file_->Watch(interval);
  return authorizer;
}

std::shared_ptr<const Policy> Authorizer::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

std::shared_ptr<grpc::AuthMetadataProcessor> Authorizer::ForOtherServices() const {
  return std::make_shared<OtherServices>(*this);
}

absl::StatusOr<Caller> Authorizer::Admit(const grpc::AuthContext& peer, const Metadata& metadata,
                                         const std::string& path) const {
  const std::shared_ptr<const Policy> policy = this->policy();
  Caller caller;
  if (policy != nullptr) {
    absl::StatusOr<std::string> name = CallerName(peer);
    if (!name.ok()) return Refuse(Denial::kCallerUnknown, name.status(), path);
    caller.name = *std::move(name);
    const Decision decision = policy->Decide(caller.name, path);
    for (const std::string& rule : decision.audit_only) {
      spdlog::info("audit only: the rule {} would have {} {} by {}", rule, decision.allowed ? "refused" : "allowed",
                   path, caller.name);
    }
    if (!decision.allowed) {
      return Refuse(Denial::kNotAllowed,
                    NotAllowed(ShortName(path), caller.name, absl::StrCat("may not call ", ShortName(path))), path,
                    decision.rule.empty() ? "(no rule allows it)" : absl::StrCat("(rule ", decision.rule, ")"));
    }
  }
  absl::StatusOr<std::string> actor = ActorOf(metadata);
  if (!actor.ok()) return Refuse(Denial::kActor, actor.status(), path);
  caller.actor = *std::move(actor);
  if (!caller.actor.empty() && policy != nullptr && !policy->MayNameActor(caller.name)) {
    return Refuse(Denial::kActor, NotAllowed(ShortName(path), caller.name, "may not name an end user in x-actor"),
                  path);
  }
  return caller;
}

bool Authorizer::MayActFor(absl::string_view caller, absl::string_view account_id) const {
  const std::shared_ptr<const Policy> policy = this->policy();
  return policy == nullptr || policy->MayActFor(caller, account_id);
}

absl::Status Authorizer::RefuseAccount(const std::string& path, absl::string_view caller) const {
  return Refuse(Denial::kNotAllowed, NotAllowed(ShortName(path), caller, "may not act for this account"), path);
}

absl::Status Authorizer::Refuse(Denial denial, const absl::Status& status, const std::string& path,
                                absl::string_view rule) const {
  metrics_.Denied(denial);
  spdlog::warn("refused {}: {} {}", path, std::string(status.message()), std::string(rule));
  return status;
}

}  // namespace agreements
