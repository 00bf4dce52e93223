// What makes a call end before its time, because nobody waits for it any more.
#ifndef AGREEMENTS_STORAGE_CONNECTION_CANCELLATION_H_
#define AGREEMENTS_STORAGE_CONNECTION_CANCELLATION_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "absl/time/time.h"

namespace agreements::storage {

// Belongs to one call, or to all the calls of one stream. Thread-safe.
class Cancellation {
 public:
  Cancellation() = default;
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  // Makes the call's current statement end, and lets no further one begin. Returns without waiting for that. May be
  // called at any time, also before the call has begun and after it has ended. Only the first call of it counts.
  void Cancel();

  bool cancelled() const { return cancelled_; }

  // Waits for this long, or until it is cancelled.
  void WaitFor(absl::Duration duration);

  // Calls `stop` when it is cancelled, in the thread that cancels. `stop` must not wait. Returns the function that was
  // set before. When this has returned, that one is not being called, and will not be.
  std::function<void()> SetStop(std::function<void()> stop);

 private:
  std::atomic<bool> cancelled_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> stop_;  // May be empty.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_CANCELLATION_H_
