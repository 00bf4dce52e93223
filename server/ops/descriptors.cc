#include "server/ops/descriptors.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace agreements {
namespace {

constexpr int64_t kMostConnections = 10000;
constexpr int64_t kForEachWorker = 2;  // A connection to the database, and another one while it is replaced.
constexpr int64_t kForTheRest = 64;    // The log, gRPC's own, housekeeping: 20 of them are used.

}  // namespace

int64_t RaiseDescriptorLimit() {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return static_cast<int64_t>(std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<int32_t>::max()));
}

absl::StatusOr<int> MaxConnections(int64_t limit, int workers, int wanted) {
  const int64_t others = kForTheRest + kForEachWorker * workers;
  const int64_t room = limit - others;
  if (room < std::max(1, wanted)) {
    return absl::InvalidArgumentError(absl::StrCat("--max_connections=", wanted, " with --workers=", workers, " needs ",
                                                   others + std::max(1, wanted), " file descriptors, and the limit is ",
                                                   limit, " (ulimit -Hn)"));
  }
  return static_cast<int>(wanted > 0 ? wanted : std::min(room, kMostConnections));
}

}  // namespace agreements
