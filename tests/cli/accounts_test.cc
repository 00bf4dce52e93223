// --accounts-file: one billing run for many accounts.
#include "client/cli/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "agreements/testing/scripted_server.h"
#include "agreements/v1/agreement_service.pb.h"
#include "tests/cli/ctl_process.h"

namespace agreements::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AccountsTest : public ::testing::Test {
 protected:
  ~AccountsTest() override { std::filesystem::remove(path_); }

  void Write(const std::string& text) const { std::ofstream(path_) << text; }
  Ended Run(const std::vector<std::string>& words) const {
    return RunCtl(words, {absl::StrCat("AGREEMENTSCTL_ENDPOINT=", server_.address()), "AGREEMENTSCTL_INSECURE=true",
                          "AGREEMENTSCTL_ACCOUNT=acct-other", "AGREEMENTSCTL_CONFIG=/no/such/file", "COLUMNS=200"});
  }
  Ended RunBilling() const { return Run({"billing", "run", "--accounts-file", path_}); }
  std::vector<std::string> AccountsCalled() const {
    std::vector<std::string> accounts;
    for (const auto& request : server_.Requests<v1::RunBillingRequest>("RunBilling")) {
      accounts.push_back(request.account_id());
    }
    return accounts;
  }
  void AnswerOne(v1::BillingOutcome outcome, const absl::Status& end = absl::OkStatus()) {
    v1::RunBillingResponse result;
    result.set_agreement_id("agr-1");
    result.set_outcome(outcome);
    server_.AnswerStream<v1::RunBillingResponse>("RunBilling", {result}, end);
  }

  const std::string path_ = absl::StrCat(::testing::TempDir(), "/accounts.", getpid());
  ScriptedServer server_;
};

const absl::Status kStopping = Error(absl::StatusCode::kUnavailable, v1::ERROR_REASON_SERVER_STOPPING);
const absl::Status kDenied = Error(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_NOT_ALLOWED);

TEST_F(AccountsTest, EachAccountIsBilledInTheOrderOfTheFile) {
  Write("# Whom we bill\nacct-2\n\n  acct-1  \n");
  AnswerOne(v1::BILLING_OUTCOME_EXISTED);
  AnswerOne(v1::BILLING_OUTCOME_EXISTED);
  const Ended ended = RunBilling();
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.errors, "acct-2:\n1 result: 1 existed\nacct-1:\n1 result: 1 existed\n");
  EXPECT_THAT(AccountsCalled(), ElementsAre("acct-2", "acct-1"));
}

TEST_F(AccountsTest, OneThatFailsDoesNotKeepTheOthersFromTheirs) {
  Write("acct-1\nacct-2\nacct-3");
  server_.Answer("RunBilling", kDenied);
  AnswerOne(v1::BILLING_OUTCOME_REFUSED);
  AnswerOne(v1::BILLING_OUTCOME_EXISTED);
  EXPECT_EQ(RunBilling().status, 7);
  EXPECT_THAT(AccountsCalled(), ElementsAre("acct-1", "acct-2", "acct-3"));
}

TEST_F(AccountsTest, TheExitCodeIsTheOneForWhichRunningAgainHelps) {
  Write("acct-1\nacct-2\nacct-3\n");
  server_.Answer("RunBilling", kDenied);
  AnswerOne(v1::BILLING_OUTCOME_EXISTED, kStopping);
  AnswerOne(v1::BILLING_OUTCOME_REFUSED);
  EXPECT_EQ(RunBilling().status, 8);
}

TEST_F(AccountsTest, RefusalsAreToldIfNothingElseFails) {
  Write("acct-1\nacct-2\n");
  v1::RunBillingResponse refused;
  refused.set_agreement_id("agr-1");
  refused.set_outcome(v1::BILLING_OUTCOME_REFUSED);
  refused.mutable_error()->set_code(9);
  server_.AnswerStream<v1::RunBillingResponse>("RunBilling", {refused});
  AnswerOne(v1::BILLING_OUTCOME_EXISTED);
  EXPECT_EQ(RunBilling().status, 10);
}

TEST_F(AccountsTest, AFileThatSaysNothingUsefulIsWrongUsage) {
  Write("# nobody\n");
  EXPECT_EQ(RunBilling().errors, absl::StrCat("agreementsctl: --accounts-file: ", path_, " has no account.\n"));
  Write("acct-1\nacct-2 acct-3\n");
  const Ended two = RunBilling();
  EXPECT_EQ(two.status, 2);
  EXPECT_EQ(two.errors, absl::StrCat("agreementsctl: ", path_, ":2: 'acct-2 acct-3' is more than one account.\n"));
  EXPECT_THAT(Run({"billing", "run", "--accounts-file", "/no/such/file"}).errors,
              HasSubstr("/no/such/file cannot be read"));
  EXPECT_THAT(Run({"billing", "run", "--accounts-file", ::testing::TempDir()}).errors, HasSubstr(" cannot be read"));
  EXPECT_TRUE(AccountsCalled().empty());
}

TEST_F(AccountsTest, ItGoesWithBillingRunOnlyAndNamesTheAccountsAlone) {
  Write("acct-1\n");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"agreements", "list"}, {"order-basis", "export", "--until", "2026-11-01"}, {"contexts", "list"}}) {
    std::vector<std::string> with_file = words;
    with_file.insert(with_file.end(), {"--accounts-file", path_});
    const Ended ended = Run(with_file);
    EXPECT_EQ(ended.status, 2) << words.front();
    EXPECT_THAT(ended.errors, HasSubstr("--accounts-file is for billing run"));
  }
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"billing", "run", "--account", "acct-2"},
                                             {"--account", "acct-2", "billing", "run"},
                                             {"billing", "run", "--json", "-"}}) {
    std::vector<std::string> with_file = words;
    with_file.insert(with_file.end(), {"--accounts-file", path_});
    EXPECT_THAT(Run(with_file).errors, HasSubstr("goes with neither --account nor --json"));
  }
  EXPECT_TRUE(AccountsCalled().empty());
}

}  // namespace
}  // namespace agreements::testing
