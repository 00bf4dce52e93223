// domain.md B4, B5 and B9: prices and amounts, over the network.
#include "absl/strings/str_cat.h"
#include "tests/vectors/billing_story.h"

namespace agreements::testing {
namespace {

class PriceVectorsTest : public BillingStoryTest {
 protected:
  PriceVectorsTest() {
    story.Agreement("A");
    story.Agreement("B");
    story.Company("A", "c1");
  }

  // A month of one company, in which the product is used `quantity` times on the first.
  std::string LinesOfPieces(const std::string& unit_price, int64_t quantity) {
    story.PerPiece("scan", {{"2026-01-01", unit_price}});
    story.Record({{.when = "2026-01-01", .quantity = quantity}});
    story.At("2026-02-01");
    return story.Lines("A", "2026-01-01", "2026-02-01");
  }
};

TEST_F(PriceVectorsTest, B4HalvesAreRoundedAwayFromZero) {
  story.PerPiece("a", {{"2026-01-01", "0.005"}});
  story.PerPiece("b", {{"2026-01-01", "0.0049"}});
  story.PerPiece("c", {{"2026-01-01", "0.025"}});
  story.PerPiece("d", {{"2026-01-01", "0.1249"}});
  story.License("e", {{"2026-01-01", "0.155"}});
  for (const char* product : {"a", "b", "c", "d"}) {
    story.Record({{.id = product, .when = "2026-01-01", .product = product}});
  }
  story.Grant("c1", "u1", "e");
  story.Revoke("c1", "u1", "e");
  EXPECT_EQ(story.January("A"),
            "e 2026-01-01 0.155 1/31 0.01; a 2026-01-01 0.005 x1 0.01; b 2026-01-01 0.0049 x1 0.00; "
            "c 2026-01-01 0.025 x1 0.03; d 2026-01-01 0.1249 x1 0.12");
}

TEST_F(PriceVectorsTest, B5APriceThatChangesWithinTheMonthMakesTwoLines) {
  story.License("accounting", {{"2026-01-01", "423.00"}, {"2026-01-16", "450.00"}});
  story.Grant("c1", "u1", "accounting");
  story.At("2026-02-01");
  const v1::OrderBasis document = story.Settle("A", "2026-02-01");
  EXPECT_EQ(LinesText(document),
            "accounting 2026-01-01 423.00 15/31 204.68; accounting 2026-01-16 450.00 16/31 232.26");
  EXPECT_EQ(document.total_amount(), "436.94");
  EXPECT_EQ(story.Explain(document, 1), "u1 15: c1 2026-01-01 - 2026-01-16");
  EXPECT_EQ(story.Explain(document, 2), "u1 16: c1 2026-01-16 - 2026-02-01");
}

TEST_F(PriceVectorsTest, B5PricedUntilIsTheDayAfterTheLastOneThatADocumentPriced) {
  story.License("accounting");
  story.PerPiece("scan");
  story.License("payroll");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-01-10");
  story.Revoke("c1", "u1", "accounting");
  story.Record({{.when = "2026-01-04"}});
  EXPECT_EQ(story.PricedUntil("accounting"), "");
  story.At("2026-02-01");
  story.Preview("A");
  EXPECT_EQ(story.PricedUntil("accounting"), "");
  story.Settle("A", "2026-02-01");
  EXPECT_EQ(story.PricedUntil("accounting"), "2026-01-11");
  EXPECT_EQ(story.PricedUntil("scan"), "2026-01-05");
  EXPECT_EQ(story.PricedUntil("payroll"), "");
}

TEST_F(PriceVectorsTest, B5PricedUntilNeverGoesBack) {
  story.License("accounting");
  story.Company("B", "c2");
  story.Grant("c1", "u1", "accounting");
  story.Grant("c2", "u1", "accounting");
  story.At("2026-01-05");
  story.Revoke("c2", "u1", "accounting");
  story.At("2026-02-01");
  story.Settle("A", "2026-02-01");
  EXPECT_EQ(story.PricedUntil("accounting"), "2026-02-01");
  story.Settle("B", "2026-02-01");
  EXPECT_EQ(story.PricedUntil("accounting"), "2026-02-01");
}

TEST_F(PriceVectorsTest, B5APriceThatADocumentUsedDoesNotChange) {
  story.License("accounting", {{"2026-01-01", "423.00"}});
  story.Grant("c1", "u1", "accounting");
  story.At("2026-01-10");
  story.Revoke("c1", "u1", "accounting");
  story.At("2026-02-01");
  story.Settle("A", "2026-02-01");
  for (const char* day : {"2026-01-01", "2026-01-10"}) {
    EXPECT_EQ(story.Try(&Agreements::SetPrice,
                        absl::StrCat("product_id: 'accounting' valid_from: '", day, "' unit_price: '1.00'")),
              absl::StrCat("FAILED_PRECONDITION PRICE_IN_USE priced_until=2026-01-11 product_id=accounting valid_from=",
                           day, "; PreconditionFailure PRICE_IN_USE accounting"));
  }
  story.Price("accounting", "2026-01-11", "450.00");
}

TEST_F(PriceVectorsTest, B5DaysBeforeTheFirstVersionCanBeFilled) {
  story.License("accounting", {{"2026-01-16", "423.00"}});
  story.At("2026-01-16");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-02-01");
  story.Settle("A", "2026-02-01");
  story.Price("accounting", "2025-12-01", "400.00");
  EXPECT_THAT(story.Try(&Agreements::SetPrice, "product_id: 'accounting' valid_from: '2026-01-01' unit_price: '1.00'"),
              ::testing::StartsWith("FAILED_PRECONDITION PRICE_IN_USE"));
  EXPECT_THAT(story.Try(&Agreements::SetPrice, "product_id: 'accounting' valid_from: '2025-12-01' unit_price: '1.00'"),
              ::testing::StartsWith("FAILED_PRECONDITION PRICE_IN_USE"));
}

TEST_F(PriceVectorsTest, B5ACountedDayWithoutAPriceRefusesTheDocument) {
  story.License("accounting", {{"2026-01-16", "423.00"}});
  story.At("2026-01-05");
  story.Grant("c1", "u1", "accounting");
  story.At("2026-02-01");
  const std::string missing =
      "FAILED_PRECONDITION PRICE_MISSING day=2026-01-05 product_id=accounting; "
      "PreconditionFailure PRICE_MISSING accounting";
  EXPECT_EQ(story.Try(&Agreements::PreviewOrderBasis, "agreement_id: '$A'"), missing);
  EXPECT_EQ(
      story.Try(&Agreements::CreateOrderBasis, "agreement_id: '$A' from_day: '2026-01-01' until_day: '2026-02-01'"),
      missing);
  story.Price("accounting", "2026-01-05", "400.00");
  EXPECT_EQ(story.Lines("A", "2026-01-01", "2026-02-01"),
            "accounting 2026-01-05 400.00 11/31 141.94; accounting 2026-01-16 423.00 16/31 218.32");
}

TEST_F(PriceVectorsTest, B5ATransactionWithoutAPriceRefusesTheDocument) {
  story.PerPiece("scan", {{"2026-01-16", "2.00"}});
  story.At("2026-02-01");
  story.Record({{.id = "t1", .when = "2026-01-15"}, {.id = "t2", .when = "2026-01-20"}});
  EXPECT_EQ(story.Try(&Agreements::PreviewOrderBasis, "agreement_id: '$A'"),
            "FAILED_PRECONDITION PRICE_MISSING day=2026-01-15 product_id=scan; PreconditionFailure PRICE_MISSING scan");
}

TEST_F(PriceVectorsTest, B9AFreeProductStillGivesALine) {
  story.License("accounting", {{"2026-01-01", "0"}});
  story.Grant("c1", "u1", "accounting");
  story.At("2026-02-01");
  const v1::OrderBasis document = story.Settle("A", "2026-02-01");
  EXPECT_EQ(LinesText(document), "accounting 2026-01-01 0.00 31/31 0.00");
  EXPECT_EQ(document.total_amount(), "0.00");
}

TEST_F(PriceVectorsTest, B9ATotalIsTheSumOfItsRoundedLines) {
  story.PerPiece("scan", {{"2026-01-01", "0.005"}, {"2026-01-16", "0.0050"}});
  story.At("2026-02-01");
  story.Record({{.id = "t1", .when = "2026-01-15"}, {.id = "t2", .when = "2026-01-16"}});
  const v1::OrderBasis document = story.Settle("A", "2026-02-01");
  EXPECT_EQ(LinesText(document), "scan 2026-01-01 0.005 x1 0.01; scan 2026-01-16 0.005 x1 0.01");
  EXPECT_EQ(document.total_amount(), "0.02");
}

TEST_F(PriceVectorsTest, B9ThePriceAndTheQuantityAtTheirHighest) {
  EXPECT_EQ(LinesOfPieces("1000000", 1000000000), "scan 2026-01-01 1000000.00 x1000000000 1000000000000000.00");
}

TEST_F(PriceVectorsTest, B9APriceWithFourDecimalsAndABigQuantityAreExact) {
  EXPECT_EQ(LinesOfPieces("999999.9999", 999999999), "scan 2026-01-01 999999.9999 x999999999 999999998900000.00");
}

TEST_F(PriceVectorsTest, B9AnAmountOf19DigitsIsRefused) {
  story.PerPiece("scan", {{"2026-01-01", "1000000"}});
  story.At("2026-02-01");
  for (int i = 0; i < 9; ++i) {
    story.Record({{.id = absl::StrCat("t", i), .when = "2026-01-07", .quantity = 1000000000}});
  }
  EXPECT_EQ(story.Preview("A").total_amount(), "9000000000000000.00");
  story.Record({{.id = "t9", .when = "2026-01-07", .quantity = 1000000000}});
  const std::string too_large =
      "FAILED_PRECONDITION AMOUNT_TOO_LARGE agreement_id=$A product_id=scan; PreconditionFailure AMOUNT_TOO_LARGE $A";
  EXPECT_EQ(story.Try(&Agreements::PreviewOrderBasis, "agreement_id: '$A'"), too_large);
  EXPECT_EQ(
      story.Try(&Agreements::CreateOrderBasis, "agreement_id: '$A' from_day: '2026-01-01' until_day: '2026-02-01'"),
      too_large);
  EXPECT_EQ(story.SettledUntil("A"), "2026-01-01");
}

TEST_F(PriceVectorsTest, B9ATotalOf19DigitsIsRefused) {
  story.At("2026-02-01");
  for (const char* product : {"a", "b"}) {
    story.PerPiece(product, {{"2026-01-01", "1000000"}});
    for (int i = 0; i < 5; ++i) {
      story.Record(
          {{.id = absl::StrCat(product, i), .when = "2026-01-07", .quantity = 1000000000, .product = product}});
    }
  }
  EXPECT_EQ(story.Try(&Agreements::PreviewOrderBasis, "agreement_id: '$A'"),
            "FAILED_PRECONDITION AMOUNT_TOO_LARGE agreement_id=$A; PreconditionFailure AMOUNT_TOO_LARGE $A");
}

}  // namespace
}  // namespace agreements::testing
