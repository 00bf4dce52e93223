// Who may do what. A policy is a JSON file in the form of gRPC's authorization policy (proposal A43), with two
// additions:
//
//   {
//     "name": "production",
//     "deny_rules": [...],   // Optional
//     "allow_rules": [
//       {
//         "name": "structure editor",
//         "source": {"principals": ["spiffe://prod/portal/*"]},
//         "request": {"paths": ["/agreements.v1.CompanyService/MoveCompany"]},
//         "audit_only": true  // Optional: the rule decides nothing, but a Decision says what it would have changed.
//       }
//     ],
//     "callers": [
//       {
//         "name": "portal",
//         "principals": ["spiffe://prod/portal/*"],
//         "accounts": ["acct-4711"],  // Or ["*"]: all of them.
//         "may_name_actor": true      // Optional
//       }
//     ]
//   }
//
// patterns.h says what principals and paths match. A rule without source matches every caller, one without request
// every method. A principal may act for the accounts of all entries of "callers" that it matches, and for no other.
#ifndef AGREEMENTS_SERVER_ACCESS_POLICY_H_
#define AGREEMENTS_SERVER_ACCESS_POLICY_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/access/patterns.h"

namespace agreements {

inline constexpr size_t kMaxPolicySize = 1 << 20;  // Bytes, as of a Kubernetes ConfigMap.
inline constexpr size_t kMaxPolicyEntries = 1000;  // Of a list of rules or callers.
inline constexpr size_t kMaxPolicyText = 2048;     // Bytes, as of a SPIFFE id.

struct Decision {
  bool allowed = false;
  std::string rule;                     // The name of the rule that decided. Empty if no rule allows the call.
  std::vector<std::string> audit_only;  // Rules each of which would have turned the decision, were it in force.
};

// Immutable. Thread-safe.
class Policy {
 public:
  // INVALID_ARGUMENT, with what is wrong and where. Whatever is not understood in full is refused.
  static absl::StatusOr<Policy> Parse(absl::string_view json);

  // Whether `principal` may call the method with this path, e.g. "/agreements.v1.CompanyService/MoveCompany". The first
  // deny rule that matches decides, else the first allow rule that matches.
  Decision Decide(absl::string_view principal, absl::string_view path) const;

  bool MayActFor(absl::string_view principal, absl::string_view account_id) const;
  bool MayNameActor(absl::string_view principal) const;

  // The names of the entries of "callers" that `principal` matches.
  std::vector<std::string> CallersOf(absl::string_view principal) const;

  // What may be misspelt: a line for each path of a rule that fits none of `methods`.
  std::vector<std::string> PathsWithoutMethod(const std::vector<std::string>& methods) const;

 private:
  friend class PolicyReader;

  struct Rule {
    std::string name;
    std::optional<Patterns> principals;
    std::optional<Patterns> paths;

    bool Matches(absl::string_view principal, absl::string_view path) const;
  };
  using Rules = std::vector<Rule>;

  struct Caller {
    std::string name;
    Patterns principals;
    bool all_accounts = false;
    std::set<std::string, std::less<>> accounts;
    bool may_name_actor = false;
  };

  Rules deny_;
  Rules allow_;
  Rules audit_only_deny_;
  Rules audit_only_allow_;
  std::vector<Caller> callers_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_ACCESS_POLICY_H_
