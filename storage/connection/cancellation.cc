#include "storage/connection/cancellation.h"

#include <utility>

namespace agreements::storage {

void Cancellation::Cancel() {
  const std::lock_guard lock(mutex_);
  if (cancelled_) return;
  cancelled_ = true;
  changed_.notify_all();
  if (stop_) stop_();
}

void Cancellation::WaitFor(absl::Duration duration) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(duration), [this] { return cancelled_.load(); });
}

std::function<void()> Cancellation::SetStop(std::function<void()> stop) {
  const std::lock_guard lock(mutex_);
  return std::exchange(stop_, std::move(stop));
}

}  // namespace agreements::storage
