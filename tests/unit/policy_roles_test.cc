// The roles of the example policy, deploy/local/policy.json, and what `agreements-admin policy check` says of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "server/rpc/policy_check.h"

namespace agreements {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

constexpr char kAnna[] = "spiffe://agreements.local/operator/anna";
constexpr char kPortal[] = "spiffe://agreements.local/structure-editor/portal";
constexpr char kReports[] = "spiffe://agreements.local/reader/reports";
constexpr char kReportsOfOne[] = "spiffe://agreements.local/reader/acct-4711";

Policy ExamplePolicy() {
  std::stringstream content;
  content << std::ifstream(AGREEMENTS_EXAMPLE_POLICY).rdbuf();
  auto policy = Policy::Parse(content.str());
  EXPECT_TRUE(policy.ok()) << policy.status();
  return *std::move(policy);
}

// Every method, and the roles that may call it. A new method is to be placed here, and in the example policy.
const std::map<std::string, std::string>& RolesOfMethods() {
  constexpr char kAll[] = "reader, structure-editor, billing, operator";
  constexpr char kEditor[] = "structure-editor";
  constexpr char kBilling[] = "billing";
  static const auto* const roles = new std::map<std::string, std::string>{
      {"AgreementService/CreateAgreement", kEditor},
      {"AgreementService/GetAgreement", kAll},
      {"AgreementService/BatchGetAgreements", kAll},
      {"AgreementService/ListAgreements", kAll},
      {"AgreementService/UpdateAgreement", kEditor},
      {"AgreementService/DeleteAgreement", kEditor},
      {"AgreementService/UndeleteAgreement", kEditor},
      {"AgreementService/ListAgreementUsers", kAll},
      {"AgreementService/CreateProduct", kBilling},
      {"AgreementService/GetProduct", kAll},
      {"AgreementService/ListProducts", kAll},
      {"AgreementService/UpdateProduct", kBilling},
      {"AgreementService/SetPrice", kBilling},
      {"AgreementService/ListPrices", kAll},
      {"AgreementService/PreviewOrderBasis", kAll},
      {"AgreementService/CreateOrderBasis", kBilling},
      {"AgreementService/GetOrderBasis", kAll},
      {"AgreementService/ListOrderBasisLines", kAll},
      {"AgreementService/ListOrderBases", kAll},
      {"AgreementService/RunBilling", kBilling},
      {"AgreementService/ListChanges", kAll},
      {"AgreementService/ExplainOrderBasis", kAll},
      {"AgreementService/VerifyOrderBasis", "billing, operator"},
      {"CompanyService/CreateCompany", kEditor},
      {"CompanyService/GetCompany", kAll},
      {"CompanyService/BatchGetCompanies", kAll},
      {"CompanyService/ListCompanies", kAll},
      {"CompanyService/UpdateCompany", kEditor},
      {"CompanyService/DeleteCompany", kEditor},
      {"CompanyService/UndeleteCompany", kEditor},
      {"CompanyService/CreateCompanyDraft", kEditor},
      {"CompanyService/GetCompanyDraft", kAll},
      {"CompanyService/ListCompanyDrafts", kAll},
      {"CompanyService/UpdateCompanyDraft", kEditor},
      {"CompanyService/CompleteCompanyDraft", kEditor},
      {"CompanyService/DeleteCompanyDraft", kEditor},
      {"CompanyService/MoveCompany", kEditor},
      {"CompanyService/MoveCompanyToNewAgreement", kEditor},
      {"CompanyService/ListPlacements", kAll},
      {"CompanyService/InviteUser", kEditor},
      {"CompanyService/AcceptInvitation", kEditor},
      {"CompanyService/GrantAccess", kEditor},
      {"CompanyService/RevokeAccess", kEditor},
      {"CompanyService/GetAccess", kAll},
      {"CompanyService/ListAccesses", kAll},
      {"CompanyService/RecordTransactions", kBilling},
      {"CompanyService/CancelTransactions", kBilling},
      {"CompanyService/GetTransaction", kAll},
      {"CompanyService/ListTransactions", kAll},
  };
  return *roles;
}

std::string RolesThatMayCall(const Policy& policy, const std::string& path) {
  std::vector<std::string> roles;
  for (const char* role : {"reader", "structure-editor", "billing", "operator"}) {
    const std::string principal = absl::StrCat("spiffe://agreements.local/", role, "/x");
    if (policy.Decide(principal, path).allowed) roles.push_back(role);
  }
  return absl::StrJoin(roles, ", ");
}

TEST(ExamplePolicyTest, EveryMethodIsAllowedToItsRolesAndToNobodyElse) {
  const Policy policy = ExamplePolicy();
  size_t placed = 0;
  for (const std::string& path : ServedPaths()) {
    const auto role = RolesOfMethods().find(path.substr(path.rfind('.') + 1));
    if (path.rfind("/agreements.", 0) == 0) {
      ASSERT_NE(role, RolesOfMethods().end()) << path << " has no place in RolesOfMethods()";
      EXPECT_EQ(RolesThatMayCall(policy, path), role->second) << path;
      ++placed;
    } else if (path.rfind("/grpc.health.", 0) != 0) {
      EXPECT_EQ(RolesThatMayCall(policy, path), "operator") << path;
    }
    for (const char* stranger : {"", "x", "spiffe://agreements.local/reader", "spiffe://other/billing/x"}) {
      EXPECT_FALSE(policy.Decide(stranger, path).allowed) << stranger << " " << path;
    }
  }
  EXPECT_EQ(placed, RolesOfMethods().size());
  EXPECT_THAT(policy.PathsWithoutMethod(ServedPaths()), IsEmpty());
}

TEST(ExamplePolicyTest, AccountsAndActorsAreThoseOfTheCallers) {
  const Policy policy = ExamplePolicy();
  for (const char* principal : {kAnna, kPortal, kReports}) EXPECT_TRUE(policy.MayActFor(principal, "acct-1"));
  EXPECT_TRUE(policy.MayActFor(kReportsOfOne, "acct-4711"));
  EXPECT_FALSE(policy.MayActFor(kReportsOfOne, "acct-1"));
  EXPECT_FALSE(policy.MayActFor("spiffe://agreements.local/reader/other", "acct-4711"));
  EXPECT_TRUE(policy.MayNameActor(kPortal));
  for (const char* principal : {kAnna, kReports}) EXPECT_FALSE(policy.MayNameActor(principal));
}

// This program serves reflection and channelz, so it has their descriptors.
TEST(PolicyCheckTest, KnowsTheMethodsOfAllServices) {
  std::vector<std::string> paths;
  for (const char* name : {"agreements.v1.AgreementService", "agreements.v1.CompanyService", "grpc.health.v1.Health",
                           "grpc.reflection.v1alpha.ServerReflection", "grpc.channelz.v1.Channelz"}) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      paths.push_back(absl::StrCat("/", name, "/", service->method(i)->name()));
    }
  }
  EXPECT_THAT(ServedPaths(), UnorderedElementsAreArray(paths));
}

