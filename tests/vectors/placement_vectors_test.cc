// domain.md M5, and D2 of what an undeletion replaces, over the network. In November one user-day at 423.00 is 14.10.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/vectors/billing_story.h"

namespace agreements::testing {
namespace {

using ::testing::StartsWith;

// A company that A has held since 1 November. Most tests change it on the 12th.
class PlacementVectorsTest : public BillingStoryTest {
 protected:
  PlacementVectorsTest() {
    story.At("2026-11-01");
    story.Agreement("A");
    story.Agreement("B");
    story.Company("A", "c1");
    story.License("accounting");
    story.PerPiece("scan");
  }

  // Deletes the company and undeletes it into the agreement.
  void PutInto(const std::string& agreement) {
    story.DeleteCompany("c1");
    story.UndeleteCompany("c1", agreement);
  }

  // "A 2026-11-01 - 2026-11-12, nobody 2026-11-12 -", oldest first.
  std::string Placements() {
    const auto response = story.Do(&Companies::ListPlacements, "company_id: '$c1'");
    std::vector<std::string> texts;
    for (auto placement = response.placements().rbegin(); placement != response.placements().rend(); ++placement) {
      const std::string& agreement_id = placement->agreement_id();
      texts.push_back(absl::StrCat(agreement_id.empty() ? "nobody" : story.NameOf(agreement_id), " ",
                                   placement->from_day(), " -", placement->until_day().empty() ? "" : " ",
                                   placement->until_day()));
    }
    return absl::StrJoin(texts, ", ");
  }

