// A clock for demonstrations, whose time stands in a file.
#ifndef AGREEMENTS_SERVER_OPS_CLOCK_FILE_H_
#define AGREEMENTS_SERVER_OPS_CLOCK_FILE_H_

#include <functional>
#include <string>

#include "absl/time/time.h"

namespace agreements {

// A clock that reads the file at `path` at each call. The file holds an RFC 3339 time, e.g.
// "2026-12-01T04:00:00+01:00". While it is missing or empty, the clock shows the time of `real`. It does so too, and
// warns in the log, while the file holds anything else or cannot be read. As thread-safe as `real`.
std::function<absl::Time()> ClockFromFile(std::string path, std::function<absl::Time()> real);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_CLOCK_FILE_H_
