// domain.md O6, the billing run of a whole account, over the network.
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/vectors/billing_story.h"

namespace agreements::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class BillingRunTest : public BillingStoryTest {
 protected:
  BillingRunTest() {
    story.License("accounting");
    story.PerPiece("scan");
  }

  // An agreement with a company of the same name in lower case, and a user in it from now on.
  void Paying(const std::string& agreement, const std::string& company, const std::string& customer_number = "00417") {
    story.Agreement(agreement, customer_number);
    story.Company(agreement, company);
    story.Grant(company, "u1", "accounting");
  }
};

TEST_F(BillingRunTest, O6CreatesThenExists) {
  Paying("A", "a");
  Paying("B", "b");
  story.Agreement("C");
  story.At("2026-02-01");
  EXPECT_THAT(story.RunBilling(""), UnorderedElementsAre("A 2026-01 CREATED 423.00", "B 2026-01 CREATED 423.00",
                                                         "C 2026-01 NOTHING_TO_CHARGE 0.00"));
  EXPECT_THAT(
      story.Documents(/*show_empty=*/true),
      ElementsAre("A 2026-01-01 2026-02-01 423.00", "B 2026-01-01 2026-02-01 423.00", "C 2026-01-01 2026-02-01 0.00"));
  EXPECT_THAT(story.RunBilling(""), UnorderedElementsAre("A 2026-01 EXISTED 423.00", "B 2026-01 EXISTED 423.00",
                                                         "C 2026-01 NOTHING_TO_CHARGE 0.00"));
  EXPECT_EQ(story.Documents(/*show_empty=*/true).size(), 3);
}

TEST_F(BillingRunTest, O6ADocumentThatWasMadeByHandExists) {
  Paying("A", "a");
  story.At("2026-02-01");
  story.Settle("A", "2026-02-01");
  EXPECT_THAT(story.RunBilling(""), ElementsAre("A 2026-01 EXISTED 423.00"));
}

TEST_F(BillingRunTest, O6AfterAPartSettlementTheRestOfTheMonthIsCreated) {
  Paying("A", "a");
  story.At("2026-02-01");
  story.Settle("A", "2026-01-16");
  EXPECT_THAT(story.RunBilling(""), ElementsAre("A 2026-01 CREATED 218.32"));
}

TEST_F(BillingRunTest, O6UpToADayOfTheMonth) {
  Paying("A", "a");
  story.At("2026-01-16");
  EXPECT_THAT(story.RunBilling("until_day: '2026-01-16'"), ElementsAre("A 2026-01 CREATED 204.68"));
  EXPECT_EQ(story.SettledUntil("A"), "2026-01-16");
}

TEST_F(BillingRunTest, O6TheDefaultIsTheFirstOfTheMonth) {
  Paying("A", "a");
  story.At("2026-02-20");
  EXPECT_THAT(story.RunBilling(""), ElementsAre("A 2026-01 CREATED 423.00"));
  EXPECT_EQ(story.SettledUntil("A"), "2026-02-01");
}

TEST_F(BillingRunTest, O6DaysThatAreNotOverAreRefused) {
  story.At("2026-01-20");
  EXPECT_EQ(Describe(story.ReadAll(&Agreements::RunBilling, "until_day: '2026-01-21'").status()),
            "FAILED_PRECONDITION PERIOD_NOT_OVER latest_until_day=2026-01-20 until_day=2026-01-21; "
            "PreconditionFailure PERIOD_NOT_OVER 2026-01-21");
}

TEST_F(BillingRunTest, O6AnAccountWithoutAgreementsHasNoResults) {
  story.At("2026-02-01");
  EXPECT_THAT(story.RunBilling(""), IsEmpty());
}

TEST_F(BillingRunTest, O6OneThatIsRefusedDoesNotKeepTheOthersOut) {
  Paying("A", "a");
  Paying("B", "b", /*customer_number=*/"");
  Paying("C", "c");
  story.License("priceless", {});
  Paying("D", "d");
  story.Grant("d", "u1", "priceless");
  story.At("2026-02-01");
  EXPECT_THAT(story.RunBilling(""),
              UnorderedElementsAre("A 2026-01 CREATED 423.00", "B 2026-01 REFUSED CUSTOMER_NUMBER_MISSING",
                                   "C 2026-01 CREATED 423.00", "D 2026-01 REFUSED PRICE_MISSING"));
  story.SetCustomerNumber("B", "418");
  story.Price("priceless", "2026-01-01", "1.00");
  EXPECT_THAT(story.RunBilling(""), UnorderedElementsAre("A 2026-01 EXISTED 423.00", "B 2026-01 CREATED 423.00",
                                                         "C 2026-01 EXISTED 423.00", "D 2026-01 CREATED 424.00"));
}

