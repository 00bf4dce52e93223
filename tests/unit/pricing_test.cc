#include "server/rules/pricing.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/errors.h"

namespace agreements::rules {
namespace {

using Day = absl::CivilDay;

constexpr Days kJanuary = {.from = Day(2026, 1, 1), .until = Day(2026, 2, 1)};
constexpr uint32_t kAllOfJanuary = 0x7fffffff;

v1::Product Product(const std::string& product_id, v1::ProductKind kind) {
  v1::Product product;
  product.set_product_id(product_id);
  product.set_display_name(product_id);
  product.set_kind(kind);
  return product;
}

std::vector<v1::Price> Prices(const std::vector<std::pair<std::string, std::string>>& versions) {
  std::vector<v1::Price> prices;
  for (const auto& [valid_from, unit_price] : versions) {
    prices.emplace_back().set_valid_from(valid_from);
    prices.back().set_unit_price(unit_price);
  }
  return prices;
}

// "accounting 2026-01-01 42/31 573.10; ...", numbered and with the total.
std::string Text(const v1::OrderBasis& order_basis) {
  std::string text;
  for (const v1::OrderBasisLine& line : order_basis.lines()) {
    absl::StrAppend(&text, line.line_number(), " ", line.product_id(), " ", line.price_valid_from(), " ");
    if (line.kind() == v1::PRODUCT_KIND_LICENSE) {
      absl::StrAppend(&text, line.user_days(), "/", line.days_in_month());
    } else {
      absl::StrAppend(&text, line.quantity());
    }
    absl::StrAppend(&text, line.original_month().empty() ? "" : " of ", line.original_month(), " ", line.amount(),
                    "; ");
  }
  return absl::StrCat(text, "total ", order_basis.total_amount());
}

// Of one product.
std::string LinesText(const Charges& charges, const v1::Product& product, const std::vector<v1::Price>& prices) {
  const auto lines = charges.LinesOf(product, prices, "agr-1");
  v1::OrderBasis order_basis;
  absl::Status status = lines.ok() ? SetLines(*lines, order_basis) : lines.status();
  return status.ok() ? Text(order_basis) : std::string(status.message());
}

TEST(PricingTest, B4AmountsAreRoundedOnceAndHalfAwayFromZero) {
  EXPECT_EQ(Amount(42, 4230000, 31), 57310);  // 573.0967...
  EXPECT_EQ(Amount(1, 4230000, 30), 1410);    // 14.10
  EXPECT_EQ(Amount(1, 50, 1), 1);             // 0.005
  EXPECT_EQ(Amount(1, 49, 1), 0);             // 0.0049
  EXPECT_EQ(Amount(1, 150, 1), 2);            // 0.015
  EXPECT_EQ(Amount(1, 1550, 31), 1);          // Exactly half.
  EXPECT_EQ(Amount(1, 1549, 31), 0);          // Just less.
  EXPECT_EQ(Amount(0, 10'000'000'000, 1), 0);
}

TEST(PricingTest, B9AmountsOfMoreThan18DigitsAreRefused) {
  EXPECT_EQ(Amount(999'999'999'999'999'999, 100, 1), 999'999'999'999'999'999);
  EXPECT_EQ(Amount(1'000'000'000'000'000'000, 100, 1), std::nullopt);
  EXPECT_EQ(Amount(std::numeric_limits<int64_t>::max(), 10'000'000'000, 1), std::nullopt);
}

TEST(PricingTest, B4UserDaysAreAFractionOfTheMonth) {
  Charges charges(kJanuary);
  charges.AddUsers("accounting", kAllOfJanuary, 1);
  charges.AddUsers("accounting", 0b11111111111, 1);
  EXPECT_EQ(LinesText(charges, Product("accounting", v1::PRODUCT_KIND_LICENSE), Prices({{"2025-01-01", "423.00"}})),
            "1 accounting 2025-01-01 42/31 573.10; total 573.10");
}

TEST(PricingTest, B5ADayIsPricedByTheVersionInForce) {
  Charges charges(kJanuary);
  charges.AddUsers("accounting", kAllOfJanuary, 1);
  EXPECT_EQ(LinesText(charges, Product("accounting", v1::PRODUCT_KIND_LICENSE),
                      Prices({{"2025-06-01", "399.00"}, {"2026-01-01", "423.00"}, {"2026-01-16", "450.00"}})),
            "1 accounting 2026-01-01 15/31 204.68; 2 accounting 2026-01-16 16/31 232.26; total 436.94");
}

TEST(PricingTest, B5ADayWithoutPriceIsNamed) {
  Charges charges(kJanuary);
  charges.AddUsers("accounting", 0b1110, 1);
  const v1::Product product = Product("accounting", v1::PRODUCT_KIND_LICENSE);
  EXPECT_EQ(LinesText(charges, product, Prices({{"2026-01-03", "423.00"}})),
            "Product accounting has no price on 2026-01-02.");
  EXPECT_EQ(LinesText(charges, product, {}), "Product accounting has no price on 2026-01-02.");
}

TEST(PricingTest, T3LateTransactionsHaveLinesOfTheirOwnByMonth) {
  Charges charges({.from = Day(2026, 1, 16), .until = Day(2026, 2, 1)});
  charges.AddTransactions("scan", Day(2026, 1, 20), 1);
  charges.AddTransactions("scan", Day(2026, 1, 15), 20);
  charges.AddTransactions("scan", Day(2025, 12, 31), 300);
  charges.AddTransactions("scan", Day(2025, 12, 1), 4000);
  EXPECT_EQ(LinesText(charges, Product("scan", v1::PRODUCT_KIND_TRANSACTION),
                      Prices({{"2025-01-01", "1.00"}, {"2025-12-15", "2.00"}})),
            "1 scan 2025-12-15 1 2.00; 2 scan 2025-01-01 4000 of 2025-12 4000.00; "
            "3 scan 2025-12-15 300 of 2025-12 600.00; 4 scan 2025-12-15 20 of 2026-01 40.00; total 4642.00");
}

TEST(PricingTest, B9ALineOfNothingIsALine) {
  Charges charges(kJanuary);
  charges.AddTransactions("scan", Day(2026, 1, 20), 7);
  EXPECT_EQ(LinesText(charges, Product("scan", v1::PRODUCT_KIND_TRANSACTION), Prices({{"2025-01-01", "0.00"}})),
            "1 scan 2025-01-01 7 0.00; total 0.00");
}

TEST(PricingTest, B9ATotalOfMoreThan18DigitsIsRefused) {
  std::vector<v1::OrderBasisLine> lines(2);
  for (v1::OrderBasisLine& line : lines) line.set_amount("9999999999999999.99");
  v1::OrderBasis order_basis;
  EXPECT_EQ(ReasonOf(SetLines(lines, order_basis)), v1::ERROR_REASON_AMOUNT_TOO_LARGE);
}

TEST(PricingTest, O2ADocumentLiesInOneMonth) {
  EXPECT_TRUE(CheckPeriod(kJanuary).ok());
  EXPECT_TRUE(CheckPeriod({.from = Day(2026, 1, 31), .until = Day(2026, 2, 1)}).ok());
  EXPECT_EQ(ReasonOf(CheckPeriod({.from = Day(2026, 1, 31), .until = Day(2026, 2, 2)})),
            v1::ERROR_REASON_PERIOD_SPANS_MONTHS);
}

TEST(PricingTest, O7TheDaysOfALineAreThoseOfItsPriceWithinTheDocumentOrTheMonthBefore) {
  const auto prices = Prices({{"2025-12-10", "1.00"}, {"2026-01-20", "2.00"}, {"2026-01-25", "3.00"}});
  v1::OrderBasis order_basis;
  order_basis.set_from_day("2026-01-16");
  order_basis.set_until_day("2026-02-01");
  const auto days_of = [&](const std::string& valid_from, const std::string& original_month) {
    v1::OrderBasisLine line;
    line.set_price_valid_from(valid_from);
    line.set_original_month(original_month);
    const Days days = DaysOfLine(order_basis, line, prices);
    return absl::StrCat(absl::FormatCivilTime(days.from), " ", absl::FormatCivilTime(days.until));
  };
  EXPECT_EQ(days_of("2025-12-10", ""), "2026-01-16 2026-01-20");
  EXPECT_EQ(days_of("2026-01-20", ""), "2026-01-20 2026-01-25");
  EXPECT_EQ(days_of("2026-01-25", ""), "2026-01-25 2026-02-01");
  EXPECT_EQ(days_of("2025-12-10", "2025-12"), "2025-12-10 2026-01-01");
  EXPECT_EQ(days_of("2025-12-10", "2026-01"), "2026-01-01 2026-01-16");
}

}  // namespace
}  // namespace agreements::rules
