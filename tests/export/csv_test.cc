#include "client/cli/export/csv.h"

#include <gtest/gtest.h>

#include "tests/export/csv_reader.h"

namespace agreements::cli {
namespace {

TEST(TextCell, IsTheTextItself) {
  for (const char* text : {"", "Viddas Gruppe", "Ærlig Øystein Åsen", "A=B", "1-2", "3+4", "bjørn@example", "'sitat'",
                           "100 %", "–16", " Blank", "\u00a0Blank"}) {
    EXPECT_EQ(TextCell(text), text);
  }
}

TEST(TextCell, BeginsWithAnApostropheWhereASpreadsheetWouldTakeItForAFormula) {
  for (const char* text : {"=1+1",
                           "+47 Regnskap AS",
                           "-2",
                           "@SUM(A1)",
                           "\tTab",
                           "\r=1",
                           "\n=1",
                           "=cmd|' /C calc'!A0",
                           "\uff1d1+1",
                           "\uff0b1",
                           "\uff0d1",
                           "\uff20SUM(A1)",
                           "\u22121",
                           " =1",
                           "   +1",
                           "\u00a0=1",
                           "\u3000\uff1d1",
                           "\ufeff=1",
                           " \u200b @A1",
                           " \t=1"}) {
    EXPECT_EQ(TextCell(text), "'" + std::string(text));
  }
}

TEST(IdentifierCell, StaysAsItIs) {
  for (const char* identifier : {"", "00417", "0", "-417", "K-17", "accounting", "invoice:e", "v1.2_a"}) {
    EXPECT_EQ(IdentifierCell(identifier), identifier);
  }
}

TEST(IdentifierCell, IsATextIfItHasOtherCharacters) {
  EXPECT_EQ(IdentifierCell("=1"), "'=1");
  EXPECT_EQ(IdentifierCell("-1+cmd|' /C calc'!A0"), "'-1+cmd|' /C calc'!A0");
  EXPECT_EQ(IdentifierCell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(IdentifierCell("K 17"), "K 17");
}

TEST(CsvLine, HasSemicolonsBetweenItsCells) {
  EXPECT_EQ(CsvLine({"a"}), "a");
  EXPECT_EQ(CsvLine({"a", "", "ø"}), "a;;ø");
  EXPECT_EQ(CsvLine({"", ""}), ";");
}

TEST(CsvLine, QuotesWhatAReaderWouldTakeForSomethingElse) {
  EXPECT_EQ(CsvLine({"a;b", "c"}), R"("a;b";c)");
  EXPECT_EQ(CsvLine({R"(say "hi")"}), R"("say ""hi""")");
  EXPECT_EQ(CsvLine({"a\nb", "a\rb", "a\r\nb"}), "\"a\nb\";\"a\rb\";\"a\r\nb\"");
  EXPECT_EQ(CsvLine({" a", "a ", "a b"}), R"(" a";"a ";a b)");
  EXPECT_EQ(CsvLine({"\"", "\"\"", ";"}), R"("""";"""""";";")");
  EXPECT_EQ(CsvLine({"a,b", "218,32"}), "a,b;218,32");
}

TEST(CsvLine, IsReadAsItWasWritten) {
  const std::vector<std::string> cells = {"\"", "a\"b", ";;",         "\r\n",           "\n\n",
                                          " ",  "",     "\"quoted\"", "Ånes; \"Sønn\"", "'"};
  EXPECT_EQ(testing::ReadCsv("\ufeff" + CsvLine(cells)), testing::Table{cells});
}

}  // namespace
}  // namespace agreements::cli
