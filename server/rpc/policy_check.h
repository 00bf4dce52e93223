// What `agreements-admin policy check` says.
#ifndef AGREEMENTS_SERVER_RPC_POLICY_CHECK_H_
#define AGREEMENTS_SERVER_RPC_POLICY_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/policy.h"

namespace agreements {

// The paths of all methods that a server can serve: ours, health checks, reflection, channelz.
std::vector<std::string> ServedPaths();

// The path of a method that is written "MoveCompany", "agreements.v1.CompanyService/MoveCompany", or as a path.
// INVALID_ARGUMENT, with what there is, if none is meant.
absl::StatusOr<std::string> PathOfMethod(absl::string_view method);

struct PolicyQuestion {
  std::string principal;
  std::string path;
  std::string account_id;  // Empty: the question is about no account.
};

struct PolicyAnswer {
  bool allowed = false;  // The call, and the account if there is one.
  std::string text;      // In lines.
};

PolicyAnswer Answer(const Policy& policy, const PolicyQuestion& question);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_POLICY_CHECK_H_
