#include "server/workers.h"

#include <utility>

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

bool Workers::TryRun(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= max_queue_) return false;
    queue_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

void Workers::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace agreements