TEST(PolicyCheckTest, MethodsAreNamedInThreeWays) {
  const std::string path = "/agreements.v1.CompanyService/MoveCompany";
  EXPECT_EQ(PathOfMethod("MoveCompany").value(), path);
  EXPECT_EQ(PathOfMethod("agreements.v1.CompanyService/MoveCompany").value(), path);
  EXPECT_EQ(PathOfMethod(path).value(), path);
}

TEST(PolicyCheckTest, AnUnknownMethodIsRefusedWithThoseThatThereAre) {
  for (const char* method : {"", "/", "Company", "MoveCompani", "CompanyService/MoveCompany", "moveCompany"}) {
    const absl::Status status = PathOfMethod(method).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << method;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(absl::StrCat("there is no method ", method, "; there are:\n")));
    EXPECT_THAT(std::string(status.message()), HasSubstr("\n  /agreements.v1.CompanyService/MoveCompany\n"));
  }
}

PolicyAnswer Ask(const Policy& policy, const std::string& principal, const std::string& method,
                 const std::string& account_id = "") {
  return Answer(policy, {.principal = principal, .path = PathOfMethod(method).value(), .account_id = account_id});
}

TEST(PolicyCheckTest, SaysByWhichRule) {
  const Policy policy = ExamplePolicy();
  EXPECT_EQ(Ask(policy, kPortal, "MoveCompany", "acct-1").text,
            "allowed: spiffe://agreements.local/structure-editor/portal may call "
            "/agreements.v1.CompanyService/MoveCompany, by the rule \"structure editor\"\n"
            "account: may act for acct-1\n"
            "actor: may name one\n"
            "callers that it is one of: programs that act for persons\n");
  EXPECT_EQ(Ask(policy, "stranger", "MoveCompany").text,
            "denied: stranger may not call /agreements.v1.CompanyService/MoveCompany: no rule allows it\n"
            "actor: may not name one\n"
            "callers that it is one of: none\n");
}

