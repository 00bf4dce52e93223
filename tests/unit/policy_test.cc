#include "server/access/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace agreements {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kMove[] = "/agreements.v1.CompanyService/MoveCompany";
constexpr char kGet[] = "/agreements.v1.CompanyService/GetCompany";
constexpr char kPortal[] = "spiffe://prod/portal/1";

// A policy with these rules, and callers of which a test says nothing.
Policy WithRules(const std::string& allow_rules, const std::string& deny_rules = "[]") {
  auto policy = Policy::Parse(
      absl::StrCat(R"({"name": "test", "deny_rules": )", deny_rules, R"(, "allow_rules": )", allow_rules,
                   R"(, "callers": [{"name": "nobody", "principals": ["spiffe://nobody"], "accounts": ["acct-0"]}]})"));
  EXPECT_TRUE(policy.ok()) << policy.status();
  return *std::move(policy);
}

Policy WithCallers(const std::string& callers) {
  auto policy =
      Policy::Parse(absl::StrCat(R"({"name": "test", "allow_rules": [{"name": "all"}], "callers": )", callers, "}"));
  EXPECT_TRUE(policy.ok()) << policy.status();
  return *std::move(policy);
}

// "allowed by a", "denied by b", "denied"; then the audit-only rules that would have turned it.
std::string Text(const Decision& decision) {
  std::string text = decision.allowed ? "allowed" : "denied";
  if (!decision.rule.empty()) absl::StrAppend(&text, " by ", decision.rule);
  for (const std::string& rule : decision.audit_only) absl::StrAppend(&text, ", not by ", rule);
  return text;
}

TEST(PatternsTest, HaveAWildcardAtOneEndOrAlone) {
  EXPECT_TRUE(IsPattern("abc"));
  EXPECT_TRUE(IsPattern("abc*"));
  EXPECT_TRUE(IsPattern("*abc"));
  EXPECT_TRUE(IsPattern("*"));
  EXPECT_FALSE(IsPattern(""));
  EXPECT_FALSE(IsPattern("a*c"));
  EXPECT_FALSE(IsPattern("*abc*"));
  EXPECT_FALSE(IsPattern("**"));
  EXPECT_FALSE(IsPattern("abc**"));
}

// The examples of proposal A43.
TEST(PatternsTest, MatchExactlyByPrefixBySuffixOrWhateverIsNotEmpty) {
  EXPECT_TRUE(Patterns({"abc"}).Match("abc"));
  EXPECT_FALSE(Patterns({"abc"}).Match("abcd"));
  EXPECT_FALSE(Patterns({"abc"}).Match("xabc"));
  EXPECT_FALSE(Patterns({"abc"}).Match("ABC"));
  EXPECT_TRUE(Patterns({"abc*"}).Match("abc"));
  EXPECT_TRUE(Patterns({"abc*"}).Match("abcd"));
  EXPECT_FALSE(Patterns({"abc*"}).Match("ab"));
  EXPECT_FALSE(Patterns({"abc*"}).Match("xabc"));
  EXPECT_TRUE(Patterns({"*abc"}).Match("abc"));
  EXPECT_TRUE(Patterns({"*abc"}).Match("xabc"));
  EXPECT_FALSE(Patterns({"*abc"}).Match("abcd"));
  EXPECT_TRUE(Patterns({"*"}).Match("x"));
  EXPECT_FALSE(Patterns({"*"}).Match(""));
  EXPECT_TRUE(Patterns({"x", "abc*", "y"}).Match("y"));
  EXPECT_FALSE(Patterns({}).Match("x"));
}

TEST(PolicyTest, ARuleMatchesOneOfItsPrincipalsAndOneOfItsPaths) {
  const Policy policy = WithRules(
      R"([{"name": "a", "source": {"principals": ["spiffe://prod/portal/*", "billing.prod"]},
           "request": {"paths": ["/agreements.v1.CompanyService/MoveCompany", "/agreements.v1.AgreementService/*"]}}])");
  EXPECT_EQ(Text(policy.Decide(kPortal, kMove)), "allowed by a");
  EXPECT_EQ(Text(policy.Decide("billing.prod", "/agreements.v1.AgreementService/RunBilling")), "allowed by a");
  EXPECT_EQ(Text(policy.Decide(kPortal, kGet)), "denied");
  EXPECT_EQ(Text(policy.Decide("billing.prod.evil", kMove)), "denied");
  EXPECT_EQ(Text(policy.Decide("", kMove)), "denied");
}

TEST(PolicyTest, ARuleWithoutSourceIsForEverybodyAndOneWithoutRequestForEverything) {
  const Policy policy = WithRules(R"([{"name": "move", "request": {"paths": ["*/MoveCompany"]}},
                                      {"name": "portal", "source": {"principals": ["spiffe://prod/portal/*"]}}])");
  EXPECT_EQ(Text(policy.Decide("anyone", kMove)), "allowed by move");
  EXPECT_EQ(Text(policy.Decide("anyone", kGet)), "denied");
  EXPECT_EQ(Text(policy.Decide(kPortal, kGet)), "allowed by portal");
  EXPECT_EQ(Text(WithRules(R"([{"name": "all"}])").Decide("anyone", "/x.Y/Z")), "allowed by all");
}

