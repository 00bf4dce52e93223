#include "client/cli/export/line_text.h"

#include <gtest/gtest.h>

#include "tests/export/documents.h"

namespace agreements::cli {
namespace {

using testing::LicenseLine;
using testing::OctoberDocument;
using testing::TransactionLine;

const char kId[] = "ord-1m84e76f91jab764";

v1::OrderBasis Document(const std::string& from_day, const std::string& until_day) {
  v1::OrderBasis document = OctoberDocument(kId);
  document.set_from_day(from_day);
  document.set_until_day(until_day);
  return document;
}

TEST(LineText, TellsUserDaysOfTheMonthAndTheirPrice) {
  EXPECT_EQ(LineText(OctoberDocument(kId), LicenseLine("Regnskap", "423.00", 16, "218.32")),
            "Regnskap oktober 2026: 16 brukerdager av 31 à 423,00");
  EXPECT_EQ(LineText(OctoberDocument(kId), LicenseLine("Lønn", "0.125", 1, "0.00")),
            "Lønn oktober 2026: 1 brukerdag av 31 à 0,125");
}

TEST(LineText, TellsPieces) {
  EXPECT_EQ(LineText(OctoberDocument(kId), TransactionLine("EHF-faktura", "0.52", 1200, "624.00")),
            "EHF-faktura oktober 2026: 1200 stk. à 0,52");
  EXPECT_EQ(LineText(OctoberDocument(kId), TransactionLine("EHF-faktura", "1000000.00", 1'000'000'000, "0.00")),
            "EHF-faktura oktober 2026: 1000000000 stk. à 1000000,00");
}

// T3
TEST(LineText, TellsTheMonthOfTransactionsThatArrivedLate) {
  EXPECT_EQ(LineText(OctoberDocument(kId), TransactionLine("EHF-faktura", "0.52", 40, "20.80", "2026-09")),
            "EHF-faktura fra september 2026: 40 stk. à 0,52");
  EXPECT_EQ(LineText(OctoberDocument(kId), TransactionLine("EHF-faktura", "0.52", 40, "20.80", "2025-12")),
            "EHF-faktura fra desember 2025: 40 stk. à 0,52");
}

// O2: a part settlement.
TEST(LineText, TellsTheDaysOfAPartOfAMonth) {
  const auto text = [](const std::string& from_day, const std::string& until_day) {
    return LineText(Document(from_day, until_day), LicenseLine("Regnskap", "423.00", 7, "0.00"));
  };
  EXPECT_EQ(text("2026-10-01", "2026-10-16"), "Regnskap 1.–15. oktober 2026: 7 brukerdager av 31 à 423,00");
  EXPECT_EQ(text("2026-10-16", "2026-11-01"), "Regnskap 16.–31. oktober 2026: 7 brukerdager av 31 à 423,00");
  EXPECT_EQ(text("2026-10-16", "2026-10-17"), "Regnskap 16. oktober 2026: 7 brukerdager av 31 à 423,00");
  EXPECT_EQ(text("2024-02-01", "2024-03-01"), "Regnskap februar 2024: 7 brukerdager av 31 à 423,00");
}

TEST(LineText, HasAllMonthsInNorwegian) {
  std::string months;
  for (int month = 1; month <= 12; ++month) {
    const std::string day = "2026-" + std::string(month < 10 ? "0" : "") + std::to_string(month) + "-01";
    const std::string text = LineText(Document(day, day), TransactionLine("", "1.00", 1, "1.00", day.substr(0, 7)));
    months += text.substr(5, text.find(" 2026") - 5) + " ";
  }
  EXPECT_EQ(months, "januar februar mars april mai juni juli august september oktober november desember ");
}

}  // namespace
}  // namespace agreements::cli