TEST_F(BillingRunTest, O6EarlierMonthsAreOnlyReportedAsArrears) {
  Paying("A", "a");
  story.Agreement("B");
  story.At("2026-04-01");
  EXPECT_THAT(story.RunBilling(""),
              UnorderedElementsAre("A 2026-01 IN_ARREARS 423.00", "A 2026-02 IN_ARREARS 423.00",
                                   "A 2026-03 REFUSED INTERVAL_NOT_NEXT", "B 2026-01 NOTHING_TO_CHARGE 0.00",
                                   "B 2026-02 NOTHING_TO_CHARGE 0.00", "B 2026-03 NOTHING_TO_CHARGE 0.00"));
  EXPECT_THAT(story.Documents(), IsEmpty());
  EXPECT_EQ(story.SettledUntil("A"), "2026-01-01");
}

TEST_F(BillingRunTest, O6EarlierMonthsWithNothingToChargeAreNoArrears) {
  story.Agreement("A");
  story.Company("A", "a");
  story.At("2026-03-01");
  story.Grant("a", "u1", "accounting");
  story.At("2026-04-01");
  EXPECT_THAT(story.RunBilling(""), ElementsAre("A 2026-01 NOTHING_TO_CHARGE 0.00", "A 2026-02 NOTHING_TO_CHARGE 0.00",
                                                "A 2026-03 CREATED 423.00"));
}

TEST_F(BillingRunTest, O6ArrearsAreSettledWhenAskedForOldestFirst) {
  Paying("A", "a");
  Paying("B", "b");
  story.At("2026-04-01");
  EXPECT_THAT(story.RunBilling("include_arrears: true"),
              UnorderedElementsAre("A 2026-01 CREATED 423.00", "A 2026-02 CREATED 423.00", "A 2026-03 CREATED 423.00",
                                   "B 2026-01 CREATED 423.00", "B 2026-02 CREATED 423.00", "B 2026-03 CREATED 423.00"));
  EXPECT_THAT(story.Documents(), ElementsAre("A 2026-01-01 2026-02-01 423.00", "A 2026-02-01 2026-03-01 423.00",
                                             "A 2026-03-01 2026-04-01 423.00", "B 2026-01-01 2026-02-01 423.00",
                                             "B 2026-02-01 2026-03-01 423.00", "B 2026-03-01 2026-04-01 423.00"));
}

TEST_F(BillingRunTest, O6AnEarlierMonthThatIsRefusedKeepsTheLaterOnesOut) {
  Paying("A", "a", /*customer_number=*/"");
  story.At("2026-03-01");
  EXPECT_THAT(story.RunBilling("include_arrears: true"),
              ElementsAre("A 2026-01 REFUSED CUSTOMER_NUMBER_MISSING", "A 2026-02 REFUSED INTERVAL_NOT_NEXT"));
}

TEST_F(BillingRunTest, O6AnAgreementBeginsWithItsFirstDay) {
  Paying("A", "a");
  story.At("2026-02-10");
  Paying("B", "b");
  story.At("2026-03-01");
  Paying("C", "c");
  story.At("2026-03-05");
  EXPECT_THAT(story.RunBilling("include_arrears: true"),
              UnorderedElementsAre("A 2026-01 CREATED 423.00", "A 2026-02 CREATED 423.00", "B 2026-02 CREATED 287.04"));
}

TEST_F(BillingRunTest, O6ADeletedAgreementIsIncludedWhileADayIsUncharged) {
  Paying("A", "a");
  story.Agreement("B");
  story.At("2026-01-16");
  story.Move("a", "B");
  story.DeleteAgreement("A");
  story.At("2026-02-01");
  EXPECT_THAT(story.RunBilling(""), UnorderedElementsAre("A 2026-01 CREATED 204.68", "B 2026-01 CREATED 218.32"));
  EXPECT_THAT(story.RunBilling(""), UnorderedElementsAre("A 2026-01 EXISTED 204.68", "B 2026-01 EXISTED 218.32"));
  story.At("2026-03-01");
  EXPECT_THAT(story.RunBilling(""), ElementsAre("B 2026-02 CREATED 423.00"));
}

TEST_F(BillingRunTest, O6ADeletedAgreementIsIncludedForATransactionThatArrivesLate) {
  Paying("A", "a");
  story.Agreement("B");
  story.At("2026-01-16");
  story.Move("a", "B");
  story.DeleteAgreement("A");
  story.At("2026-02-01");
  story.RunBilling("");
  story.Record({{.company = "a", .when = "2026-01-10", .quantity = 3}});
  story.At("2026-03-01");
  EXPECT_THAT(story.RunBilling(""), UnorderedElementsAre("A 2026-02 CREATED 6.00", "B 2026-02 CREATED 423.00"));
  story.At("2026-04-01");
  EXPECT_THAT(story.RunBilling(""), ElementsAre("B 2026-03 CREATED 423.00"));
}

