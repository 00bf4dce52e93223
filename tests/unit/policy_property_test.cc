// Random policies and requests, compared with an oracle that reads the rules as proposal A43 words them: one rule at a
// time, patterns by the C library, audit-only rules by putting each in force.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/access/policy.h"

namespace agreements {
namespace {

struct OracleRule {
  std::string name;
  bool deny = false;
  bool audit_only = false;
  std::vector<std::string> principals;  // None: every one.
  std::vector<std::string> paths;
};

struct OracleCaller {
  std::vector<std::string> principals;
  std::vector<std::string> accounts;
  bool may_name_actor = false;
};

struct OraclePolicy {
  std::vector<OracleRule> rules;
  std::vector<OracleCaller> callers;
};

bool Fits(const std::string& pattern, const std::string& text) {
  if (pattern == "*") return !text.empty();
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool OneFits(const std::vector<std::string>& patterns, const std::string& text) {
  for (const std::string& pattern : patterns) {
    if (Fits(pattern, text)) return true;
  }
  return false;
}

bool Matches(const OracleRule& rule, const std::string& principal, const std::string& path) {
  return (rule.principals.empty() || OneFits(rule.principals, principal)) &&
         (rule.paths.empty() || OneFits(rule.paths, path));
}

// Whether the call is allowed if the rule `in_force` is in force, too; and the rule that decides.
std::pair<bool, std::string> Outcome(const OraclePolicy& policy, const std::string& principal, const std::string& path,
                                     const OracleRule* in_force = nullptr) {
  for (const bool deny : {true, false}) {
    for (const OracleRule& rule : policy.rules) {
      if (rule.deny != deny || (rule.audit_only && &rule != in_force)) continue;
      if (Matches(rule, principal, path)) return {!deny, rule.name};
    }
  }
  return {false, ""};
}

std::string Text(bool allowed, const std::string& rule, const std::vector<std::string>& audit_only) {
  return absl::StrCat(allowed ? "allowed" : "denied", " by '", rule, "', not by '", absl::StrJoin(audit_only, "' '"),
                      "'");
}

std::string Expected(const OraclePolicy& policy, const std::string& principal, const std::string& path) {
  const auto [allowed, name] = Outcome(policy, principal, path);
  std::vector<std::string> audit_only;
  for (const OracleRule& rule : policy.rules) {
    if (rule.audit_only && Outcome(policy, principal, path, &rule).first != allowed) audit_only.push_back(rule.name);
  }
  return Text(allowed, name, audit_only);
}

std::string Json(const std::vector<std::string>& texts) {
  return absl::StrCat("[\"", absl::StrJoin(texts, "\", \""), "\"]");
}

std::string Json(const OraclePolicy& policy, bool deny) {
  std::vector<std::string> rules;
  for (const OracleRule& rule : policy.rules) {
    if (rule.deny != deny) continue;
    rules.push_back(absl::StrCat(
        R"({"name": ")", rule.name, "\"",
        rule.principals.empty() ? "" : absl::StrCat(R"(, "source": {"principals": )", Json(rule.principals), "}"),
        rule.paths.empty() ? "" : absl::StrCat(R"(, "request": {"paths": )", Json(rule.paths), "}"),
        rule.audit_only ? R"(, "audit_only": true})" : "}"));
  }
  return absl::StrCat("[", absl::StrJoin(rules, ", "), "]");
}

std::string Json(const OraclePolicy& policy) {
  std::vector<std::string> callers;
  for (const OracleCaller& caller : policy.callers) {
    callers.push_back(absl::StrCat(R"({"name": "c)", callers.size(), R"(", "principals": )", Json(caller.principals),
                                   R"(, "accounts": )", Json(caller.accounts),
                                   caller.may_name_actor ? R"(, "may_name_actor": true})" : "}"));
  }
  return absl::StrCat(R"({"name": "test", "deny_rules": )", Json(policy, true), R"(, "allow_rules": )",
                      Json(policy, false), R"(, "callers": [)", absl::StrJoin(callers, ", "), "]}");
}

// Texts of few letters, so that they often match, and almost match.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  std::string Letters(int least) {
    std::string text;
    for (int i = least + Below(3); i > 0; --i) text += "ab."[Below(3)];
    return text;
  }

