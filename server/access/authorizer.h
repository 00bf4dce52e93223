// Whether a call may go on: who calls, and what the policy allows.
#ifndef AGREEMENTS_SERVER_ACCESS_AUTHORIZER_H_
#define AGREEMENTS_SERVER_ACCESS_AUTHORIZER_H_

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/auth_metadata_processor.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/files/watched_files.h"
#include "server/access/caller.h"
#include "server/access/policy.h"
#include "server/ops/metrics.h"

namespace agreements {

struct Caller {
  std::string name;
  std::string actor;  // The end user for whom it calls, or empty.
};

// Each refusal is counted and logged, with the rule, which the caller is not told. Thread-safe.
class Authorizer {
 public:
  // Callers need no name, and everyone may do everything: for --insecure. `metrics` outlive this object.
  explicit Authorizer(Metrics& metrics) : metrics_(metrics) {}

  // By the policy of a file, which is read again when it changes. INVALID_ARGUMENT if it is none.
  static absl::StatusOr<std::unique_ptr<Authorizer>> Create(const std::string& policy_file, absl::Duration interval,
                                                            Metrics& metrics);

  // The caller, if it may call the method of this path, "/agreements.v1.CompanyService/MoveCompany". UNAUTHENTICATED
  // CALLER_UNKNOWN, PERMISSION_DENIED NOT_ALLOWED, INVALID_ARGUMENT FIELD_INVALID for x-actor.
  absl::StatusOr<Caller> Admit(const grpc::AuthContext& peer, const Metadata& metadata, const std::string& path) const;

  // Whether the caller may act for the account.
  bool MayActFor(absl::string_view caller, absl::string_view account_id) const;

  // PERMISSION_DENIED NOT_ALLOWED, for a change in an account that the caller may not act for.
  absl::Status RefuseAccount(const std::string& path, absl::string_view caller) const;

  // The policy's; nullptr if there is none.
  const WatchedFiles* file() const { return file_.get(); }

  // The same check for the services that gRPC itself provides, such as reflection. Health is open to all. This object
  // must outlive the processor.
  std::shared_ptr<grpc::AuthMetadataProcessor> ForOtherServices() const;

 private:
  class OtherServices;

  std::shared_ptr<const Policy> policy() const;
  absl::Status Refuse(Denial denial, const absl::Status& status, const std::string& path,
                      absl::string_view rule = "") const;

  Metrics& metrics_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> policy_;  // nullptr: everything is allowed.
  std::unique_ptr<WatchedFiles> file_;    // Last, since it sets the policy.
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_ACCESS_AUTHORIZER_H_
