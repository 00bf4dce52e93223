// What the log says of the policy's decisions. What callers are answered is in access_test.cc.
#include "server/access/authorizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

#include "absl/strings/str_split.h"

namespace agreements {
namespace {

using ::testing::ElementsAre;

constexpr char kMove[] = "/agreements.v1.CompanyService/MoveCompany";
constexpr char kGet[] = "/agreements.v1.CompanyService/GetCompany";

struct NoProperties : grpc::AuthPropertyIterator {};

// A caller with a certificate of spiffe://prod/portal.
class Peer : public grpc::AuthContext {
 public:
  bool IsPeerAuthenticated() const override { return true; }
  std::vector<grpc::string_ref> GetPeerIdentity() const override { return {}; }
  std::string GetPeerIdentityPropertyName() const override { return ""; }
  std::vector<grpc::string_ref> FindPropertyValues(const std::string& name) const override {
    if (name != "peer_uri" && name != "peer_spiffe_id") return {};
    return {"spiffe://prod/portal"};
  }
  grpc::AuthPropertyIterator begin() const override { return NoProperties(); }
  grpc::AuthPropertyIterator end() const override { return NoProperties(); }
  void AddProperty(const std::string& /*key*/, const grpc::string_ref& /*value*/) override {}
  bool SetPeerIdentityPropertyName(const std::string& /*name*/) override { return false; }
};

class AuthorizerTest : public ::testing::Test {
 protected:
  AuthorizerTest() : before_(spdlog::default_logger()) {
    std::string name = std::filesystem::temp_directory_path() / "agreements-policy.XXXXXX";
    directory_ = mkdtemp(name.data());
    auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
    logger->set_pattern("%l %v");
    spdlog::set_default_logger(logger);
  }
  ~AuthorizerTest() override {
    spdlog::set_default_logger(before_);
    std::filesystem::remove_all(directory_);
  }

  // Asks for a call by a policy with these rules. Returns whether it may go on.
  bool Admits(const std::string& rules, const std::string& path) {
    const std::string file = directory_ + "/policy.json";
    std::ofstream(file) << R"({"name": "test", "callers": [{"name": "all", "principals": ["*"], "accounts": ["*"]}], )"
                        << rules << "}";
    const auto authorizer = Authorizer::Create(file, absl::Hours(1), metrics_);
    EXPECT_TRUE(authorizer.ok()) << authorizer.status();
    log_.str("");
    return (*authorizer)->Admit(Peer(), {}, path).ok();
  }

  std::vector<std::string> Lines() const { return absl::StrSplit(log_.str(), '\n', absl::SkipEmpty()); }

  const std::shared_ptr<spdlog::logger> before_;
  std::ostringstream log_;
  std::string directory_;
  Metrics metrics_{"NOK"};
};

TEST_F(AuthorizerTest, TheLogSaysWhatAnAuditOnlyRuleWouldHaveDone) {
  const std::string rules = R"(
    "allow_rules": [{"name": "get", "request": {"paths": ["*/GetCompany"]}},
                    {"name": "new", "request": {"paths": ["*/MoveCompany"]}, "audit_only": true},
                    {"name": "other", "request": {"paths": ["*/ListCompanies"]}, "audit_only": true}],
    "deny_rules": [{"name": "soon", "source": {"principals": ["spiffe://prod/*"]}, "audit_only": true}])";
  EXPECT_TRUE(Admits(rules, kGet));
  EXPECT_THAT(Lines(), ElementsAre("info audit only: the rule soon would have refused "
                                   "/agreements.v1.CompanyService/GetCompany by spiffe://prod/portal"));
  EXPECT_FALSE(Admits(rules, kMove));
  EXPECT_THAT(
      Lines(),
      ElementsAre("info audit only: the rule new would have allowed /agreements.v1.CompanyService/MoveCompany by "
                  "spiffe://prod/portal",
                  ::testing::AllOf(::testing::StartsWith("warning refused /agreements.v1.CompanyService/Move"),
                                   ::testing::EndsWith("(no rule allows it)"))));
}

TEST_F(AuthorizerTest, TheLogNamesTheRuleThatRefuses) {
  EXPECT_FALSE(Admits(R"("allow_rules": [{"name": "all"}],
                         "deny_rules": [{"name": "no moves", "request": {"paths": ["*/MoveCompany"]}}])",
                      kMove));
  EXPECT_THAT(Lines(), ElementsAre(::testing::EndsWith("(rule no moves)")));
}

}  // namespace
}  // namespace agreements
