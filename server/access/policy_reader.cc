// Policy::Parse().
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/status_macros.h"
#include "server/access/policy.h"
#include "server/access/strict_json.h"
#include "server/requests/fields.h"

namespace agreements {
namespace {

// What is wrong with a text of the file; nothing if it is right.
absl::string_view PrincipalFault(absl::string_view text) {
  if (!IsPattern(text)) return "may have one \"*\", at one end or alone";
  if (!std::all_of(text.begin(), text.end(), absl::ascii_isgraph)) {
    return "must be ASCII without spaces, as URIs and DNS names are";
  }
  return "";
}

absl::string_view PathFault(absl::string_view text) {
  if (const absl::string_view fault = PrincipalFault(text); !fault.empty()) return fault;
  if (text.front() == '*') return "";
  if (text.front() != '/') return "must begin with \"/\" or \"*\"";
  if (text.back() == '*') return "";
  const size_t slash = text.find('/', 1);
  const bool is_method =
      slash != absl::string_view::npos && slash > 1 && slash == text.rfind('/') && slash + 1 < text.size();
  return is_method ? "" : "must be \"/package.Service/Method\" if it has no \"*\"";
}

absl::string_view AccountFault(absl::string_view text) {
  return text == "*" || Fields().AccountId("", text).status().ok() ? "" : "must be an account_id, or \"*\" for all";
}

}  // namespace

class PolicyReader {
 public:
  absl::StatusOr<Policy> Read(const JsonNode& root) {
    ASSIGN_OR_RETURN(const JsonMembers members, ReadMembers(root, {"name", "deny_rules", "allow_rules", "callers"}));
    RETURN_IF_ERROR(RequiredText(root, members, "name").status());
    if (const auto rules = members.find("deny_rules"); rules != members.end()) {
      RETURN_IF_ERROR(ReadRules(rules->second, policy_.deny_, policy_.audit_only_deny_));
    }
    ASSIGN_OR_RETURN(const JsonNode allow_rules, RequiredMember(root, members, "allow_rules"));
    RETURN_IF_ERROR(ReadRules(allow_rules, policy_.allow_, policy_.audit_only_allow_));
    if (policy_.allow_.empty()) {
      return WrongJson(allow_rules.path, "must have a rule that is not audit_only; nothing would be allowed");
    }
    ASSIGN_OR_RETURN(const JsonNode callers, RequiredMember(root, members, "callers"));
    RETURN_IF_ERROR(ReadCallers(callers));
    return std::move(policy_);
  }

 private:
  static absl::StatusOr<std::string> RequiredText(const JsonNode& node, const JsonMembers& members,
                                                  const std::string& name) {
    ASSIGN_OR_RETURN(const JsonNode member, RequiredMember(node, members, name));
    return ReadText(member, kMaxPolicyText);
  }

  // A name that is not among `taken` yet.
  static absl::StatusOr<std::string> ReadName(const JsonNode& node, const JsonMembers& members,
                                              std::set<std::string>& taken) {
    ASSIGN_OR_RETURN(std::string name, RequiredText(node, members, "name"));
    if (!taken.insert(name).second) {
      return WrongJson(members.at("name").path, absl::StrCat("is the second of the name ", QuotedJson(name)));
    }
    return name;
  }

  absl::Status ReadRules(const JsonNode& node, Policy::Rules& rules, Policy::Rules& audit_only_rules) {
    ASSIGN_OR_RETURN(const std::vector<JsonNode> items, ReadItems(node, kMaxPolicyEntries));
    for (const JsonNode& item : items) {
      ASSIGN_OR_RETURN(const JsonMembers members, ReadMembers(item, {"name", "source", "request", "audit_only"}));
      Policy::Rule rule;
      ASSIGN_OR_RETURN(rule.name, ReadName(item, members, rule_names_));
      ASSIGN_OR_RETURN(rule.principals, ReadPatterns(members, "source", "principals", PrincipalFault));
      ASSIGN_OR_RETURN(rule.paths, ReadPatterns(members, "request", "paths", PathFault));
      ASSIGN_OR_RETURN(const bool audit_only, ReadOptionalBool(members, "audit_only"));
      (audit_only ? audit_only_rules : rules).push_back(std::move(rule));
    }
    return absl::OkStatus();
  }

  // The patterns of a rule's source or request; nothing if the rule has none.
  static absl::StatusOr<std::optional<Patterns>> ReadPatterns(const JsonMembers& rule, const std::string& part,
                                                              const std::string& list,
                                                              absl::string_view (*fault)(absl::string_view)) {
    const auto found = rule.find(part);
    if (found == rule.end()) return std::nullopt;
    const JsonNode& node = found->second;
    if (part == "request" && node.value->IsObject() && node.value->HasMember("headers")) {
      return WrongJson(node.path + ".headers", "is not supported: callers write their headers themselves");
    }
    ASSIGN_OR_RETURN(const JsonMembers members, ReadMembers(node, {list}));
    // gRPC takes an empty object for one that matches everything. It is too easily a mistake.
    ASSIGN_OR_RETURN(const JsonNode texts, RequiredMember(node, members, list));
    ASSIGN_OR_RETURN(std::vector<std::string> patterns, ReadTexts(texts, kMaxPolicyText, fault));
    return Patterns(std::move(patterns));
  }

  absl::Status ReadCallers(const JsonNode& node) {
    ASSIGN_OR_RETURN(const std::vector<JsonNode> items, ReadItems(node, kMaxPolicyEntries));
    if (items.empty()) return WrongJson(node.path, "is an empty list; nobody could act for an account");
    for (const JsonNode& item : items) {
      ASSIGN_OR_RETURN(const JsonMembers members,
                       ReadMembers(item, {"name", "principals", "accounts", "may_name_actor"}));
      ASSIGN_OR_RETURN(std::string name, ReadName(item, members, caller_names_));
      ASSIGN_OR_RETURN(const JsonNode principals_node, RequiredMember(item, members, "principals"));
      ASSIGN_OR_RETURN(std::vector<std::string> principals, ReadTexts(principals_node, kMaxPolicyText, PrincipalFault));
      ASSIGN_OR_RETURN(const JsonNode accounts_node, RequiredMember(item, members, "accounts"));
      ASSIGN_OR_RETURN(const std::vector<std::string> accounts, ReadTexts(accounts_node, kMaxPolicyText, AccountFault));
      const bool all = accounts.front() == "*";
      if (accounts.size() > 1 && std::find(accounts.begin(), accounts.end(), "*") != accounts.end()) {
        return WrongJson(accounts_node.path, "has \"*\" beside others; it stands alone");
      }
      ASSIGN_OR_RETURN(const bool may_name_actor, ReadOptionalBool(members, "may_name_actor"));
      policy_.callers_.push_back({.name = std::move(name),
                                  .principals = Patterns(std::move(principals)),
                                  .all_accounts = all,
                                  .accounts = {accounts.begin(), accounts.end()},
                                  .may_name_actor = may_name_actor});
    }
    return absl::OkStatus();
  }

  Policy policy_;
  std::set<std::string> rule_names_;
  std::set<std::string> caller_names_;
};

absl::StatusOr<Policy> Policy::Parse(absl::string_view json) {
  rapidjson::Document document;
  RETURN_IF_ERROR(ParseJson(json, kMaxPolicySize, document));
  return PolicyReader().Read({.value = &document, .path = ""});
}

}  // namespace agreements
