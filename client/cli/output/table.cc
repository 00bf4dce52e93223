#include "client/cli/output/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace agreements::cli {
namespace {

constexpr int kDefaultWidth = 80;
constexpr int kLeastText = 10;
constexpr int kLeastList = 23;  // An id, and that there are more.
constexpr char kSeparator[] = ", ";
constexpr int kGap = 2;
constexpr size_t kHeaderLines = 3;
constexpr char kEllipsis[] = "…";

struct Range {
  uint32_t first;
  uint32_t last;
};
// Characters that stand on the one before them, or have no width.
constexpr Range kNarrow[] = {{0x0300, 0x036f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f},
                             {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
// East Asian wide ones, and most emoji.
constexpr Range kWide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},  {0xac00, 0xd7a3},
                           {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
                           {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

template <size_t size>
bool IsIn(uint32_t point, const Range (&ranges)[size]) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [point](const Range& range) { return range.first <= point && point <= range.last; });
}

// The character at the beginning: its bytes, at least one, and what it takes.
struct Character {
  size_t bytes;
  int width;
};
Character FirstOf(absl::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const size_t bytes = std::min<size_t>(first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4, text.size());
  uint32_t point = bytes == 1 ? first : first & (0x7fU >> bytes);
  for (size_t i = 1; i < bytes; ++i) point = (point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  return {bytes, IsIn(point, kNarrow) ? 0 : IsIn(point, kWide) ? 2 : 1};
}

// The bytes that fit.
size_t Fitting(absl::string_view text, int width) {
  size_t bytes = 0;
  while (bytes < text.size()) {
    const Character next = FirstOf(text.substr(bytes));
    if (next.width > width) break;
    width -= next.width;
    bytes += next.bytes;
  }
  return bytes;
}

// As many of a list as fit.
std::string ShortenedList(absl::string_view list, int width) {
  if (DisplayWidth(list) <= width) return std::string(list);
  std::string fitting;
  for (const absl::string_view one : absl::StrSplit(list, kSeparator)) {
    if (DisplayWidth(fitting) + DisplayWidth(one) + 3 > width) break;
    absl::StrAppend(&fitting, one, kSeparator);
  }
  return fitting + kEllipsis;
}

int LeastOf(const TableColumn& column) { return column.list ? kLeastList : kLeastText; }

std::string Spaces(int count) { return std::string(static_cast<size_t>(std::max(count, 0)), ' '); }

std::string Padded(absl::string_view text, int width, bool right) {
  const std::string fill = Spaces(width - DisplayWidth(text));
  return right ? absl::StrCat(fill, text) : absl::StrCat(text, fill);
}

// The words of a name in at most three lines, as narrow as they get, but no narrower than is of use.
std::vector<std::string> HeaderLines(absl::string_view name, int of_use) {
  const std::vector<std::string> words = absl::StrSplit(absl::AsciiStrToUpper(name), absl::ByAnyChar("_."));
  for (int width = of_use;; ++width) {
    std::vector<std::string> lines = {words.front()};
    for (size_t i = 1; i < words.size(); ++i) {
      if (static_cast<int>(lines.back().size() + 1 + words[i].size()) <= width) {
        absl::StrAppend(&lines.back(), "_", words[i]);
      } else {
        lines.push_back(words[i]);
      }
    }
    const bool fits = std::all_of(lines.begin(), lines.end(),
                                  [width](const std::string& line) { return static_cast<int>(line.size()) <= width; });
    if (fits && lines.size() <= kHeaderLines) return lines;
  }
}

}  // namespace

int TerminalWidth() {
  int width = 0;
  const char* variable = std::getenv("COLUMNS");
  if (variable != nullptr && absl::SimpleAtoi(variable, &width) && width > 0) return width;
  winsize size = {};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kDefaultWidth;
}

bool HasColours(int file) {
  const char* none = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(file) == 1 && (none == nullptr || *none == '\0') && terminal != nullptr &&
         absl::string_view(terminal) != "dumb";
}

int DisplayWidth(absl::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Character next = FirstOf(text);
    width += next.width;
    text.remove_prefix(next.bytes);
  }
  return width;
}

std::string Shortened(absl::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  return absl::StrCat(absl::StripTrailingAsciiWhitespace(text.substr(0, Fitting(text, width - 1))), kEllipsis);
}

std::vector<std::string> Wrapped(absl::string_view text, int width) {
  std::vector<std::string> lines = {""};
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    if (!lines.back().empty() && DisplayWidth(lines.back()) + 1 + DisplayWidth(word) > width) lines.emplace_back();
    while (lines.back().empty() && DisplayWidth(word) > width) {
      const size_t bytes = std::max<size_t>(Fitting(word, width), 1);
      lines.back() = std::string(word.substr(0, bytes));
      word.remove_prefix(bytes);
      lines.emplace_back();
    }
    absl::StrAppend(&lines.back(), lines.back().empty() ? "" : " ", word);
  }
  return lines;
}

