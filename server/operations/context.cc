#include "server/operations/context.h"

#include "proto/errors.h"
#include "proto/timestamps.h"
#include "server/rules/rules.h"

namespace agreements {

absl::StatusOr<Moment> Clock::Read() const {
  const absl::Time time = now();
  const absl::CivilDay day = rules::DayOf(time, time_zone);
  if (!rules::IsInServedYears(day)) return ClockOutOfRange();
  return Moment{.time = ToMicroseconds(time), .day = day};
}

}  // namespace agreements
