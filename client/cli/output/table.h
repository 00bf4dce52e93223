// Tables that fit a terminal.
#ifndef AGREEMENTS_CLIENT_CLI_OUTPUT_TABLE_H_
#define AGREEMENTS_CLIENT_CLI_OUTPUT_TABLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace agreements::cli {

// COLUMNS, or what the terminal on standard output says, or 80.
int TerminalWidth();

// Whether output to this file descriptor may have colours: a terminal, and neither NO_COLOR nor TERM=dumb.
bool HasColours(int file);

// How many columns of a terminal UTF-8 text takes: two for wide characters, none for combining ones.
int DisplayWidth(absl::string_view text);

// The beginning of the text that fits, with "…" for the rest.
std::string Shortened(absl::string_view text, int width);

// Breaks at spaces, and words that do not fit anywhere. Lines without their ends.
std::vector<std::string> Wrapped(absl::string_view text, int width);

struct TableColumn {
  std::string name;  // As the proto has it: "display_name". Its words stand one below the other where that is narrower.
  bool right = false;  // Numbers.
  bool whole = true;   // Never shortened: half an id is none.
  bool list = false;   // Several, separated by ", ", and shortened between them.
  int importance = 0;  // The least important one goes first when there is no room. The greatest never goes.
};

// Columns that have nothing are left out. Then texts are shortened, to ten at the least, and then columns go.
class TableLayout {
 public:
  // The widths are those of these rows.
  TableLayout(const std::vector<TableColumn>& columns, const std::vector<std::vector<std::string>>& rows, int width);

  // With the end of the line.
  std::string Header() const;
  // A row has as many cells as there are columns. Cells of later rows are shortened if they are wider.
  std::string Row(const std::vector<std::string>& cells) const;

 private:
  struct Shown {
    size_t index;
    int width;
    std::vector<std::string> header;  // Its lines.
  };

  void Shrink(int width);
  void ShrinkWidest();
  int Excess(int width) const;

  std::vector<TableColumn> columns_;
  std::vector<Shown> shown_;
};

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_OUTPUT_TABLE_H_
