// Comma-separated values as Norwegians write them, with semicolons.
#ifndef AGREEMENTS_CLIENT_CLI_EXPORT_CSV_H_
#define AGREEMENTS_CLIENT_CLI_EXPORT_CSV_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace agreements::cli {

// A text that people wrote, as a cell. If a spreadsheet could take it for a formula, an apostrophe stands before it:
// that is so if it begins with one of = + - @ or their full-width forms, after spaces or not, or with a tab or the end
// of a line. A negative amount is no text.
std::string TextCell(absl::string_view text);

// A customer number or a product number, as a cell. It stays as it is, since the sales module looks it up: of letters,
// digits and "._:-" no formula can be made that calls anything. One with other characters is a text.
std::string IdentifierCell(absl::string_view identifier);

// Cells in one line, without its end. A cell with a semicolon, a quote, the end of a line, or a space at one of its
// ends stands in quotes (RFC 4180).
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_EXPORT_CSV_H_
