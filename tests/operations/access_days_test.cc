// On which days an access counts: domain.md C4 and D2, on a real database. The usual days are in
// access_vectors_test.cc.
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using storage::StatementEvent;

class AccessDaysTest : public OperationsTest {
 protected:
  void SetUp() override { service_.NewProduct("accounting"); }

  std::string Grant() { return Outcome(service_.Grant(company_, "anna", {"accounting"})); }
  std::string Revoke() { return Outcome(service_.Revoke(company_, "anna", {"accounting"})); }
  std::string Accesses() { return service_.AccessesOf(company_); }

  const std::string a_ = service_.NewAgreement("A");
  const std::string b_ = service_.NewAgreement("B");
  const std::string company_ = service_.NewCompany(a_, "Nordlys");
};

TEST_F(AccessDaysTest, C4ADeletionEndsAccessesAndInvitationsThatDay) {
  ASSERT_EQ(Grant(), "OK");
  ASSERT_EQ(Outcome(service_.Invite(company_, "bjarne", {"accounting"})), "OK");
  const std::string other = service_.NewCompany(a_, "Sydlys");
  ASSERT_EQ(Outcome(service_.Grant(other, "anna", {"accounting"})), "OK");
  service_.clock().SetDay("2026-11-16");
  const auto deleted = service_.RemoveCompany(company_).value().company();
  EXPECT_EQ(Accesses(), "anna accounting ENDED 2026-11-01 - 2026-11-17, bjarne accounting ENDED");
  EXPECT_EQ(service_.AccessesOf(other), "anna accounting ACTIVE 2026-11-01 -");
  const auto ended = service_.Do(ListAccesses, {{"company_id", company_}, {"show_ended", "true"}}).value();
  for (const v1::Access& access : ended.accesses()) {
    EXPECT_EQ(access.update_time().DebugString(), deleted.delete_time().DebugString());
  }
}

TEST_F(AccessDaysTest, C4ADeletionChangesNothingAboutInvitationsThatHaveExpired) {
  const auto invited = service_.Invite(company_, "anna", {"accounting"}).value();
  const Fields get = {{"access_id", invited.accesses(0).access_id()}};
  service_.clock().SetDay("2026-12-01");
  const auto expired = service_.Do(GetAccess, get).value();
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  EXPECT_EQ(service_.Do(GetAccess, get).value().DebugString(), expired.DebugString());
}

TEST_F(AccessDaysTest, D2AnAccessCountsOneDayEvenIfTheClockStepsBack) {
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Grant(), "OK");
  service_.clock().SetDay("2026-11-14");
  ASSERT_EQ(Revoke(), "OK");
  EXPECT_EQ(Accesses(), "anna accounting ENDED 2026-11-16 - 2026-11-17");
}

TEST_F(AccessDaysTest, D2ADeletedCompanysAccessesCountOneDayEvenIfTheClockStepsBack) {
  service_.LeaveOut("it does not count before its company's first day");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Grant(), "OK");
  service_.clock().SetDay("2026-11-14");
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  EXPECT_EQ(Accesses(), "anna accounting ENDED 2026-11-16 - 2026-11-17");
}

// Before it another agreement holds the company, which is not locked and may be settled.
TEST_F(AccessDaysTest, D2NoDayChangesBeforeTheCompanysNewestPlacement) {
  ASSERT_EQ(Grant(), "OK");
  service_.clock().SetDay("2026-11-16");
  service_.SettleUntil(b_, "2026-11-20");
  ASSERT_EQ(Outcome(service_.Move(company_, b_)), "OK");
  ASSERT_EQ(service_.PlacementsOf(company_), "A 2026-11-01 - 2026-11-20, B 2026-11-20 -");
  service_.SettleUntil(a_, "2026-11-20");
  service_.SettleUntil(b_, "2026-11-16");
  ASSERT_EQ(Revoke(), "OK");
  ASSERT_EQ(Grant(), "OK");
  EXPECT_EQ(Accesses(), "anna accounting ENDED 2026-11-01 - 2026-11-20, anna accounting ACTIVE 2026-11-20 -");
}

// Undeleted by a server whose clock is seconds ahead; on the day before, nobody has the company.
TEST_F(AccessDaysTest, D2AnAccessDoesNotBeginWhileItsCompanyIsDeleted) {
  ASSERT_EQ(Outcome(service_.RemoveCompany(company_)), "OK");
  service_.clock().SetDay("2026-11-16");
  ASSERT_EQ(Outcome(service_.Undelete(company_, b_)), "OK");
  service_.clock().SetDay("2026-11-15");
  ASSERT_EQ(Grant(), "OK");
  EXPECT_EQ(Accesses(), "anna accounting ACTIVE 2026-11-16 -");
}

// What happens just before or just after a grant locks the company's agreement.
class DuringAGrant : public ::testing::Test {
 protected:
  DuringAGrant() {
    hooks_.on_statement = [this](const StatementEvent& event) {
      if (event.name == "lock_holder" && event.phase == phase_ && happens_) std::exchange(happens_, nullptr)();
      return 0;
    };
    service_.NewProduct("accounting");
  }
  ~DuringAGrant() override { EXPECT_EQ(service_.Findings(), ""); }

  std::string Grant(StatementEvent::Phase phase, std::function<void()> happens) {
    phase_ = phase;
    happens_ = std::move(happens);
    std::string outcome = Outcome(service_.Grant(company_, "anna", {"accounting"}));
    EXPECT_FALSE(happens_);
    return outcome;
  }

  StatementEvent::Phase phase_ = StatementEvent::Phase::kBefore;
  std::function<void()> happens_;
  storage::TestHooks hooks_;
  Service service_{&hooks_};
  const std::string a_ = service_.NewAgreement("A");
  const std::string b_ = service_.NewAgreement("B");
  const std::string company_ = service_.NewCompany(a_, "Nordlys");
};

TEST_F(DuringAGrant, D2WhatWaitedForItsLockOverMidnightHappensOnTheNewDay) {
  EXPECT_EQ(Grant(StatementEvent::Phase::kAfter, [&] { service_.clock().SetDay("2026-11-02"); }), "OK");
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ACTIVE 2026-11-02 -");
}

TEST_F(DuringAGrant, D2DaysThatGetSettledAreNotChanged) {
  EXPECT_EQ(Grant(StatementEvent::Phase::kBefore, [&] { service_.SettleUntil(a_, "2026-11-05"); }), "OK");
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ACTIVE 2026-11-05 -");
}

TEST_F(DuringAGrant, D2TheAgreementOfACompanyThatMovesIsTheOneThatCounts) {
  EXPECT_EQ(Grant(StatementEvent::Phase::kBefore,
                  [&] {
                    service_.Move(company_, b_).value();
                    service_.SettleUntil(b_, "2026-11-05");
                  }),
            "OK");
  EXPECT_EQ(service_.AccessesOf(company_), "anna accounting ACTIVE 2026-11-05 -");
}

TEST_F(DuringAGrant, C4ACompanyThatIsDeletedTakesNoUser) {
  EXPECT_EQ(Grant(StatementEvent::Phase::kBefore, [&] { service_.RemoveCompany(company_).value(); }),
            "COMPANY_DELETED");
  EXPECT_EQ(service_.AccessesOf(company_), "");
}

}  // namespace
}  // namespace agreements::testing
