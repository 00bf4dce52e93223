#include "client/cli/export/csv.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace agreements::cli {
namespace {

constexpr absl::string_view kSeparator = ";";

// The ASCII characters, their full-width forms, and the minus sign that Norwegian spreadsheets write before a number.
constexpr std::array<absl::string_view, 12> kFormulaBeginnings = {
    "=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212"};

// Space, no-break space, ideographic space, zero-width space, byte order mark.
constexpr std::array<absl::string_view, 5> kBlanks = {" ", "\u00a0", "\u3000", "\u200b", "\ufeff"};

absl::string_view WithoutLeadingBlanks(absl::string_view text) {
  while (std::any_of(kBlanks.begin(), kBlanks.end(), [&](auto blank) { return absl::ConsumePrefix(&text, blank); })) {
  }
  return text;
}

bool LooksLikeFormula(absl::string_view text) {
  const absl::string_view visible = WithoutLeadingBlanks(text);
  return std::any_of(kFormulaBeginnings.begin(), kFormulaBeginnings.end(),
                     [&](auto beginning) { return absl::StartsWith(visible, beginning); });
}

bool NeedsQuotes(absl::string_view cell) {
  return cell.find_first_of(";\"\r\n") != absl::string_view::npos || absl::StartsWith(cell, " ") ||
         absl::EndsWith(cell, " ");
}

}  // namespace

std::string TextCell(absl::string_view text) { return absl::StrCat(LooksLikeFormula(text) ? "'" : "", text); }

std::string IdentifierCell(absl::string_view identifier) {
  const bool harmless = std::all_of(identifier.begin(), identifier.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("._:-", c);
  });
  return harmless ? std::string(identifier) : TextCell(identifier);
}

std::string CsvLine(const std::vector<std::string>& cells) {
  return absl::StrJoin(cells, kSeparator, [](std::string* line, const std::string& cell) {
    if (NeedsQuotes(cell)) {
      absl::StrAppend(line, "\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
    } else {
      line->append(cell);
    }
  });
}

}  // namespace agreements::cli
