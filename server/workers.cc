#include "server/workers.h"

#include <limits>
#include <utility>

#include "proto/errors.h"

namespace agreements {

Workers::Workers(int threads, size_t max_queue) : max_queue_(max_queue) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

absl::Status Workers::TryRun(std::function<void()> task) { return Queue(std::move(task), max_queue_); }

absl::Status Workers::Run(std::function<void()> task) {
  return Queue(std::move(task), std::numeric_limits<size_t>::max());
}

absl::Status Workers::Queue(std::function<void()> task, size_t max_queue) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return ServerStopping();
    if (queue_.size() >= max_queue) return ServerBusy();
    queue_.push_back(std::move(task));
  }
  changed_.notify_one();
  return absl::OkStatus();
}

void Workers::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  idle_.wait(lock, [this] { return queue_.empty() && running_ == 0; });
}

void Workers::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    lock.unlock();
    task();
    lock.lock();
    if (--running_ == 0 && queue_.empty()) idle_.notify_all();
  }
}

}  // namespace agreements
