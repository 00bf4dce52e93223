#include "server/ops/watchdog.h"

#include <chrono>
#include <utility>

#include "spdlog/spdlog.h"

namespace agreements {
namespace {

absl::Duration SteadyUptime() { return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()); }

WatchdogOptions WithClock(WatchdogOptions options) {
  if (!options.uptime) options.uptime = SteadyUptime;
  return options;
}

}  // namespace

Watchdog::Watchdog(WatchdogOptions options, std::function<absl::Status(absl::Duration timeout)> probe,
                   std::function<void(const absl::Status&)> give_up)
    : options_(WithClock(std::move(options))),
      probe_(std::move(probe)),
      give_up_(std::move(give_up)),
      task_(std::make_unique<PeriodicTask>(options_.interval, [this] { Look(); })) {}

void Watchdog::Look() {
  if (has_given_up_) return;
  const absl::Duration began = options_.uptime();
  const absl::Status status = probe_(options_.timeout);
  if (status.ok()) {
    failing_since_.reset();
    return;
  }
  const bool is_first = !failing_since_;
  if (is_first) failing_since_ = began;
  const absl::Duration failing = options_.uptime() - *failing_since_;
  spdlog::warn("the server has not answered itself for {}: {}", absl::FormatDuration(failing),
               std::string(status.message()));
  if (is_first || failing < options_.patience) return;
  has_given_up_ = true;
  give_up_(status);
}

}  // namespace agreements
