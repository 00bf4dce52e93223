// How agreementsctl calls, and what it makes of answers that a real server seldom gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agreements/testing/scripted_server.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "tests/cli/ctl_process.h"

namespace agreements::testing {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::StartsWith;

class CallsTest : public ::testing::Test {
 protected:
  Ended Run(const std::vector<std::string>& words) {
    return RunCtl(words, {absl::StrCat("AGREEMENTSCTL_ENDPOINT=", server_.address()), "AGREEMENTSCTL_INSECURE=true",
                          "AGREEMENTSCTL_ACCOUNT=acct-1", "AGREEMENTSCTL_CONFIG=/no/such/file", "COLUMNS=80"});
  }
  // How long the method's only call could take, when it was received.
  absl::Duration TimeOf(const std::string& method) { return server_.Calls(method).at(0).deadline - absl::Now(); }

  ScriptedServer server_;
};

v1::RunBillingResponse Result(int number) {
  v1::RunBillingResponse result;
  result.set_agreement_id(absl::StrCat("agr-", number));
  result.set_month("2026-10");
  result.set_outcome(v1::BILLING_OUTCOME_EXISTED);
  return result;
}

TEST_F(CallsTest, BillingRunsAndVerificationsMayTakeLong) {
  server_.Answer("ListAgreements", v1::ListAgreementsResponse());
  server_.AnswerStream<v1::RunBillingResponse>("RunBilling", {});
  server_.Answer("VerifyOrderBasis", v1::VerifyOrderBasisResponse());
  Run({"agreements", "list"});
  Run({"billing", "run"});
  Run({"order-basis", "verify", "ord-1"});
  EXPECT_THAT(TimeOf("ListAgreements"), Le(absl::Seconds(10)));
  EXPECT_THAT(TimeOf("RunBilling"), Ge(absl::Minutes(30)));
  EXPECT_THAT(TimeOf("VerifyOrderBasis"), Ge(absl::Minutes(30)));
}

TEST_F(CallsTest, TheActorIsSent) {
  server_.Answer("GetAgreement", v1::GetAgreementResponse());
  Run({"agreements", "show", "agr-1", "--actor", "user-17"});
  const auto metadata = server_.Calls("GetAgreement").at(0).metadata;
  ASSERT_EQ(metadata.count("x-actor"), 1U);
  EXPECT_EQ(metadata.find("x-actor")->second, "user-17");
}

TEST_F(CallsTest, AStreamThatEndsWithAnErrorHasToldWhatCameBefore) {
  v1::RunBillingResponse progress;  // Is no result.
  progress.mutable_progress()->set_done(2);
  server_.AnswerStream<v1::RunBillingResponse>(
      "RunBilling", {Result(1), Result(2), progress},
      Error(absl::StatusCode::kInternal, v1::ERROR_REASON_INTERNAL_ERROR, {.message = "A defect."}));
  const Ended ended = Run({"billing", "run"});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.output,
            "AGREEMENT\n"
            "ID         MONTH    OUTCOME\n"
            "agr-1      2026-10  existed\n"
            "agr-2      2026-10  existed\n");
  EXPECT_EQ(ended.errors, "2 results: 2 existed\nINTERNAL INTERNAL_ERROR: A defect.\n");
}

TEST_F(CallsTest, AStreamAsJsonIsADocumentALine) {
  server_.AnswerStream<v1::RunBillingResponse>("RunBilling", {Result(1), Result(2)});
  const Ended ended = Run({"billing", "run", "--output", "json"});
  EXPECT_THAT(ended.output,
              StartsWith(R"({"agreement_id":"agr-1","month":"2026-10","outcome":"BILLING_OUTCOME_EXISTED")"));
  EXPECT_EQ(std::count(ended.output.begin(), ended.output.end(), '\n'), 2);
}

TEST_F(CallsTest, ATableOfManyResultsIsLaidOutByTheFirst) {
  std::vector<v1::RunBillingResponse> results;
  for (int i = 1000; i < 1200; ++i) results.push_back(Result(i));
  server_.AnswerStream("RunBilling", results);
  const Ended ended = Run({"billing", "run"});
  EXPECT_EQ(std::count(ended.output.begin(), ended.output.end(), '\n'), 202);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("\nagr-1000   2026-10  existed\n"), HasSubstr("\nagr-1199   2026-10  existed\n")));
}

TEST_F(CallsTest, WhatWasRecordedBeforeAnErrorIsTold) {
  v1::RecordTransactionsResponse recorded;
  for (int i = 0; i < 1000; ++i) recorded.add_results()->set_outcome(v1::TRANSACTION_OUTCOME_RECORDED);
  server_.Answer("RecordTransactions", recorded);
  server_.Answer("RecordTransactions", Error(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_NOT_ALLOWED));
  std::vector<std::string> words = {"transactions", "record", "--output", "csv"};
  for (int i = 0; i < 1500; ++i) words.push_back(R"(--transaction={"company_id": "cmp-1"})");
  const Ended ended = Run(words);
  EXPECT_EQ(ended.status, 7);
  EXPECT_THAT(ended.errors,
              AllOf(HasSubstr("after 1000 results; repeating all of it is safe\n"),
                    HasSubstr("1000 results: 1000 recorded\n"), HasSubstr("PERMISSION_DENIED NOT_ALLOWED")));
  EXPECT_EQ(server_.Requests<v1::RecordTransactionsRequest>("RecordTransactions").at(1).transactions_size(), 500);
}

TEST_F(CallsTest, ColumnsThatAreUnknownAreToldBeforeTheCall) {
  server_.AnswerStream<v1::RunBillingResponse>("RunBilling", {Result(1)});
  EXPECT_EQ(Run({"billing", "run", "--columns", "month,no"}).status, 2);
  EXPECT_TRUE(server_.Calls("RunBilling").empty());
  EXPECT_EQ(Run({"billing", "run", "--columns", "month"}).output, "MONTH\n2026-10\n");
}

}  // namespace
}  // namespace agreements::testing
