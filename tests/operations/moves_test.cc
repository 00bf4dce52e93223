// Moves and placements: domain.md M1 to M4, B1 and D2, on a real database.
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

class MovesTest : public OperationsTest {
 protected:
  const std::string a_ = service_.NewAgreement("A");
  const std::string b_ = service_.NewAgreement("B");
  const std::string company_ = service_.NewCompany(a_, "Nordlys");
};

TEST_F(MovesTest, M3AMoveTakesEffectToday) {
  service_.clock().SetDay("2026-11-16");
  const auto moved = service_.Move(company_, b_).value();
  EXPECT_EQ(moved.company().agreement_id(), b_);
  EXPECT_EQ(moved.company().revision(), 2);
  EXPECT_EQ(moved.placement().from_day(), "2026-11-16");
  EXPECT_EQ(service_.PlacementsOf(company_), "A 2026-11-01 - 2026-11-16, B 2026-11-16 -");
}

TEST_F(MovesTest, M1ToTheAgreementThatItIsInIsRefused) {
  EXPECT_EQ(Outcome(service_.Move(company_, a_)), "ALREADY_IN_AGREEMENT");
}

TEST_F(MovesTest, M1ToANewAgreementInOneTransaction) {
  service_.clock().SetDay("2026-11-16");
  const auto moved =
      service_
          .Do(MoveCompanyToNewAgreement, {{"company_id", company_}, {"display_name", "C"}, {"customer_number", "417"}})
          .value();
  EXPECT_EQ(moved.agreement().company_count(), 1);
  EXPECT_EQ(moved.agreement().settled_until(), "2026-11-16");
  EXPECT_EQ(moved.agreement().customer_number(), "417");
  EXPECT_EQ(moved.company().agreement_id(), moved.agreement().agreement_id());
  EXPECT_EQ(moved.placement().agreement_id(), moved.agreement().agreement_id());
  EXPECT_EQ(service_.PlacementsOf(company_), "A 2026-11-01 - 2026-11-16, C 2026-11-16 -");
}

TEST_F(MovesTest, M3ASecondMoveOnThatDayReplacesTheFirst) {
  const std::string c = service_.NewAgreement("C");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(service_.Move(company_, b_)), "OK");
  ASSERT_EQ(Outcome(service_.Move(company_, c)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company_), "A 2026-11-01 - 2026-11-16, C 2026-11-16 -");
}

TEST_F(MovesTest, B1ThereAndBackWithinADayItStayed) {
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(service_.Move(company_, b_)), "OK");
  EXPECT_EQ(service_.Move(company_, a_).value().placement().from_day(), "2026-11-01");
  EXPECT_EQ(service_.PlacementsOf(company_), "A 2026-11-01 -");
}

TEST_F(MovesTest, M3MovedOnItsFirstDayItWasNeverInTheFirstAgreement) {
  ASSERT_EQ(Outcome(service_.Move(company_, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company_), "B 2026-11-01 -");
}

TEST_F(MovesTest, D2AMoveBeginsWhenNeitherAgreementIsSettled) {
  service_.clock().SetDay("2026-11-16");
  service_.SettleUntil(a_, "2026-11-17");
  service_.SettleUntil(b_, "2026-11-18");
  ASSERT_EQ(Outcome(service_.Move(company_, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company_), "A 2026-11-01 - 2026-11-18, B 2026-11-18 -");
}

TEST_F(MovesTest, D2AMoveReplacesOneThatBeginsLater) {
  const std::string c = service_.NewAgreement("C");
  service_.clock().SetDay("2026-11-16");
  service_.SettleUntil(b_, "2026-11-18");
  ASSERT_EQ(Outcome(service_.Move(company_, b_)), "OK");
  ASSERT_EQ(Outcome(service_.Move(company_, c)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company_), "A 2026-11-01 - 2026-11-18, C 2026-11-18 -");
}

TEST_F(MovesTest, D2AClockThatStepsBackChangesNoDayBeforeThePlacementBegan) {
  service_.LeaveOut("no placement begins or ends after");
  service_.clock().SetDay("2026-11-16");
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.clock().SetDay("2026-11-15");
  ASSERT_EQ(Outcome(service_.Move(company, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "B 2026-11-16 -");
}

TEST_F(MovesTest, D1TheDayOfAMoveIsTheDayInOslo) {
  absl::Time late_evening;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, "2027-03-31T22:30:00Z", &late_evening, nullptr));
  service_.clock().Set(late_evening);
  EXPECT_EQ(service_.Move(company_, b_).value().placement().from_day(), "2027-04-01");
}

TEST_F(MovesTest, AStaleRevisionIsAborted) {
  const Fields move = {{"company_id", company_}, {"agreement_id", b_}, {"revision", "2"}};
  EXPECT_EQ(Outcome(service_.Do(MoveCompany, move)), "STALE_REVISION");
  EXPECT_EQ(Outcome(service_.Do(MoveCompanyToNewAgreement,
                                {{"company_id", company_}, {"display_name", "C"}, {"revision", "2"}})),
            "STALE_REVISION");
}

TEST_F(MovesTest, M4PagesOfPlacementsShowWhereEachOneEnds) {
  for (const char* day : {"2026-11-05", "2026-11-10", "2026-11-15"}) {
    service_.clock().SetDay(day);
    ASSERT_EQ(Outcome(service_.Move(company_, std::string(day) == "2026-11-10" ? a_ : b_)), "OK");
  }
  std::string walked;
  for (const auto& page : service_.Pages(ListPlacements, {{"company_id", company_}}, 1)) {
    ASSERT_EQ(page.placements_size(), 1);
    walked += page.placements(0).from_day() + ".." + page.placements(0).until_day() + " ";
  }
  EXPECT_EQ(walked, "2026-11-15.. 2026-11-10..2026-11-15 2026-11-05..2026-11-10 2026-11-01..2026-11-05 ");
}

}  // namespace
}  // namespace agreements::testing
