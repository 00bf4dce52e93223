// domain.md B1 to B4, B6 to B8 and D1: who is charged for which days, over the network.
#include "tests/vectors/billing_story.h"

namespace agreements::testing {
namespace {

class BillingVectorsTest : public BillingStoryTest {
 protected:
  BillingVectorsTest() {
    story.Agreement("A");
    story.Agreement("B");
    story.Company("A", "c1");
  }
};

TEST_F(BillingVectorsTest, B1ThereAndBackWithinADayTheCompanyStayed) {
  story.License("accounting");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-01-16");
  story.Move("c1", "B");
  story.Move("c1", "A");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 31/31 423.00");
  EXPECT_EQ(story.January("B"), "");
}

TEST_F(BillingVectorsTest, B1TheAgreementAtTheEndOfTheDayHasTheDay) {
  story.License("accounting");
  story.Agreement("C");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-01-16");
  story.Move("c1", "B");
  story.At("2026-01-16T22:59:59.999999Z");
  story.Move("c1", "C");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 15/31 204.68");
  EXPECT_EQ(story.January("B"), "");
  EXPECT_EQ(story.January("C"), "accounting 2026-01-01 423.00 16/31 218.32");
}

TEST_F(BillingVectorsTest, B2ADayThroughAnyCompanyOfTheAgreementCounts) {
  story.License("accounting");
  story.Company("A", "c2");
  story.Company("B", "c3");
  story.Grant("c1", "u1", "accounting");
  story.Grant("c3", "u1", "accounting");
  story.At("2026-01-08");
  story.Grant("c2", "u1", "accounting");
  story.At("2026-01-10");
  story.Revoke("c1", "u1", "accounting");
  story.At("2026-01-20");
  story.Revoke("c2", "u1", "accounting");
  story.At("2026-02-01");
  const v1::OrderBasis document = story.Settle("A", "2026-02-01");
  EXPECT_EQ(LinesText(document), "accounting 2026-01-01 423.00 20/31 272.90");
  EXPECT_EQ(story.Explain(document, 1), "u1 20: c1 2026-01-01 - 2026-01-11, c2 2026-01-08 - 2026-01-21");
}

TEST_F(BillingVectorsTest, B3InTwoAgreementsTheUserCountsInBoth) {
  story.License("accounting");
  story.Company("B", "c2");
  story.Grant("c1", "u1", "accounting");
  story.Grant("c2", "u1", "accounting");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 31/31 423.00");
  EXPECT_EQ(story.January("B"), "accounting 2026-01-01 423.00 31/31 423.00");
}

TEST_F(BillingVectorsTest, B3TwoProductsAreTwoUnits) {
  story.License("accounting");
  story.License("payroll", {{"2026-01-01", "99.5"}});
  story.Grant("c1", "u1", "accounting");
  story.Grant("c1", "u1", "payroll");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 31/31 423.00; payroll 2026-01-01 99.50 31/31 99.50");
}

TEST_F(BillingVectorsTest, B3AnotherAccountsUserIsAnotherUser) {
  story.License("accounting");
  story.Grant("c1", "u1", "accounting");
  BillingStory other(*wire_);
  other.Agreement("A");
  other.Company("A", "c1");
  other.License("accounting", {{"2026-01-01", "100.00"}});
  other.Grant("c1", "u1", "accounting");
  other.At("2026-02-01");
  EXPECT_EQ(story.Lines("A", "2026-01-01", "2026-02-01"), "accounting 2026-01-01 423.00 31/31 423.00");
  EXPECT_EQ(other.Lines("A", "2026-01-01", "2026-02-01"), "accounting 2026-01-01 100.00 31/31 100.00");
}

TEST_F(BillingVectorsTest, B4TheQuantityIsAFractionThatIsNotRounded) {
  story.License("accounting");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-01-21");
  story.Grant("c1", "u2", "accounting");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 42/31 573.10");
}

TEST_F(BillingVectorsTest, B4TheDaysAreThoseOfTheMonth) {
  story.License("accounting");
  story.Grant("c1", "u1", "accounting");
  story.At("2028-03-01");
  story.RunBilling("include_arrears: true");
  const std::vector<std::string> documents = story.Documents();
  EXPECT_EQ(documents.size(), 26);
  EXPECT_THAT(documents, ::testing::Each(::testing::EndsWith(" 423.00")));
  EXPECT_EQ(story.Sql("SELECT GROUP_CONCAT(DISTINCT user_days, '/', days_in_month ORDER BY user_days) "
                      "FROM order_basis_lines WHERE account_id = '$account'"),
            "28/28,29/29,30/30,31/31\n");
}

TEST_F(BillingVectorsTest, B6MovedOnThe16thEachAgreementIsChargedItsDays) {
  story.License("accounting");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-01-16");
  story.Move("c1", "B");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 15/31 204.68");
  EXPECT_EQ(story.January("B"), "accounting 2026-01-01 423.00 16/31 218.32");
}

TEST_F(BillingVectorsTest, B6WithASecondCompanyLeftInTheFirst) {
  story.License("accounting");
  story.Company("A", "c2");
  story.Grant("c1", "u1", "accounting");
  story.Grant("c2", "u1", "accounting");
  story.At("2026-01-16");
  story.Move("c1", "B");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 31/31 423.00");
  EXPECT_EQ(story.January("B"), "accounting 2026-01-01 423.00 16/31 218.32");
}

TEST_F(BillingVectorsTest, B7AnAccessWithAGap) {
  story.License("accounting");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-01-07");
  story.Revoke("c1", "u1", "accounting");
  story.At("2026-01-15");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-02-01");
  const v1::OrderBasis document = story.Settle("A", "2026-02-01");
  EXPECT_EQ(LinesText(document), "accounting 2026-01-01 423.00 24/31 327.48");
  EXPECT_EQ(story.Explain(document, 1), "u1 24: c1 2026-01-01 - 2026-01-08, c1 2026-01-15 - 2026-02-01");
}

TEST_F(BillingVectorsTest, B7ThreeUsersOfFiveCompaniesAreThreeUnits) {
  story.License("accounting");
  for (const char* company : {"c2", "c3", "c4", "c5"}) story.Company("A", company);
  for (const char* company : {"c1", "c2", "c3", "c4", "c5"}) {
    for (const char* user : {"u1", "u2", "u3"}) story.Grant(company, user, "accounting");
  }
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 93/31 1269.00");
}

TEST_F(BillingVectorsTest, B8ATransactionIsChargedToTheAgreementOfItsCompanyDayAtThatDaysPrice) {
  story.PerPiece("scan", {{"2026-01-01", "2.00"}, {"2026-01-21", "3.00"}});
  story.At("2026-01-16");
  story.Move("c1", "B");
  story.At("2026-02-01");
  story.Record({{.id = "t1", .when = "2026-01-15", .quantity = 3},
                {.id = "t2", .when = "2026-01-16", .quantity = 5},
                {.id = "t3", .when = "2026-01-20", .quantity = 7},
                {.id = "t4", .when = "2026-01-21", .quantity = 11}});
  EXPECT_EQ(story.Lines("A", "2026-01-01", "2026-02-01"), "scan 2026-01-01 2.00 x3 6.00");
  EXPECT_EQ(story.Lines("B", "2026-01-01", "2026-02-01"),
            "scan 2026-01-01 2.00 x12 24.00; scan 2026-01-21 3.00 x11 33.00");
}

TEST_F(BillingVectorsTest, B8ATransactionOfTheDayThatItsCompanyPassedThroughIsTheLastAgreements) {
  story.PerPiece("scan");
  story.At("2026-01-16T08:00:00Z");
  story.Record({{.when = "2026-01-16T07:00:00Z"}});
  story.At("2026-01-16");
  story.Move("c1", "B");
  EXPECT_EQ(story.January("A"), "");
  EXPECT_EQ(story.January("B"), "scan 2026-01-01 2.00 x1 2.00");
}

TEST_F(BillingVectorsTest, D1ATransactionLateInTheEveningOfUtcIsChargedTheNextDayInOslo) {
  story.PerPiece("scan", {{"2026-01-01", "2.00"}, {"2026-04-01", "3.00"}});
  story.At("2026-03-31T22:30:00Z");
  EXPECT_EQ(story.Record({{.when = "2026-03-31T22:30:00Z"}}), "RECORDED 2026-04-01");
  EXPECT_EQ(story.Record({{.id = "t2", .when = "2026-03-31T21:59:59.999999Z"}}), "RECORDED 2026-03-31");
  story.At("2026-05-01");
  story.RunBilling("include_arrears: true");
  EXPECT_THAT(story.Documents(),
              ::testing::ElementsAre("A 2026-03-01 2026-04-01 2.00", "A 2026-04-01 2026-05-01 3.00"));
}

}  // namespace
}  // namespace agreements::testing
