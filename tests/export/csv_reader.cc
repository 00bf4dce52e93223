#include "tests/export/csv_reader.h"

#include <regex>
#include <stdexcept>

namespace agreements::testing {

Table ReadCsv(const std::string& content) {
  const std::string mark = "\ufeff";
  if (content.compare(0, mark.size(), mark) != 0) throw std::runtime_error("no byte order mark");
  Table table = {{""}};
  enum { kPlain, kQuoted, kAfterQuotes } state = kPlain;
  for (size_t i = mark.size(); i < content.size(); ++i) {
    const char c = content[i];
    std::string& cell = table.back().back();
    if (state == kQuoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < content.size() && content[i + 1] == '"') {
        cell += content[++i];
      } else {
        state = kAfterQuotes;
      }
    } else if (c == ';') {
      table.back().emplace_back();
      state = kPlain;
    } else if (c == '\n') {
      table.push_back({""});
      state = kPlain;
    } else if (c == '\r') {
      if (i + 1 == content.size() || content[i + 1] != '\n') throw std::runtime_error("a lone CR");
    } else if (c == '"' && state == kPlain && cell.empty()) {
      state = kQuoted;
    } else if (c == '"' || state == kAfterQuotes) {
      throw std::runtime_error("a quote within a cell");
    } else {
      cell += c;
    }
  }
  if (state == kQuoted) throw std::runtime_error("an open quote");
  return table;
}

int64_t ReadDecimalComma(const std::string& cell) {
  static const std::regex kAmount(R"((-?)(\d+),(\d\d))");
  std::smatch parts;
  if (!std::regex_match(cell, parts, kAmount)) throw std::runtime_error("no amount: '" + cell + "'");
  const int64_t hundredths = std::stoll(parts[2]) * 100 + std::stoll(parts[3]);
  return parts[1].length() > 0 ? -hundredths : hundredths;
}

}  // namespace agreements::testing
