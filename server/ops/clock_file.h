// A clock for demonstrations, whose time stands in a file.
#ifndef AGREEMENTS_SERVER_OPS_CLOCK_FILE_H_
#define AGREEMENTS_SERVER_OPS_CLOCK_FILE_H_

#include <functional>
#include <string>

#include "absl/time/time.h"

namespace agreements {

// A clock that takes the content of the file at `path`, an RFC 3339 time such as "2026-12-01T04:00:00+01:00", for the
// present, each time that it is asked. The time of `real` instead while the file is missing or empty, and, with a
// warning in the log, while it holds anything else or cannot be read. As thread-safe as `real`.
std::function<absl::Time()> ClockFromFile(std::string path, std::function<absl::Time()> real);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_CLOCK_FILE_H_
