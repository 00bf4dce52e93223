// Days and runs of days. Thread-safe.
#ifndef AGREEMENTS_PROTO_DAYS_H_
#define AGREEMENTS_PROTO_DAYS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace agreements {

// The first day of the database's type DATE. Nothing begins so early.
inline constexpr absl::CivilDay kBeforeAllDays(1000, 1, 1);

// The days from `from` to the day before `until`.
struct Days {
  absl::CivilDay from;
  absl::CivilDay until;

  bool empty() const { return until <= from; }
};

// The days that are in both.
Days Intersection(Days a, Days b);

// The calendar month of a day.
Days MonthOf(absl::CivilDay day);

// ISO 8601, "2026-11-01". REQUIRES: `text` is a day.
std::string FormatDay(absl::CivilDay day);
absl::CivilDay ParseDay(absl::string_view text);

// "2026-11"
std::string FormatMonth(absl::CivilDay day);

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_DAYS_H_
