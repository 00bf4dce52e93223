// domain.md U1 to U3, D1 and D2, and what deletions and moves do to accesses, over the network.
#include "tests/vectors/billing_story.h"

namespace agreements::testing {
namespace {

using ::testing::StartsWith;

class AccessVectorsTest : public BillingStoryTest {
 protected:
  AccessVectorsTest() {
    story.Agreement("A");
    story.Agreement("B");
    story.Company("A", "c1");
    story.License("accounting");
    story.PerPiece("scan");
  }

  // The error of each of the four methods for this product.
  std::vector<std::string> ErrorsOfAll(const std::string& product) {
    const std::string text = "company_id: '$c1' user_id: 'u1' product_ids: '" + product + "'";
    return {story.Try(&Companies::InviteUser, text), story.Try(&Companies::AcceptInvitation, text),
            story.Try(&Companies::GrantAccess, text), story.Try(&Companies::RevokeAccess, text)};
  }
};

TEST_F(AccessVectorsTest, U1AnUnknownProductIsRefused) {
  EXPECT_THAT(
      ErrorsOfAll("payroll"),
      ::testing::Each(StartsWith("NOT_FOUND PRODUCT_NOT_FOUND product_id=payroll; ResourceInfo Product payroll")));
}

TEST_F(AccessVectorsTest, U1AProductThatIsPricedPerPieceIsRefused) {
  EXPECT_THAT(ErrorsOfAll("scan"),
              ::testing::Each(StartsWith("INVALID_ARGUMENT PRODUCT_KIND_WRONG kind=TRANSACTION product_id=scan; "
                                         "BadRequest product_ids[0]")));
}

TEST_F(AccessVectorsTest, U1SeveralProductsAllOrNothing) {
  story.License("payroll");
  story.Grant("c1", "u1", "accounting");
  EXPECT_EQ(story.Try(&Companies::RevokeAccess,
                      "company_id: '$c1' user_id: 'u1' product_ids: 'accounting' product_ids: 'payroll'"),
            "NOT_FOUND ACCESS_NOT_FOUND company_id=$c1 product_id=payroll user_id=u1; "
            "ResourceInfo Access $c1/u1/payroll");
  EXPECT_EQ(story.Accesses("c1", "u1"), "ACTIVE 2026-01-01 -");
  const auto granted = story.Do(&Companies::GrantAccess,
                                "company_id: '$c1' user_id: 'u2' product_ids: 'payroll' product_ids: 'accounting'");
  ASSERT_EQ(granted.accesses_size(), 2);
  EXPECT_EQ(granted.accesses(0).product_id(), "payroll");
  EXPECT_EQ(granted.accesses(1).product_id(), "accounting");
}

TEST_F(AccessVectorsTest, U2AnInvitationIsFreeUntilItIsAccepted) {
  EXPECT_EQ(story.Invite("c1", "u1", "accounting"), "INVITED");
  story.At("2026-01-20");
  EXPECT_EQ(story.Accept("c1", "u1", "accounting"), "ACTIVE 2026-01-20 -");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 12/31 163.74");
}

TEST_F(AccessVectorsTest, U2AnInvitationThatIsRevokedWasFree) {
  story.Invite("c1", "u1", "accounting");
  EXPECT_EQ(story.Revoke("c1", "u1", "accounting"), "ENDED");
  EXPECT_EQ(story.Try(&Companies::AcceptInvitation, "company_id: '$c1' user_id: 'u1' product_ids: 'accounting'"),
            "NOT_FOUND ACCESS_NOT_FOUND company_id=$c1 product_id=accounting user_id=u1; "
            "ResourceInfo Access $c1/u1/accounting");
  EXPECT_EQ(story.January("A"), "");
}

TEST_F(AccessVectorsTest, U2AGrantReplacesAnInvitation) {
  story.Invite("c1", "u1", "accounting");
  story.At("2026-01-05");
  EXPECT_EQ(story.Grant("c1", "u1", "accounting"), "ACTIVE 2026-01-05 -");
  EXPECT_EQ(story.Accesses("c1", "u1"), "ACTIVE 2026-01-05 -, ENDED");
}

TEST_F(AccessVectorsTest, U2OfferingOrGrantingTwiceChangesNothing) {
  story.Invite("c1", "u1", "accounting");
  story.Grant("c1", "u2", "accounting");
  const std::string before = story.Sql("SELECT * FROM accesses WHERE account_id = '$account' ORDER BY access_id");
  story.At("2026-01-02");
  EXPECT_EQ(story.Invite("c1", "u1", "accounting"), "INVITED");
  EXPECT_EQ(story.Invite("c1", "u2", "accounting"), "ACTIVE 2026-01-01 -");
  EXPECT_EQ(story.Grant("c1", "u2", "accounting"), "ACTIVE 2026-01-01 -");
  EXPECT_EQ(story.Accept("c1", "u2", "accounting"), "ACTIVE 2026-01-01 -");
  EXPECT_EQ(story.Sql("SELECT * FROM accesses WHERE account_id = '$account' ORDER BY access_id"), before);
}

// 29 March 2026 has 23 hours, so 30 calendar days are an hour less than 30 times 24 hours.
TEST_F(AccessVectorsTest, U2AnInvitationExpiresAfter30Times24HoursToTheMicrosecond) {
  story.At("2026-03-20T11:00:00.123456789Z");
  story.Invite("c1", "u1", "accounting");
  story.Invite("c1", "u2", "accounting");
  story.At("2026-04-19T11:00:00.123455Z");
  EXPECT_EQ(story.Accesses("c1", "u2"), "INVITED");
  EXPECT_EQ(story.Accept("c1", "u1", "accounting"), "ACTIVE 2026-04-19 -");
  story.At("2026-04-19T11:00:00.123456Z");
  EXPECT_EQ(story.Accesses("c1", "u2"), "ENDED");
  EXPECT_THAT(story.Try(&Companies::AcceptInvitation, "company_id: '$c1' user_id: 'u2' product_ids: 'accounting'"),
              ::testing::AllOf(StartsWith("FAILED_PRECONDITION INVITATION_EXPIRED access_id=acc-"),
                               ::testing::HasSubstr(" expire_time=2026-04-19T11:00:00.123456Z; PreconditionFailure")));
  EXPECT_EQ(story.Accesses("c1", "u1"), "ACTIVE 2026-04-19 -");
}

TEST_F(AccessVectorsTest, U2WhoseInvitationHasExpiredCanBeInvitedAndGrantedAgain) {
  story.Invite("c1", "u1", "accounting");
  story.Invite("c1", "u2", "accounting");
  story.At("2026-01-31");
  EXPECT_EQ(story.Invite("c1", "u1", "accounting"), "INVITED");
  EXPECT_EQ(story.Accept("c1", "u1", "accounting"), "ACTIVE 2026-01-31 -");
  EXPECT_EQ(story.Grant("c1", "u2", "accounting"), "ACTIVE 2026-01-31 -");
}

TEST_F(AccessVectorsTest, U3TheDayOfTheRevocationIsCharged) {
  story.Grant("c1", "u1", "accounting");
  story.At("2026-01-07");
  EXPECT_EQ(story.Revoke("c1", "u1", "accounting"), "ENDED 2026-01-01 - 2026-01-08");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 7/31 95.52");
}

TEST_F(AccessVectorsTest, U3GrantedAndRevokedWithinADayIsADay) {
  story.Grant("c1", "u1", "accounting");
  EXPECT_EQ(story.Revoke("c1", "u1", "accounting"), "ENDED 2026-01-01 - 2026-01-02");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 1/31 13.65");
}

TEST_F(AccessVectorsTest, U3GrantedAgainTheSameDayItIsOneDay) {
  story.Grant("c1", "u1", "accounting");
  story.At("2026-01-07");
  story.Revoke("c1", "u1", "accounting");
  EXPECT_EQ(story.Grant("c1", "u1", "accounting"), "ACTIVE 2026-01-07 -");
  EXPECT_EQ(story.Accesses("c1", "u1"), "ENDED 2026-01-01 - 2026-01-08, ACTIVE 2026-01-07 -");
  story.At("2026-01-10");
  story.Revoke("c1", "u1", "accounting");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 10/31 136.45");
}

TEST_F(AccessVectorsTest, D1AGrantLateInTheEveningOfUtcIsOnTheNextDayInOslo) {
  story.At("2026-03-31T22:30:00Z");
  EXPECT_EQ(story.Grant("c1", "u1", "accounting"), "ACTIVE 2026-04-01 -");
  story.At("2026-05-01");
  EXPECT_EQ(story.RunBilling("include_arrears: true").size(), 8);
  EXPECT_THAT(story.Documents(), ::testing::ElementsAre("A 2026-04-01 2026-05-01 423.00"));
}

TEST_F(AccessVectorsTest, D1ARevocationLateInTheEveningOfUtcIsOnTheNextDayInOslo) {
  story.At("2026-03-31");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-03-31T22:30:00Z");
  EXPECT_EQ(story.Revoke("c1", "u1", "accounting"), "ENDED 2026-03-31 - 2026-04-02");
}

// A server whose clock is behind sends changes after the settlement. So does a call that waited for it.
TEST_F(AccessVectorsTest, D2NothingChangesASettledDay) {
  story.Company("A", "c2");
  for (const char* company : {"c1", "c2"}) story.Grant(company, "u1", "accounting");
  story.Invite("c1", "u2", "accounting");
  story.At("2026-02-01");
  const v1::OrderBasis january = story.Settle("A", "2026-02-01");
  EXPECT_EQ(LinesText(january), "accounting 2026-01-01 423.00 31/31 423.00");
  story.At("2026-01-20");
  EXPECT_EQ(story.Accept("c1", "u2", "accounting"), "ACTIVE 2026-02-01 -");
  EXPECT_EQ(story.Grant("c1", "u3", "accounting"), "ACTIVE 2026-02-01 -");
  EXPECT_EQ(story.Revoke("c1", "u1", "accounting"), "ENDED 2026-01-01 - 2026-02-01");
  EXPECT_EQ(story.Grant("c1", "u1", "accounting"), "ACTIVE 2026-02-01 -");
  story.DeleteCompany("c2");
  EXPECT_EQ(story.Accesses("c2", "u1"), "ENDED 2026-01-01 - 2026-02-01");
  story.Move("c1", "B");
  EXPECT_EQ(story.Sql("SELECT from_day FROM placements WHERE account_id = '$account' AND company_id = '$c1'"),
            "2026-01-01\n2026-02-01\n");
  EXPECT_EQ(story.Problems(january), "");
  story.At("2026-03-01");
  EXPECT_EQ(story.Lines("A", "2026-02-01", "2026-03-01"), "");
  story.Settle("B", "2026-02-01");
  EXPECT_EQ(story.Lines("B", "2026-02-01", "2026-03-01"), "accounting 2026-01-01 423.00 84/28 1269.00");
}

TEST_F(AccessVectorsTest, D2WhatBeginsAndEndsAheadOfTheClockIsADay) {
  story.At("2026-02-01");
  story.Settle("A", "2026-02-01");
  story.At("2026-01-20");
  EXPECT_EQ(story.Grant("c1", "u1", "accounting"), "ACTIVE 2026-02-01 -");
  EXPECT_EQ(story.Revoke("c1", "u1", "accounting"), "ENDED 2026-02-01 - 2026-02-02");
}

TEST_F(AccessVectorsTest, C4TheDayOfACompanysDeletionIsChargedAndItsAccessesDoNotComeBack) {
  story.Grant("c1", "u1", "accounting");
  story.Invite("c1", "u2", "accounting");
  story.At("2026-01-10");
  story.DeleteCompany("c1");
  EXPECT_EQ(story.Accesses("c1", "u1"), "ENDED 2026-01-01 - 2026-01-11");
  EXPECT_EQ(story.Accesses("c1", "u2"), "ENDED");
  EXPECT_EQ(ErrorsOfAll("accounting"),
            std::vector<std::string>(
                4, "FAILED_PRECONDITION COMPANY_DELETED company_id=$c1; PreconditionFailure COMPANY_DELETED $c1"));
  story.At("2026-01-20");
  story.UndeleteCompany("c1");
  EXPECT_EQ(story.Accesses("c1", "u1"), "ENDED 2026-01-01 - 2026-01-11");
  EXPECT_EQ(story.Accesses("c1", "u2"), "ENDED");
  EXPECT_EQ(story.January("A"), "accounting 2026-01-01 423.00 10/31 136.45");
}

TEST_F(AccessVectorsTest, M3AMoveKeepsAccessesAndInvitations) {
  story.Grant("c1", "u1", "accounting");
  story.Invite("c1", "u2", "accounting");
  story.At("2026-01-16");
  story.Move("c1", "B");
  EXPECT_EQ(story.Accesses("c1", "u1"), "ACTIVE 2026-01-01 -");
  EXPECT_EQ(story.Accesses("c1", "u2"), "INVITED");
  EXPECT_EQ(story.Accept("c1", "u2", "accounting"), "ACTIVE 2026-01-16 -");
  EXPECT_EQ(story.January("B"), "accounting 2026-01-01 423.00 32/31 436.65");
}

}  // namespace
}  // namespace agreements::testing
