#include "client/cli/output/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "absl/strings/str_split.h"

namespace agreements::cli {
namespace {

using ::testing::ElementsAre;

using Rows = std::vector<std::vector<std::string>>;

std::string Printed(const std::vector<TableColumn>& columns, const Rows& rows, int width) {
  const TableLayout layout(columns, rows, width);
  std::string text = layout.Header();
  for (const auto& row : rows) text += layout.Row(row);
  for (const auto& line : absl::StrSplit(text, '\n')) EXPECT_LE(DisplayWidth(line), width) << line;
  return text;
}

std::vector<TableColumn> Columns() {
  return {{.name = "agreement_id", .importance = 9},
          {.name = "display_name", .whole = false, .importance = 8},
          {.name = "company_count", .right = true, .importance = 7},
          {.name = "settled_until", .importance = 6}};
}

TEST(TableTest, NumbersStandAtTheRightAndNamesOverWhatIsNarrow) {
  EXPECT_EQ(Printed(Columns(),
                    {{"agr-1", "Fjordkraft Økonomi", "3", "2026-11-01"}, {"agr-22", "Ål", "12", "2026-11-01"}}, 80),
            "AGREEMENT                      COMPANY  SETTLED\n"
            "ID         DISPLAY_NAME          COUNT  UNTIL\n"
            "agr-1      Fjordkraft Økonomi        3  2026-11-01\n"
            "agr-22     Ål                       12  2026-11-01\n");
}

TEST(TableTest, TextsAreShortenedBeforeColumnsGo) {
  const Rows rows = {{"agr-1", "Fjordkraft Økonomi og Regnskap", "3", "2026-11-01"}};
  EXPECT_EQ(Printed(Columns(), rows, 50),
            "AGREEMENT                      COMPANY  SETTLED\n"
            "ID         DISPLAY_NAME          COUNT  UNTIL\n"
            "agr-1      Fjordkraft Økonom…        3  2026-11-01\n");
  // The least important one goes first.
  EXPECT_EQ(Printed(Columns(), rows, 30),
            "AGREEMENT  DISPLAY     COMPANY\n"
            "ID         NAME          COUNT\n"
            "agr-1      Fjordkraf…        3\n");
}

TEST(TableTest, IdsAreNeverShortened) {
  const std::vector<TableColumn> columns = {{.name = "id", .importance = 2}, {.name = "other_id", .importance = 1}};
  EXPECT_EQ(Printed(columns, {{"agr-1m8b7dxkrsxgjksb", "cmp-1m8b7dxkrsxgjksb"}}, 30), "ID\nagr-1m8b7dxkrsxgjksb\n");
}

TEST(TableTest, ListsAreShortenedBetweenTheirItems) {
  const std::vector<TableColumn> columns = {{.name = "ids", .whole = false, .list = true}};
  EXPECT_EQ(Printed(columns, {{"cmp-1m8b7dxkrsxgjks1, cmp-1m8b7dxkrsxgjks2, cmp-1m8b7dxkrsxgjks3"}}, 50),
            "IDS\ncmp-1m8b7dxkrsxgjks1, cmp-1m8b7dxkrsxgjks2, …\n");
}

TEST(TableTest, ColumnsThatAreEmptyAreLeftOut) {
  EXPECT_EQ(Printed(Columns(), {{"agr-1", "", "", "2026-11-01"}}, 80),
            "AGREEMENT  SETTLED\n"
            "ID         UNTIL\n"
            "agr-1      2026-11-01\n");
}

TEST(TableTest, LaterRowsAreFittedIntoTheLayout) {
  const TableLayout layout(Columns(), {{"agr-1", "Kort navn AS", "3", "2026-11-01"}}, 80);
  EXPECT_EQ(layout.Row({"agr-2", "Et navn som er lengre", "4", "2026-11-01"}),
            "agr-2      Et navn som…        4  2026-11-01\n");
}

TEST(TableTest, WidthIsWhatATerminalShows) {
  EXPECT_EQ(DisplayWidth("Ærlig Ål"), 8);
  EXPECT_EQ(DisplayWidth("日本"), 4);
  EXPECT_EQ(DisplayWidth("a\xcc\x8a"), 1);  // å as a and a ring.
  EXPECT_EQ(DisplayWidth("\xf0\x9f\x98\x80"), 2);
  EXPECT_EQ(Shortened("日本語", 4), "日…");
  EXPECT_EQ(Shortened("日本", 4), "日本");
}

TEST(TableTest, BrokenUtf8IsShownAndEnds) {
  EXPECT_EQ(DisplayWidth("\xe6"), 1);
  EXPECT_EQ(Shortened("\xe6\xe6\xe6\xe6", 1), "…");
}

TEST(TableTest, TextIsWrappedAtSpaces) {
  EXPECT_THAT(Wrapped("Ærlig talt frisør", 11), ElementsAre("Ærlig talt", "frisør"));
  EXPECT_THAT(Wrapped("a 0123456789abc", 8), ElementsAre("a", "01234567", "89abc"));
  EXPECT_THAT(Wrapped("", 8), ElementsAre(""));
}

TEST(TableTest, ColumnsSayHowWideTheTerminalIs) {
  ASSERT_EQ(setenv("COLUMNS", "132", 1), 0);
  EXPECT_EQ(TerminalWidth(), 132);
  ASSERT_EQ(unsetenv("COLUMNS"), 0);
}

}  // namespace
}  // namespace agreements::cli