TableLayout::TableLayout(const std::vector<TableColumn>& columns, const std::vector<std::vector<std::string>>& rows,
                         int width)
    : columns_(columns) {
  for (size_t c = 0; c < columns.size(); ++c) {
    int widest = 0;
    for (const auto& row : rows) widest = std::max(widest, DisplayWidth(row[c]));
    if (widest == 0) continue;
    Shown shown = {c, widest, HeaderLines(columns[c].name, widest)};
    for (const std::string& line : shown.header) shown.width = std::max(shown.width, DisplayWidth(line));
    shown_.push_back(std::move(shown));
  }
  Shrink(width);
}

int TableLayout::Excess(int width) const {
  int sum = -kGap;
  for (const Shown& shown : shown_) sum += shown.width + kGap;
  return sum - width;
}

// By one column of the terminal, of those that can.
void TableLayout::ShrinkWidest() {
  const auto spare_of = [this](const Shown& shown) {
    const TableColumn& column = columns_[shown.index];
    return column.whole || shown.width <= LeastOf(column) ? 0 : shown.width;
  };
  Shown& widest = *std::max_element(shown_.begin(), shown_.end(),
                                    [&](const Shown& a, const Shown& b) { return spare_of(a) < spare_of(b); });
  --widest.width;
  widest.header = HeaderLines(columns_[widest.index].name, widest.width);
}

void TableLayout::Shrink(int width) {
  while (Excess(width) > 0) {
    // As much as texts can give, the widest first.
    int spare = 0;
    for (const Shown& shown : shown_) {
      const TableColumn& column = columns_[shown.index];
      if (!column.whole) spare += std::max(shown.width - LeastOf(column), 0);
    }
    if (spare >= Excess(width)) {
      while (Excess(width) > 0) ShrinkWidest();
      return;
    }
    if (shown_.size() == 1) return;
    shown_.erase(std::min_element(shown_.begin(), shown_.end(), [this](const Shown& a, const Shown& b) {
      return columns_[a.index].importance < columns_[b.index].importance;
    }));
  }
}

std::string TableLayout::Header() const {
  size_t lines = 0;
  for (const Shown& shown : shown_) lines = std::max(lines, shown.header.size());
  std::string text;
  for (size_t line = 0; line < lines; ++line) {
    std::string row;
    for (const Shown& shown : shown_) {
      // They stand on the rows.
      const size_t above = lines - shown.header.size();
      const std::string word = line < above ? "" : Shortened(shown.header[line - above], shown.width);
      absl::StrAppend(&row, Padded(word, shown.width, columns_[shown.index].right), Spaces(kGap));
    }
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(row), "\n");
  }
  return text;
}

std::string TableLayout::Row(const std::vector<std::string>& cells) const {
  std::string row;
  for (const Shown& shown : shown_) {
    const TableColumn& column = columns_[shown.index];
    const std::string& cell = cells[shown.index];
    const std::string fitting = column.whole  ? cell
                                : column.list ? ShortenedList(cell, shown.width)
                                              : Shortened(cell, shown.width);
    absl::StrAppend(&row, Padded(fitting, shown.width, column.right), Spaces(kGap));
  }
  return absl::StrCat(absl::StripTrailingAsciiWhitespace(row), "\n");
}

}  // namespace agreements::cli
