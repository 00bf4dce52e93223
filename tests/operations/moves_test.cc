// Moves and placements: domain.md M1 to M4, B1 and D2, on a real database.
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

class MovesTest : public OperationsTest {
 protected:
  const std::string a_ = service_.NewAgreement("A");
  const std::string b_ = service_.NewAgreement("B");
};

TEST_F(MovesTest, M3AMoveTakesEffectToday) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.clock().SetDay("2026-11-16");
  const auto moved = service_.Move(company, b_).value();
  EXPECT_EQ(moved.company().agreement_id(), b_);
  EXPECT_EQ(moved.company().revision(), 2);
  EXPECT_EQ(moved.placement().from_day(), "2026-11-16");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-01 - 2026-11-16, B 2026-11-16 -");
}

TEST_F(MovesTest, M1ToTheAgreementThatItIsInIsRefused) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  EXPECT_EQ(Outcome(service_.Move(company, a_)), "ALREADY_IN_AGREEMENT");
}

TEST_F(MovesTest, M1ToANewAgreementInOneTransaction) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.clock().SetDay("2026-11-16");
  v1::MoveCompanyToNewAgreementRequest request;
  request.set_company_id(company);
  request.set_display_name("C");
  request.set_customer_number("417");
  const auto moved = service_.Do(MoveCompanyToNewAgreement, request).value();
  EXPECT_EQ(moved.agreement().company_count(), 1);
  EXPECT_EQ(moved.agreement().settled_until(), "2026-11-16");
  EXPECT_EQ(moved.agreement().customer_number(), "417");
  EXPECT_EQ(moved.company().agreement_id(), moved.agreement().agreement_id());
  EXPECT_EQ(moved.placement().agreement_id(), moved.agreement().agreement_id());
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-01 - 2026-11-16, C 2026-11-16 -");
}

TEST_F(MovesTest, M3ASecondMoveOnThatDayReplacesTheFirst) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  const std::string c = service_.NewAgreement("C");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(service_.Move(company, b_)), "OK");
  ASSERT_EQ(Outcome(service_.Move(company, c)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-01 - 2026-11-16, C 2026-11-16 -");
}

TEST_F(MovesTest, B1ThereAndBackWithinADayItStayed) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(service_.Move(company, b_)), "OK");
  EXPECT_EQ(service_.Move(company, a_).value().placement().from_day(), "2026-11-01");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-01 -");
}

TEST_F(MovesTest, M3MovedOnItsFirstDayItWasNeverInTheFirstAgreement) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  ASSERT_EQ(Outcome(service_.Move(company, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "B 2026-11-01 -");
}

TEST_F(MovesTest, D2AMoveBeginsWhenNeitherAgreementIsSettled) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  service_.clock().SetDay("2026-11-16");
  service_.SettleUntil(a_, "2026-11-17");
  service_.SettleUntil(b_, "2026-11-18");
  ASSERT_EQ(Outcome(service_.Move(company, b_)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-01 - 2026-11-18, B 2026-11-18 -");
}

TEST_F(MovesTest, D2AMoveReplacesOneThatBeginsLater) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  const std::string c = service_.NewAgreement("C");
  service_.clock().SetDay("2026-11-16");
  service_.SettleUntil(b_, "2026-11-18");
  ASSERT_EQ(Outcome(service_.Move(company, b_)), "OK");
  ASSERT_EQ(Outcome(service_.Move(company, c)), "OK");
  EXPECT_EQ(service_.PlacementsOf(company), "A 2026-11-01 - 2026-11-18, C 2026-11-18 -");
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
  const std::string company = service_.NewCompany(a_, "Nordlys");
  absl::Time late_evening;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, "2027-03-31T22:30:00Z", &late_evening, nullptr));
  service_.clock().Set(late_evening);
  EXPECT_EQ(service_.Move(company, b_).value().placement().from_day(), "2027-04-01");
}

TEST_F(MovesTest, AStaleRevisionIsAborted) {
  v1::MoveCompanyRequest move;
  move.set_company_id(service_.NewCompany(a_, "Nordlys"));
  move.set_agreement_id(b_);
  move.set_revision(2);
  EXPECT_EQ(Outcome(service_.Do(MoveCompany, move)), "STALE_REVISION");
  v1::MoveCompanyToNewAgreementRequest to_new;
  to_new.set_company_id(move.company_id());
  to_new.set_display_name("C");
  to_new.set_revision(2);
  EXPECT_EQ(Outcome(service_.Do(MoveCompanyToNewAgreement, to_new)), "STALE_REVISION");
}

TEST_F(MovesTest, M4PagesOfPlacementsShowWhereEachOneEnds) {
  const std::string company = service_.NewCompany(a_, "Nordlys");
  for (const char* day : {"2026-11-05", "2026-11-10", "2026-11-15"}) {
    service_.clock().SetDay(day);
    ASSERT_EQ(Outcome(service_.Move(company, std::string(day) == "2026-11-10" ? a_ : b_)), "OK");
  }
  v1::ListPlacementsRequest request;
  request.set_company_id(company);
  request.set_page_size(1);
  std::string walked;
  do {
    const auto page = service_.Do(ListPlacements, request).value();
    ASSERT_EQ(page.placements_size(), 1);
    walked += page.placements(0).from_day() + ".." + page.placements(0).until_day() + " ";
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(walked, "2026-11-15.. 2026-11-10..2026-11-15 2026-11-05..2026-11-10 2026-11-01..2026-11-05 ");
}

}  // namespace
}  // namespace agreements::testing
