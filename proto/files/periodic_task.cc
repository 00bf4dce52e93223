#include "proto/files/periodic_task.h"

#include <utility>

namespace agreements {

PeriodicTask::PeriodicTask(absl::Duration interval, std::function<void()> task) {
  thread_ = std::thread([this, interval, task = std::move(task)] {
    std::unique_lock lock(mutex_);
    do {
      lock.unlock();
      task();
      lock.lock();
    } while (!changed_.wait_for(lock, absl::ToChronoMilliseconds(interval), [this] { return ending_; }));
  });
}

PeriodicTask::~PeriodicTask() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

}  // namespace agreements
