// What operations know that is not in the request.
#ifndef AGREEMENTS_SERVER_OPERATIONS_CONTEXT_H_
#define AGREEMENTS_SERVER_OPERATIONS_CONTEXT_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace agreements {

// An instant, cut to microseconds, and its day in the service's time zone.
struct Moment {
  absl::Time time;
  absl::CivilDay day;
};

// Thread-safe.
struct Clock {
  std::function<absl::Time()> now;
  absl::TimeZone time_zone;

  // The present. UNAVAILABLE CLOCK_OUT_OF_RANGE if its year is not one of 2000 to 2999.
  //
  // D2: a transaction that changes a placement or an access calls it after it has locked its agreements. If it waited
  // for a lock over midnight, the change happens on the new day.
  absl::StatusOr<Moment> Read() const;
};

struct Context {
  Clock clock;
  std::string currency;  // Of all prices and amounts, e.g. "NOK".
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_CONTEXT_H_
