// Ends a server that nobody can reach any more, so that whoever runs it starts it again.
#ifndef AGREEMENTS_SERVER_OPS_WATCHDOG_H_
#define AGREEMENTS_SERVER_OPS_WATCHDOG_H_

#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "proto/files/periodic_task.h"

namespace agreements {

struct WatchdogOptions {
  absl::Duration interval = absl::Seconds(2);  // Between two probes.
  absl::Duration timeout = absl::Seconds(4);   // Of a probe.
  absl::Duration patience = absl::Seconds(10);
  // Time since some moment, by a clock that nobody sets.
  std::function<absl::Duration()> uptime;  // Empty: the steady clock.
};

class Watchdog {
 public:
  // Probes again and again until it is destroyed. When probes have failed for `patience`, calls `give_up` once with the
  // last one's status. One failed probe is never enough: if it took minutes, the process may only have been stopped
  // meanwhile.
  Watchdog(WatchdogOptions options, std::function<absl::Status(absl::Duration timeout)> probe,
           std::function<void(const absl::Status&)> give_up);

 private:
  void Look();

  const WatchdogOptions options_;
  const std::function<absl::Status(absl::Duration)> probe_;
  const std::function<void(const absl::Status&)> give_up_;
  // When the first failed probe since the last successful one began.
  std::optional<absl::Duration> failing_since_;
  bool has_given_up_ = false;
  const std::unique_ptr<PeriodicTask> task_;  // Last, since it uses the others.
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_WATCHDOG_H_
