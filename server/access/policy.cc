#include "server/access/policy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace agreements {

bool Policy::Rule::Matches(absl::string_view principal, absl::string_view path) const {
  return (!principals || principals->Match(principal)) && (!paths || paths->Match(path));
}

Decision Policy::Decide(absl::string_view principal, absl::string_view path) const {
  const auto matches = [principal, path](const Rule& rule) { return rule.Matches(principal, path); };
  const auto deny = std::find_if(deny_.begin(), deny_.end(), matches);
  // No allow rule turns this.
  if (deny != deny_.end()) return {.allowed = false, .rule = deny->name, .audit_only = {}};
  const auto allow = std::find_if(allow_.begin(), allow_.end(), matches);
  Decision decision;
  decision.allowed = allow != allow_.end();
  if (decision.allowed) decision.rule = allow->name;
  for (const Rule& rule : decision.allowed ? audit_only_deny_ : audit_only_allow_) {
    if (matches(rule)) decision.audit_only.push_back(rule.name);
  }
  return decision;
}

bool Policy::MayActFor(absl::string_view principal, absl::string_view account_id) const {
  return std::any_of(callers_.begin(), callers_.end(), [principal, account_id](const Caller& caller) {
    return (caller.all_accounts || caller.accounts.find(account_id) != caller.accounts.end()) &&
           caller.principals.Match(principal);
  });
}

bool Policy::MayNameActor(absl::string_view principal) const {
  return std::any_of(callers_.begin(), callers_.end(), [principal](const Caller& caller) {
    return caller.may_name_actor && caller.principals.Match(principal);
  });
}

std::vector<std::string> Policy::CallersOf(absl::string_view principal) const {
  std::vector<std::string> names;
  for (const Caller& caller : callers_) {
    if (caller.principals.Match(principal)) names.push_back(caller.name);
  }
  return names;
}

std::vector<std::string> Policy::PathsWithoutMethod(const std::vector<std::string>& methods) const {
  std::vector<std::string> lines;
  for (const Rules* rules : {&deny_, &allow_, &audit_only_deny_, &audit_only_allow_}) {
    for (const Rule& rule : *rules) {
      if (!rule.paths) continue;
      for (const std::string& path : rule.paths->list()) {
        const Patterns pattern({path});
        const auto fits = [&pattern](const std::string& method) { return pattern.Match(method); };
        if (std::any_of(methods.begin(), methods.end(), fits)) continue;
        lines.push_back(absl::StrCat("rule \"", rule.name, "\": no method has the path \"", path, "\""));
      }
    }
  }
  return lines;
}

}  // namespace agreements