TEST(PolicyTest, DenyRulesComeFirst) {
  const Policy policy = WithRules(R"([{"name": "all"}])", R"([{"name": "d1", "request": {"paths": ["*/MoveCompany"]}},
                                                              {"name": "d2", "request": {"paths": ["*"]},
                                                               "source": {"principals": ["evil*"]}}])");
  EXPECT_EQ(Text(policy.Decide(kPortal, kMove)), "denied by d1");
  EXPECT_EQ(Text(policy.Decide("evil.example", kMove)), "denied by d1");
  EXPECT_EQ(Text(policy.Decide("evil.example", kGet)), "denied by d2");
  EXPECT_EQ(Text(policy.Decide(kPortal, kGet)), "allowed by all");
}

TEST(PolicyTest, TheFirstRuleThatMatchesIsNamed) {
  const Policy policy =
      WithRules(R"([{"name": "a", "request": {"paths": ["*/GetCompany"]}}, {"name": "b"}, {"name": "c"}])");
  EXPECT_EQ(Text(policy.Decide(kPortal, kGet)), "allowed by a");
  EXPECT_EQ(Text(policy.Decide(kPortal, kMove)), "allowed by b");
}

TEST(PolicyTest, AnAuditOnlyRuleDecidesNothingButIsNamedIfItWouldHaveTurnedTheDecision) {
  const Policy policy = WithRules(
      R"([{"name": "get", "request": {"paths": ["*/GetCompany"]}},
          {"name": "new", "request": {"paths": ["*/MoveCompany", "*/GetCompany"]}, "audit_only": true},
          {"name": "other", "request": {"paths": ["*/ListCompanies"]}, "audit_only": true}])",
      R"([{"name": "no billing", "request": {"paths": ["*/RunBilling"]}, "audit_only": false},
          {"name": "soon", "source": {"principals": ["spiffe://prod/*"]}, "audit_only": true}])");
  EXPECT_EQ(Text(policy.Decide(kPortal, kGet)), "allowed by get, not by soon");
  EXPECT_EQ(Text(policy.Decide("other", kGet)), "allowed by get");
  EXPECT_EQ(Text(policy.Decide(kPortal, kMove)), "denied, not by new");
  // A call that a deny rule refuses stays refused, whatever was allowed or denied besides.
  EXPECT_EQ(Text(policy.Decide(kPortal, "/agreements.v1.AgreementService/RunBilling")), "denied by no billing");
}

TEST(PolicyTest, APrincipalActsForTheAccountsOfAllItsEntries) {
  const Policy policy = WithCallers(R"([
    {"name": "one", "principals": ["a", "b*"], "accounts": ["acct-1", "acct-2"]},
    {"name": "two", "principals": ["*a"], "accounts": ["acct-3"], "may_name_actor": true},
    {"name": "all", "principals": ["spiffe://prod/operator/*"], "accounts": ["*"], "may_name_actor": false}])");
  EXPECT_TRUE(policy.MayActFor("a", "acct-1"));
  EXPECT_TRUE(policy.MayActFor("a", "acct-3"));
  EXPECT_TRUE(policy.MayActFor("b", "acct-2"));
  EXPECT_FALSE(policy.MayActFor("b", "acct-3"));
  EXPECT_FALSE(policy.MayActFor("a", "acct-4"));
  EXPECT_FALSE(policy.MayActFor("a", "acct-"));
  EXPECT_FALSE(policy.MayActFor("a", ""));
  EXPECT_FALSE(policy.MayActFor("a", "*"));
  EXPECT_FALSE(policy.MayActFor("c", "acct-1"));
  EXPECT_FALSE(policy.MayActFor("", "acct-1"));
  EXPECT_TRUE(policy.MayActFor("spiffe://prod/operator/anna", "acct-4"));
  EXPECT_THAT(policy.CallersOf("a"), ElementsAre("one", "two"));
  EXPECT_THAT(policy.CallersOf("c"), IsEmpty());
}

TEST(PolicyTest, OnlyWhomAnEntryTrustsNamesAnActor) {
  const Policy policy = WithCallers(R"([
    {"name": "one", "principals": ["a", "b"], "accounts": ["acct-1"]},
    {"name": "two", "principals": ["a"], "accounts": ["acct-2"], "may_name_actor": true}])");
  EXPECT_TRUE(policy.MayNameActor("a"));
  EXPECT_FALSE(policy.MayNameActor("b"));
  EXPECT_FALSE(policy.MayNameActor("c"));
}

TEST(PolicyTest, PathsThatFitNoMethodAreListed) {
  const Policy policy = WithRules(
      R"([{"name": "a", "request": {"paths": ["/agreements.v1.CompanyService/MoveCompani", "*/GetCompany", "*"]}},
          {"name": "b", "request": {"paths": ["/other.*"]}, "audit_only": true}, {"name": "c"}])",
      R"([{"name": "d", "request": {"paths": ["*Company", "*/Get"]}}])");
  EXPECT_THAT(policy.PathsWithoutMethod({kMove, kGet}),
              ElementsAre("rule \"d\": no method has the path \"*/Get\"",
                          "rule \"a\": no method has the path \"/agreements.v1.CompanyService/MoveCompani\"",
                          "rule \"b\": no method has the path \"/other.*\""));
}

}  // namespace
}  // namespace agreements