TEST(PolicyCheckTest, AllowsOnlyWithTheAccount) {
  const Policy policy = ExamplePolicy();
  EXPECT_TRUE(Ask(policy, kReportsOfOne, "GetAgreement").allowed);
  EXPECT_TRUE(Ask(policy, kReportsOfOne, "GetAgreement", "acct-4711").allowed);
  EXPECT_FALSE(Ask(policy, kReportsOfOne, "GetAgreement", "acct-1").allowed);
  EXPECT_EQ(Ask(policy, kReportsOfOne, "GetAgreement", "acct-1").text,
            "denied: spiffe://agreements.local/reader/acct-4711 may call "
            "/agreements.v1.AgreementService/GetAgreement, by the rule \"reader\", but not for acct-1\n"
            "account: may not act for acct-1\n"
            "actor: may not name one\n"
            "callers that it is one of: a firm's own reports\n");
  EXPECT_FALSE(Ask(policy, kReportsOfOne, "MoveCompany", "acct-4711").allowed);
}

TEST(PolicyCheckTest, NamesDenyRulesAndWhatAuditOnlyRulesWouldHaveTurned) {
  const auto policy = Policy::Parse(
      R"({"name": "test", "deny_rules": [{"name": "frozen", "request": {"paths": ["*/RunBilling"]}},
                                         {"name": "soon", "audit_only": true}],
          "allow_rules": [{"name": "get", "request": {"paths": ["*/GetCompany"]}},
                          {"name": "new", "audit_only": true}],
          "callers": [{"name": "c", "principals": ["p"], "accounts": ["*"]}]})");
  ASSERT_TRUE(policy.ok()) << policy.status();
  const std::string frozen = Ask(*policy, "p", "RunBilling").text;
  EXPECT_THAT(frozen, HasSubstr("/RunBilling, by the rule \"frozen\"\n"));
  EXPECT_THAT(frozen, Not(HasSubstr("audit only")));
  EXPECT_THAT(Ask(*policy, "p", "GetCompany").text,
              HasSubstr("\naudit only: the rule \"soon\" would have denied it\n"));
  EXPECT_THAT(Ask(*policy, "p", "GetAccess").text, HasSubstr("\naudit only: the rule \"new\" would have allowed it\n"));
}

TEST(PolicyCheckTest, HealthNeedsNoRule) {
  const PolicyAnswer answer = Ask(ExamplePolicy(), "stranger", "Check", "acct-1");
  EXPECT_TRUE(answer.allowed);
  EXPECT_EQ(answer.text, "allowed: everyone may call /grpc.health.v1.Health/Check; it needs no rule\n");
}

}  // namespace
}  // namespace agreements
