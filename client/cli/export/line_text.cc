#include "client/cli/export/line_text.h"

#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "proto/days.h"

namespace agreements::cli {
namespace {

constexpr std::array<absl::string_view, 12> kMonths = {"januar",    "februar", "mars",     "april",
                                                       "mai",       "juni",    "juli",     "august",
                                                       "september", "oktober", "november", "desember"};

std::string Month(absl::CivilDay day) {
  return absl::StrCat(kMonths.at(static_cast<size_t>(day.month() - 1)), " ", day.year());
}

// "oktober 2026", "1.–15. oktober 2026" or "16. oktober 2026".
std::string Period(absl::CivilDay from, absl::CivilDay until) {
  const Days month = MonthOf(from);
  const absl::CivilDay last = until - 1;
  if (from == month.from && until == month.until) return Month(from);
  if (from == last) return absl::StrCat(from.day(), ". ", Month(from));
  return absl::StrCat(from.day(), ".–", last.day(), ". ", Month(from));
}

std::string PeriodOf(const v1::OrderBasis& document, const v1::OrderBasisLine& line) {
  if (!line.original_month().empty()) return absl::StrCat("fra ", Month(ParseDay(line.original_month() + "-01")));
  return Period(ParseDay(document.from_day()), ParseDay(document.until_day()));
}

std::string Quantity(const v1::OrderBasisLine& line) {
  if (line.kind() == v1::PRODUCT_KIND_TRANSACTION) return absl::StrCat(line.quantity(), " stk.");
  return absl::StrCat(line.user_days(), line.user_days() == 1 ? " brukerdag" : " brukerdager", " av ",
                      line.days_in_month());
}

}  // namespace

std::string LineText(const v1::OrderBasis& document, const v1::OrderBasisLine& line) {
  return absl::StrCat(line.product_display_name(), " ", PeriodOf(document, line), ": ", Quantity(line), " à ",
                      DecimalComma(line.unit_price()));
}

std::string DecimalComma(absl::string_view decimal) { return absl::StrReplaceAll(decimal, {{".", ","}}); }

}  // namespace agreements::cli