  // What the agreement is charged in November, all of it.
  std::string November(const std::string& agreement) {
    story.At("2026-12-01");
    return story.Lines(agreement, story.SettledUntil(agreement), "2026-12-01");
  }
};

TEST_F(PlacementVectorsTest, M5DeletedUndeletedIntoAnotherAndDeletedAgain) {
  story.At("2026-11-12");
  PutInto("B");
  EXPECT_EQ(story.Do(&Companies::GetCompany, "company_id: '$c1'").company().agreement_id(),
            story.NewRequest<v1::GetAgreementRequest>("agreement_id: '$B'").agreement_id());
  EXPECT_EQ(story.Grant("c1", "u1", "accounting"), "ACTIVE 2026-11-12 -");
  EXPECT_EQ(story.Record({{.when = "2026-11-12T10:30:00Z"}}), "RECORDED 2026-11-12");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-12, B 2026-11-12 -");
  story.DeleteCompany("c1");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-12, B 2026-11-12 - 2026-11-13, nobody 2026-11-13 -");
  EXPECT_EQ(story.Accesses("c1", "u1"), "ENDED 2026-11-12 - 2026-11-13");
  story.At("2026-12-01");
  EXPECT_EQ(story.Lines("A", "2026-11-01", "2026-12-01"), "");
  EXPECT_EQ(story.Lines("B", "2026-11-01", "2026-11-13"),
            "accounting 2026-01-01 423.00 1/30 14.10; scan 2026-01-01 2.00 x1 2.00");
  EXPECT_EQ(story.Lines("B", "2026-11-13", "2026-12-01"), "");
}

TEST_F(PlacementVectorsTest, M5AUserWhoseAccessEndedWithTheDeletionCountsInTheNewAgreementThatDay) {
  story.Grant("c1", "u1", "accounting");
  story.At("2026-11-12");
  PutInto("B");
  EXPECT_EQ(story.Accesses("c1", "u1"), "ENDED 2026-11-01 - 2026-11-13");
  EXPECT_EQ(November("A"), "accounting 2026-01-01 423.00 11/30 155.10");
  EXPECT_EQ(November("B"), "accounting 2026-01-01 423.00 1/30 14.10");
}

TEST_F(PlacementVectorsTest, M5AnAccessGrantedAndRevokedAfterTheUndeletionIsThatDay) {
  story.At("2026-11-12");
  PutInto("B");
  EXPECT_EQ(story.Grant("c1", "u1", "accounting"), "ACTIVE 2026-11-12 -");
  EXPECT_EQ(story.Revoke("c1", "u1", "accounting"), "ENDED 2026-11-12 - 2026-11-13");
  EXPECT_EQ(November("A"), "");
  EXPECT_EQ(November("B"), "accounting 2026-01-01 423.00 1/30 14.10");
}

TEST_F(PlacementVectorsTest, M5TransactionsOfThatDayAreTheNewAgreementsWheneverTheyAreRecorded) {
  story.At("2026-11-12");
  EXPECT_EQ(story.Record({{.id = "before", .when = "2026-11-12T08:00:00Z"}}), "RECORDED 2026-11-12");
  story.DeleteCompany("c1");
  EXPECT_EQ(story.Record({{.id = "deleted", .when = "2026-11-12T09:00:00Z"}}), "RECORDED 2026-11-12");
  story.UndeleteCompany("c1", "B");
  EXPECT_EQ(story.Record({{.id = "after", .when = "2026-11-12T10:00:00Z"}}), "RECORDED 2026-11-12");
  story.At("2026-11-20");
  EXPECT_EQ(story.Record({{.id = "late", .when = "2026-11-12T10:30:00Z"}}), "RECORDED 2026-11-12");
  EXPECT_EQ(November("A"), "");
  EXPECT_EQ(November("B"), "scan 2026-01-01 2.00 x4 8.00");
}

TEST_F(PlacementVectorsTest, M5TheAgreementThatHeldItLastMayBeDeletedSince) {
  story.Grant("c1", "u1", "accounting");
  story.At("2026-11-12");
  story.DeleteCompany("c1");
  story.DeleteAgreement("A");
  const auto before = story.Do(&Agreements::GetAgreement, "agreement_id: '$A'").agreement();
  story.UndeleteCompany("c1", "B");
  EXPECT_EQ(story.Do(&Agreements::GetAgreement, "agreement_id: '$A'").agreement().DebugString(), before.DebugString());
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-12, B 2026-11-12 -");
  EXPECT_EQ(November("A"), "accounting 2026-01-01 423.00 11/30 155.10");
  EXPECT_EQ(November("B"), "accounting 2026-01-01 423.00 1/30 14.10");
}

TEST_F(PlacementVectorsTest, M5IntoTheSameAgreementItIsPlacedAsIfItHadNotBeenDeleted) {
  story.Grant("c1", "u1", "accounting");
  story.At("2026-11-12");
  PutInto("A");
  EXPECT_EQ(Placements(), "A 2026-11-01 -");
  EXPECT_EQ(story.Grant("c1", "u1", "accounting"), "ACTIVE 2026-11-12 -");
  story.Revoke("c1", "u1", "accounting");
  EXPECT_EQ(November("A"), "accounting 2026-01-01 423.00 12/30 169.20");
}

TEST_F(PlacementVectorsTest, M5UndeletedOnALaterDayTheDaysBetweenStayWithoutAHolder) {
  story.Grant("c1", "u1", "accounting");
  story.At("2026-11-12");
  story.DeleteCompany("c1");
  story.At("2026-11-15");
  story.UndeleteCompany("c1", "B");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-13, nobody 2026-11-13 - 2026-11-15, B 2026-11-15 -");
  EXPECT_EQ(story.Grant("c1", "u1", "accounting"), "ACTIVE 2026-11-15 -");
  EXPECT_THAT(story.Record({{.when = "2026-11-14T08:00:00Z"}}),
              StartsWith("REFUSED FAILED_PRECONDITION COMPANY_DELETED"));
  EXPECT_EQ(November("A"), "accounting 2026-01-01 423.00 12/30 169.20");
  EXPECT_EQ(November("B"), "accounting 2026-01-01 423.00 16/30 225.60");
}

TEST_F(PlacementVectorsTest, M5UndeletedOnTheNextDayTheDayOfTheDeletionIsTheOldAgreements) {
  story.At("2026-11-12");
  story.DeleteCompany("c1");
  story.At("2026-11-13");
  story.UndeleteCompany("c1", "B");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-13, B 2026-11-13 -");
}

TEST_F(PlacementVectorsTest, M5CreatedDeletedAndUndeletedOnOneDayItWasOnlyInTheNewAgreement) {
  PutInto("B");
  EXPECT_EQ(Placements(), "B 2026-11-01 -");
  PutInto("A");
  EXPECT_EQ(Placements(), "A 2026-11-01 -");
}

TEST_F(PlacementVectorsTest, M5OfSeveralOnOneDayTheLastOneHasTheDay) {
  story.Agreement("C");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-11-12");
  PutInto("B");
  PutInto("C");
  story.Move("c1", "B");
  PutInto("C");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-12, C 2026-11-12 -");
  PutInto("A");
  EXPECT_EQ(Placements(), "A 2026-11-01 -");
  PutInto("C");
  story.DeleteCompany("c1");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-12, C 2026-11-12 - 2026-11-13, nobody 2026-11-13 -");
  EXPECT_EQ(November("A"), "accounting 2026-01-01 423.00 11/30 155.10");
  EXPECT_EQ(November("B"), "");
  EXPECT_EQ(November("C"), "accounting 2026-01-01 423.00 1/30 14.10");
}

// The company was undeleted on the 5th. Only the placement since then is replaced.
TEST_F(PlacementVectorsTest, M5WhatComesBeforeTheLastPlacementStays) {
  story.At("2026-11-03");
  story.DeleteCompany("c1");
  story.At("2026-11-05");
  story.UndeleteCompany("c1", "A");
  PutInto("B");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-04, nobody 2026-11-04 - 2026-11-05, B 2026-11-05 -");
}

// A server whose clock is ahead settles the day. One whose clock is behind undeletes the company.
TEST_F(PlacementVectorsTest, D2ADayThatTheOldAgreementHasSettledStaysItsOwn) {
  story.Grant("c1", "u1", "accounting");
  story.At("2026-11-12");
  story.DeleteCompany("c1");
  story.At("2026-11-12T23:00:01Z");
  const v1::OrderBasis settled = story.Settle("A", "2026-11-13");
  EXPECT_EQ(LinesText(settled), "accounting 2026-01-01 423.00 12/30 169.20");
  story.At("2026-11-12T22:59:59Z");
  story.UndeleteCompany("c1", "B");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-13, B 2026-11-13 -");
  EXPECT_EQ(story.Grant("c1", "u2", "accounting"), "ACTIVE 2026-11-13 -");
  EXPECT_EQ(story.Problems(settled), "");
  EXPECT_EQ(November("A"), "");
  EXPECT_EQ(November("B"), "accounting 2026-01-01 423.00 18/30 253.80");
}

// A server whose clock is seconds ahead moves and deletes the company.
TEST_F(PlacementVectorsTest, D2AnUndeletionChangesNoDayBeforeThePlacementThatItReplaces) {
  story.Agreement("C");
  story.At("2026-11-12T23:00:01Z");
  story.Move("c1", "B");
  story.DeleteCompany("c1");
  story.At("2026-11-12T22:59:59Z");
  story.UndeleteCompany("c1", "C");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-13, C 2026-11-13 -");
}

TEST_F(PlacementVectorsTest, D2ADayThatTheNewAgreementHasSettledStaysTheOldOnes) {
  story.Grant("c1", "u1", "accounting");
  story.At("2026-11-12");
  story.DeleteCompany("c1");
  story.At("2026-11-12T23:00:01Z");
  EXPECT_EQ(LinesText(story.Settle("B", "2026-11-13")), "");
  story.At("2026-11-12T22:59:59Z");
  story.UndeleteCompany("c1", "B");
  EXPECT_EQ(Placements(), "A 2026-11-01 - 2026-11-13, B 2026-11-13 -");
  EXPECT_EQ(November("A"), "accounting 2026-01-01 423.00 12/30 169.20");
  EXPECT_EQ(November("B"), "");
}

}  // namespace
}  // namespace agreements::testing
