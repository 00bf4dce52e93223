#include "proto/days.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace agreements {

Days Intersection(Days a, Days b) { return {.from = std::max(a.from, b.from), .until = std::min(a.until, b.until)}; }

Days MonthOf(absl::CivilDay day) {
  const absl::CivilMonth month(day);
  return {.from = absl::CivilDay(month), .until = absl::CivilDay(month + 1)};
}

std::string FormatDay(absl::CivilDay day) {
  // A transaction can be of a year before 1000, which Abseil does not pad.
  std::string text = absl::FormatCivilTime(day);
  constexpr size_t kLength = 10;
  if (day.year() >= 0 && text.size() < kLength) text.insert(0, kLength - text.size(), '0');
  return text;
}

absl::CivilDay ParseDay(absl::string_view text) {
  absl::CivilDay day;
  absl::ParseCivilTime(text, &day);
  return day;
}

std::string FormatMonth(absl::CivilDay day) { return absl::StrFormat("%04d-%02d", day.year(), day.month()); }

}  // namespace agreements