// The transaction goes into the agreement's next document, which is February's.
TEST_F(BillingRunTest, O6WhatComesMonthsLateToADeletedAgreementIsInArrears) {
  Paying("A", "a");
  story.At("2026-01-16");
  story.DeleteCompany("a");
  story.DeleteAgreement("A");
  story.At("2026-02-01");
  story.RunBilling("");
  story.At("2026-05-01");
  EXPECT_THAT(story.RunBilling(""), IsEmpty());
  story.Record({{.company = "a", .when = "2026-01-10", .quantity = 3}});
  EXPECT_THAT(story.RunBilling(""), Contains("A 2026-02 IN_ARREARS 6.00"));
  EXPECT_THAT(story.Documents(), ElementsAre("A 2026-01-01 2026-02-01 218.32"));
  EXPECT_THAT(story.RunBilling("include_arrears: true"), ElementsAre("A 2026-02 CREATED 6.00"));
  EXPECT_THAT(story.RunBilling("include_arrears: true"), IsEmpty());
}

TEST_F(BillingRunTest, O6ADeletedAgreementThatHeldNothingIsLeftOut) {
  story.Agreement("A");
  story.DeleteAgreement("A");
  story.At("2026-02-01");
  EXPECT_THAT(story.RunBilling(""), IsEmpty());
}

TEST_F(BillingRunTest, O6InterruptedAndRunAgainItFinishesWhatIsLeft) {
  constexpr int kAgreements = 20;
  for (int i = 0; i < kAgreements; ++i) Paying(absl::StrCat("A", i), absl::StrCat("a", i));
  story.At("2026-02-01");
  grpc::ClientContext context;
  const auto run = story.agreements().RunBilling(&context, story.NewRequest<v1::RunBillingRequest>(""));
  v1::RunBillingResponse result;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run->Read(&result));
  EXPECT_EQ(result.progress().done(), 3);
  EXPECT_EQ(result.progress().total(), kAgreements);
  context.TryCancel();
  EXPECT_EQ(run->Finish().error_code(), grpc::StatusCode::CANCELLED);
  int created = 0;
  for (const std::string& text : story.RunBilling("")) {
    created += absl::StrContains(text, " 2026-01 CREATED 423.00") ? 1 : 0;
    EXPECT_TRUE(absl::StrContains(text, " CREATED ") || absl::StrContains(text, " EXISTED ")) << text;
  }
  // The server finished the months that the caller has read. It may have gone on until the cancellation reached it.
  EXPECT_LE(created, kAgreements - 3);
  EXPECT_EQ(story.Documents().size(), kAgreements);
}

TEST_F(BillingRunTest, O6TwoRunsAtOnceDoNothingTwice) {
  constexpr int kAgreements = 20;
  for (int i = 0; i < kAgreements; ++i) Paying(absl::StrCat("A", i), absl::StrCat("a", i));
  story.At("2026-02-01");
  std::vector<absl::StatusOr<std::vector<v1::RunBillingResponse>>> results(2);
  std::vector<std::jthread> runs;
  for (auto& result : results) {
    runs.emplace_back([this, &result] { result = story.ReadAll(&Agreements::RunBilling, ""); });
  }
  for (std::jthread& run : runs) run.join();
  std::multiset<std::string> created;
  for (const auto& result : results) {
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->size(), kAgreements + 1);
    for (const auto& message : *result) {
      if (message.outcome() == v1::BILLING_OUTCOME_CREATED) created.insert(message.agreement_id());
    }
  }
  EXPECT_EQ(created.size(), kAgreements);
  EXPECT_EQ(std::set<std::string>(created.begin(), created.end()).size(), kAgreements);
  EXPECT_EQ(story.Documents().size(), kAgreements);
}

TEST_F(BillingRunTest, O6AValidateOnlyRunTellsWhatItWouldDoAndDoesNothing) {
  Paying("A", "a");
  Paying("B", "b", /*customer_number=*/"");
  story.Agreement("C");
  story.Record({{.company = "a", .when = "2026-01-01"}});
  story.At("2026-02-01");
  EXPECT_THAT(story.RunBilling("validate_only: true"),
              UnorderedElementsAre("A 2026-01 CREATED 425.00", "B 2026-01 REFUSED CUSTOMER_NUMBER_MISSING",
                                   "C 2026-01 NOTHING_TO_CHARGE 0.00"));
  EXPECT_THAT(story.Documents(/*show_empty=*/true), IsEmpty());
  EXPECT_EQ(story.SettledUntil("A"), "2026-01-01");
  EXPECT_EQ(story.PricedUntil("accounting"), "");
}

TEST_F(BillingRunTest, O6AValidateOnlyRunTakesEachMonthBackBeforeTheNext) {
  Paying("A", "a");
  story.At("2026-03-01");
  EXPECT_THAT(story.RunBilling("validate_only: true include_arrears: true"),
              ElementsAre("A 2026-01 CREATED 423.00", "A 2026-02 REFUSED INTERVAL_NOT_NEXT"));
}

}  // namespace
}  // namespace agreements::testing
