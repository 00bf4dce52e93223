#include "proto/money.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace agreements {
namespace {

TEST(B5UnitPrice, IsReadInTenThousandths) {
  const std::vector<std::pair<const char*, int64_t>> vectors = {{"423.00", 4'230'000},
                                                                {"423", 4'230'000},
                                                                {"0.125", 1'250},
                                                                {"0.0001", 1},
                                                                {"0", 0},
                                                                {"0.0", 0},
                                                                {"0000005.5", 55'000},
                                                                {"1000000", kMaxUnitPrice},
                                                                {"999999.9999", kMaxUnitPrice - 1},
                                                                {"1000000.0000", kMaxUnitPrice}};
  for (const auto& [text, unit_price] : vectors) EXPECT_EQ(ParseUnitPrice(text), unit_price) << text;
}

TEST(B5UnitPrice, IsNothingElse) {
  for (const char* bad : {"",         ".",        ".5",    "5.",   "1.00000", "0.00001",   "1000000.0001", "1000001",
                          "00000005", "10000000", "-1",    "+1",   "1,5",     "1 000",     " 1",           "1 ",
                          "1e3",      "0x10",     "1.5.5", "1.-5", "NaN",     "423.00 kr", "\xd9\xa1"}) {
    EXPECT_FALSE(ParseUnitPrice(bad)) << bad;
  }
}

TEST(B5UnitPrice, IsWrittenWithTwoDecimalsOrThoseThatItHas) {
  EXPECT_EQ(FormatUnitPrice(4'230'000), "423.00");
  EXPECT_EQ(FormatUnitPrice(4'235'000), "423.50");
  EXPECT_EQ(FormatUnitPrice(1'250), "0.125");
  EXPECT_EQ(FormatUnitPrice(1'200), "0.12");
  EXPECT_EQ(FormatUnitPrice(1), "0.0001");
  EXPECT_EQ(FormatUnitPrice(0), "0.00");
  EXPECT_EQ(FormatUnitPrice(kMaxUnitPrice), "1000000.00");
}

TEST(B5UnitPrice, IsReadAsItWasWritten) {
  for (int64_t unit_price = 0; unit_price <= kMaxUnitPrice; unit_price += 9'999'991 - unit_price % 7) {
    EXPECT_EQ(ParseUnitPrice(FormatUnitPrice(unit_price)), unit_price);
  }
  for (int64_t unit_price = 0; unit_price <= 20'000; ++unit_price) {
    EXPECT_EQ(ParseUnitPrice(FormatUnitPrice(unit_price)), unit_price);
  }
}

TEST(B9Amount, IsWrittenInKronerAndTwoDecimals) {
  EXPECT_EQ(FormatAmount(57'310), "573.10");
  EXPECT_EQ(FormatAmount(0), "0.00");
  EXPECT_EQ(FormatAmount(5), "0.05");
  EXPECT_EQ(FormatAmount(999'999'999'999'999'999), "9999999999999999.99");
}

TEST(B9Amount, IsReadAsItWasWritten) {
  for (const int64_t amount : {int64_t{0}, int64_t{5}, int64_t{57'310}, int64_t{999'999'999'999'999'999}}) {
    EXPECT_EQ(ParseAmount(FormatAmount(amount)), amount);
  }
}

}  // namespace
}  // namespace agreements