  std::string Path() { return absl::StrCat("/", Letters(1), "/", Letters(1)); }

  std::vector<std::string> Principals(int least) {
    return List(least, [this] { return Wildcard(Letters(1)); });
  }

  std::vector<std::string> Paths() {
    return List(0, [this] { return Wildcard(Path()); });
  }

  OraclePolicy Policy() {
    OraclePolicy policy;
    const int rules = 1 + Below(8);
    for (int i = 0; i < rules; ++i) {
      policy.rules.push_back({.name = absl::StrCat("r", i),
                              .deny = Below(3) == 0,
                              .audit_only = Below(3) == 0,
                              .principals = Principals(0),
                              .paths = Paths()});
    }
    // One that is in force, as each policy must have it.
    policy.rules.push_back({.name = "last", .principals = Principals(1), .paths = {}});
    for (int i = 1 + Below(4); i > 0; --i) {
      policy.callers.push_back(
          {.principals = Principals(1),
           .accounts = Below(4) == 0 ? std::vector<std::string>{"*"} : List(1, [this] { return Letters(1); }),
           .may_name_actor = Below(2) == 0});
    }
    return policy;
  }

 private:
  std::string Wildcard(const std::string& text) {
    switch (Below(8)) {
      case 0:
        return "*";
      case 1:
      case 2:
        return absl::StrCat(text.substr(0, 1 + static_cast<size_t>(Below(static_cast<int>(text.size())))), "*");
      case 3:
      case 4:
        return absl::StrCat("*", text.substr(static_cast<size_t>(Below(static_cast<int>(text.size())))));
      default:
        return text;
    }
  }

  template <typename Make>
  std::vector<std::string> List(int least, Make make) {
    std::vector<std::string> texts;
    for (int i = least + Below(3); i > 0; --i) texts.push_back(make());
    return texts;
  }

  std::mt19937 random_;
};

TEST(PolicyPropertyTest, DecidesAsTheOracleDoes) {
  int allowed = 0;
  int turned = 0;
  constexpr int kPolicies = 400;
  constexpr int kCalls = 25;
  for (int seed = 0; seed < kPolicies; ++seed) {
    Generator generator(static_cast<unsigned>(seed));
    const OraclePolicy oracle = generator.Policy();
    const auto policy = Policy::Parse(Json(oracle));
    ASSERT_TRUE(policy.ok()) << policy.status() << "\n" << Json(oracle);
    for (int i = 0; i < kCalls; ++i) {
      const std::string principal = generator.Letters(0);
      const std::string path = generator.Path();
      const std::string account = generator.Letters(1);
      const Decision decision = policy->Decide(principal, path);
      // Audit-only rules are told in the order of their lists; of one decision, all are of the same list.
      ASSERT_EQ(Text(decision.allowed, decision.rule, decision.audit_only), Expected(oracle, principal, path))
          << "seed " << seed << ": " << principal << " " << path << "\n"
          << Json(oracle);
      bool may_act = false;
      bool may_name_actor = false;
      for (const OracleCaller& caller : oracle.callers) {
        if (!OneFits(caller.principals, principal)) continue;
        for (const std::string& own : caller.accounts) may_act = may_act || own == "*" || own == account;
        may_name_actor = may_name_actor || caller.may_name_actor;
      }
      ASSERT_EQ(policy->MayActFor(principal, account), may_act) << principal << " " << account << "\n" << Json(oracle);
      ASSERT_EQ(policy->MayNameActor(principal), may_name_actor) << principal << "\n" << Json(oracle);
      allowed += decision.allowed ? 1 : 0;
      turned += decision.audit_only.empty() ? 0 : 1;
    }
  }
  // Both outcomes happen, often.
  EXPECT_GT(allowed, kPolicies * kCalls / 5);
  EXPECT_LT(allowed, kPolicies * kCalls * 4 / 5);
  EXPECT_GT(turned, kPolicies * kCalls / 20);
}

}  // namespace
}  // namespace agreements
