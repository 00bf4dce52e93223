// domain.md O1 to O5 and A4, over the network.
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/vectors/billing_story.h"

namespace agreements::testing {
namespace {

class OrderBasisVectorsTest : public BillingStoryTest {
 protected:
  OrderBasisVectorsTest() {
    story.Agreement("A");
    story.Company("A", "c1");
    story.License("accounting");
    story.PerPiece("scan");
    story.Grant("c1", "u1", "accounting");
  }

  std::string Create(const std::string& from_day, const std::string& until_day, const std::string& digest = "") {
    return story.Try(&Agreements::CreateOrderBasis,
                     absl::StrCat("agreement_id: '$A' from_day: '", from_day, "' until_day: '", until_day,
                                  "' expected_digest: '", digest, "'"));
  }

  // Expects that after `change`, a caller who previewed January before it cannot freeze January.
  template <typename Change>
  void ExpectPreviewChangedBy(const Change& change) {
    story.At("2026-02-01");
    const std::string before = story.Preview("A").digest();
    ASSERT_NO_FATAL_FAILURE(change());
    const std::string after = story.Preview("A").digest();
    EXPECT_NE(before, after);
    EXPECT_EQ(Create("2026-01-01", "2026-02-01", before),
              absl::StrCat("ABORTED PREVIEW_CHANGED agreement_id=$A digest=", after));
    EXPECT_EQ(story.SettledUntil("A"), "2026-01-01");
    EXPECT_EQ(Create("2026-01-01", "2026-02-01", after), "OK");
  }
};

TEST_F(OrderBasisVectorsTest, O1APreviewChangesNothing) {
  story.Record({{.when = "2026-01-01"}});
  story.At("2026-02-01");
  const v1::OrderBasis first = story.Preview("A");
  EXPECT_EQ(first.order_basis_id(), "");
  EXPECT_FALSE(first.has_create_time());
  EXPECT_EQ(first.total_amount(), "425.00");
  EXPECT_EQ(story.Preview("A").DebugString(), first.DebugString());
  EXPECT_EQ(story.SettledUntil("A"), "2026-01-01");
  EXPECT_TRUE(story.Documents(/*show_empty=*/true).empty());
}

TEST_F(OrderBasisVectorsTest, O1ATransactionChangesThePreview) {
  ExpectPreviewChangedBy([this] { EXPECT_EQ(story.Record({{.when = "2026-01-07"}}), "RECORDED 2026-01-07"); });
}

TEST_F(OrderBasisVectorsTest, O1ACancellationChangesThePreview) {
  story.Record({{.when = "2026-01-01"}});
  ExpectPreviewChangedBy([this] { EXPECT_EQ(story.Cancel({{"c1", "t1"}}), "CANCELLED 2026-01-01"); });
}

TEST_F(OrderBasisVectorsTest, O1APriceChangesThePreview) {
  ExpectPreviewChangedBy([this] { story.Price("accounting", "2026-01-01", "423.01"); });
}

TEST_F(OrderBasisVectorsTest, O1APriceOfTheSameAmountFromAnotherDayChangesThePreview) {
  ExpectPreviewChangedBy([this] { story.Price("accounting", "2026-01-20", "423.00"); });
}

TEST_F(OrderBasisVectorsTest, O1TheNameOfAProductChangesThePreview) {
  ExpectPreviewChangedBy(
      [this] { story.Do(&Agreements::UpdateProduct, "product_id: 'accounting' display_name: 'Regnskap pluss'"); });
}

TEST_F(OrderBasisVectorsTest, O1TheAgreementsNameChangesThePreview) {
  ExpectPreviewChangedBy([this] { story.Rename("A", "Fjordkraft"); });
}

TEST_F(OrderBasisVectorsTest, O1TheCustomerNumberChangesThePreview) {
  ExpectPreviewChangedBy([this] { story.SetCustomerNumber("A", "417"); });
}

TEST_F(OrderBasisVectorsTest, O1WhatIsNotChargedDoesNotChangeThePreview) {
  story.At("2026-02-01");
  const std::string digest = story.Preview("A").digest();
  story.Grant("c1", "u2", "accounting");
  story.Record({{.when = "2026-02-01"}});
  story.Price("accounting", "2026-02-01", "450.00");
  EXPECT_EQ(Create("2026-01-01", "2026-02-01", digest), "OK");
}

TEST_F(OrderBasisVectorsTest, O2TheFirstDocumentBeginsOnTheDayOfCreation) {
  story.At("2026-01-10");
  story.Agreement("B");
  story.Company("B", "c2");
  story.Grant("c2", "u1", "accounting");
  story.At("2026-02-01");
  EXPECT_EQ(story.Lines("B", "2026-01-10", "2026-02-01"), "accounting 2026-01-01 423.00 22/31 300.19");
}

TEST_F(OrderBasisVectorsTest, O2APeriodThatIsNotOverIsRefused) {
  story.At("2026-01-31T22:59:59.999999Z");
  const std::string not_over =
      "FAILED_PRECONDITION PERIOD_NOT_OVER latest_until_day=2026-01-31 until_day=2026-02-01; "
      "PreconditionFailure PERIOD_NOT_OVER 2026-02-01";
  EXPECT_EQ(Create("2026-01-01", "2026-02-01"), not_over);
  EXPECT_EQ(story.Try(&Agreements::PreviewOrderBasis, "agreement_id: '$A'"), not_over);
  story.At("2026-01-31T23:00:00Z");
  EXPECT_EQ(Create("2026-01-01", "2026-02-01"), "OK");
}

TEST_F(OrderBasisVectorsTest, O2APeriodInTwoMonthsIsRefused) {
  story.At("2026-03-01");
  const std::string spans =
      "INVALID_ARGUMENT PERIOD_SPANS_MONTHS from_day=2026-01-01 latest_until_day=2026-02-01 until_day=2026-02-02; "
      "BadRequest until_day";
  EXPECT_EQ(Create("2026-01-01", "2026-02-02"), spans);
  EXPECT_EQ(story.Try(&Agreements::PreviewOrderBasis, "agreement_id: '$A' until_day: '2026-02-02'"), spans);
}

TEST_F(OrderBasisVectorsTest, O2APeriodWithoutDaysIsRefused) {
  story.At("2026-02-01");
  EXPECT_EQ(Create("2026-01-01", "2026-01-01"), "INVALID_ARGUMENT FIELD_INVALID; BadRequest until_day");
  EXPECT_EQ(Create("2026-01-01", "2025-12-31"), "INVALID_ARGUMENT FIELD_INVALID; BadRequest until_day");
}

TEST_F(OrderBasisVectorsTest, O2PreviewDefaultsToTheWholeRestOfTheMonth) {
  story.At("2026-03-01");
  story.Settle("A", "2026-01-16");
  const v1::OrderBasis rest = story.Preview("A");
  EXPECT_EQ(rest.from_day(), "2026-01-16");
  EXPECT_EQ(rest.until_day(), "2026-02-01");
}

TEST_F(OrderBasisVectorsTest, O2PartSettlementsOfAMonth) {
  story.At("2026-01-16");
  EXPECT_EQ(story.Lines("A", "2026-01-01", "2026-01-16"), "accounting 2026-01-01 423.00 15/31 204.68");
  story.At("2026-02-01");
  EXPECT_EQ(story.Lines("A", "2026-01-16", "2026-01-17"), "accounting 2026-01-01 423.00 1/31 13.65");
  EXPECT_EQ(story.Lines("A", "2026-01-17", "2026-02-01"), "accounting 2026-01-01 423.00 15/31 204.68");
}

TEST_F(OrderBasisVectorsTest, O3TheSameTwoDaysAgainReturnTheDocument) {
  story.At("2026-02-01");
  const v1::OrderBasis document = story.Settle("A", "2026-02-01");
  story.Rename("A", "Fjordkraft");
  const auto again = story.Do(&Agreements::CreateOrderBasis,
                              absl::StrCat("agreement_id: '$A' from_day: '2026-01-01' until_day: '2026-02-01' "
                                           "expected_digest: '",
                                           std::string(64, '0'), "'"));
  EXPECT_TRUE(again.existed());
  EXPECT_EQ(again.order_basis().DebugString(), document.DebugString());
}

TEST_F(OrderBasisVectorsTest, O3AnotherDayIsNotNext) {
  story.At("2026-03-10");
  const auto not_next = [](const std::string& from_day, const std::string& until_day) {
    return absl::StrCat("FAILED_PRECONDITION INTERVAL_NOT_NEXT agreement_id=$A from_day=", from_day,
                        " until_day=", until_day, "; PreconditionFailure INTERVAL_NOT_NEXT $A");
  };
  EXPECT_EQ(Create("2026-01-02", "2026-02-01"), not_next("2026-01-01", "2026-02-01"));
  EXPECT_EQ(Create("2025-12-01", "2026-01-01"), not_next("2026-01-01", "2026-02-01"));
  story.Settle("A", "2026-01-16");
  EXPECT_EQ(Create("2026-01-01", "2026-02-01"), not_next("2026-01-16", "2026-02-01"));
  EXPECT_EQ(Create("2026-02-01", "2026-03-01"), not_next("2026-01-16", "2026-02-01"));
  story.Settle("A", "2026-02-01");
  EXPECT_EQ(Create("2026-01-01", "2026-01-15"), not_next("2026-02-01", "2026-03-01"));
  EXPECT_EQ(story.Try(&Agreements::PreviewOrderBasis, "agreement_id: '$A' from_day: '2026-01-01'"),
            not_next("2026-02-01", "2026-03-01"));
}

TEST_F(OrderBasisVectorsTest, O3OfCallersAtOnceOneCreatesTheDocument) {
  story.Record({{.when = "2026-01-01"}});
  story.At("2026-02-01");
  constexpr int kCallers = 8;
  std::vector<absl::StatusOr<v1::CreateOrderBasisResponse>> responses(kCallers);
  std::vector<std::jthread> callers;
  for (auto& response : responses) {
    callers.emplace_back([this, &response] {
      response = story.Call(&Agreements::CreateOrderBasis,
                            "agreement_id: '$A' from_day: '2026-01-01' until_day: '2026-02-01'");
    });
  }
  for (std::jthread& caller : callers) caller.join();
  int created = 0;
  for (const auto& response : responses) {
    ASSERT_TRUE(response.ok()) << response.status();
    created += response->existed() ? 0 : 1;
    EXPECT_EQ(response->order_basis().DebugString(), responses[0]->order_basis().DebugString());
  }
  EXPECT_EQ(created, 1);
  EXPECT_THAT(story.Documents(), ::testing::ElementsAre("A 2026-01-01 2026-02-01 425.00"));
}

TEST_F(OrderBasisVectorsTest, O4ADocumentKeepsNamesPricesAndCustomerNumber) {
  story.Rename("A", "Fjordkraft");
  story.At("2026-02-01");
  const v1::OrderBasis document = story.Settle("A", "2026-02-01");
  EXPECT_EQ(document.agreement_display_name(), "Fjordkraft");
  EXPECT_EQ(document.customer_number(), "00417");
  EXPECT_EQ(document.lines(0).product_display_name(), "Vare accounting");
  story.Rename("A", "Bergkraft");
  story.SetCustomerNumber("A", "");
  story.Do(&Agreements::UpdateProduct, "product_id: 'accounting' display_name: 'Regnskap'");
  story.Price("accounting", "2026-02-01", "450.00");
  story.CheckDocument(document);
}

TEST_F(OrderBasisVectorsTest, O5NothingToChargeIsAnEmptyDocument) {
  story.Agreement("B", "");
  story.At("2026-02-01");
  const v1::OrderBasis document = story.Settle("B", "2026-02-01");
  EXPECT_EQ(document.line_count(), 0);
  EXPECT_EQ(document.total_amount(), "0.00");
  EXPECT_TRUE(story.Documents().empty());
  EXPECT_THAT(story.Documents(/*show_empty=*/true), ::testing::ElementsAre("B 2026-01-01 2026-02-01 0.00"));
}

TEST_F(OrderBasisVectorsTest, O4AnEmptyDocumentKeepsTheCustomerNumberToo) {
  story.Agreement("B", "00418");
  story.At("2026-02-01");
  EXPECT_EQ(story.Settle("B", "2026-02-01").customer_number(), "00418");
}

TEST_F(OrderBasisVectorsTest, O5WithoutACustomerNumberItIsPreviewedAndNotCreated) {
  story.SetCustomerNumber("A", "");
  story.At("2026-02-01");
  EXPECT_EQ(story.Preview("A").total_amount(), "423.00");
  EXPECT_EQ(Create("2026-01-01", "2026-02-01"),
            "FAILED_PRECONDITION CUSTOMER_NUMBER_MISSING agreement_id=$A; "
            "PreconditionFailure CUSTOMER_NUMBER_MISSING $A");
  EXPECT_EQ(story.SettledUntil("A"), "2026-01-01");
  story.SetCustomerNumber("A", "417");
  EXPECT_EQ(story.Settle("A", "2026-02-01").customer_number(), "417");
}

TEST_F(OrderBasisVectorsTest, O5ALineOfNothingNeedsACustomerNumber) {
  story.SetCustomerNumber("A", "");
  story.Price("accounting", "2026-01-01", "0.00");
  story.At("2026-02-01");
  EXPECT_THAT(Create("2026-01-01", "2026-02-01"), ::testing::StartsWith("FAILED_PRECONDITION CUSTOMER_NUMBER_MISSING"));
}

TEST_F(OrderBasisVectorsTest, A4ADeletedAgreementIsStillSettledAndItsCustomerNumberSet) {
  story.Agreement("B");
  story.SetCustomerNumber("A", "");
  story.Record({{.id = "t1", .when = "2026-01-01"}});
  story.At("2026-01-16");
  story.Move("c1", "B");
  story.DeleteAgreement("A");
  story.At("2026-02-01");
  EXPECT_THAT(Create("2026-01-01", "2026-02-01"), ::testing::StartsWith("FAILED_PRECONDITION CUSTOMER_NUMBER_MISSING"));
  story.SetCustomerNumber("A", "419");
  EXPECT_EQ(story.Lines("A", "2026-01-01", "2026-02-01"),
            "accounting 2026-01-01 423.00 15/31 204.68; scan 2026-01-01 2.00 x1 2.00");
  EXPECT_EQ(story.Record({{.id = "t2", .when = "2026-01-15"}}), "RECORDED 2026-01-15");
  story.At("2026-03-01");
  EXPECT_EQ(story.Lines("A", "2026-02-01", "2026-03-01"), "scan 2026-01-01 2.00 x1 of 2026-01 2.00");
}

TEST_F(OrderBasisVectorsTest, AValidateOnlyCreationAnswersTheDocumentAndCreatesNone) {
  story.Record({{.when = "2026-01-01"}});
  story.At("2026-02-01");
  const auto checked =
      story.Do(&Agreements::CreateOrderBasis,
               "agreement_id: '$A' from_day: '2026-01-01' until_day: '2026-02-01' validate_only: true");
  EXPECT_EQ(checked.order_basis().order_basis_id(), "");
  EXPECT_EQ(checked.order_basis().digest(), story.Preview("A").digest());
  EXPECT_EQ(story.PricedUntil("accounting"), "");
  EXPECT_TRUE(story.Documents(/*show_empty=*/true).empty());
}

}  // namespace
}  // namespace agreements::testing
