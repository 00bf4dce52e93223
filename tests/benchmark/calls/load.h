// Callers in a closed loop: each begins its next call when its last one has ended.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_LOAD_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_LOAD_H_

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace agreements::benchmark {

// Time that only goes forward, since some moment.
inline absl::Duration Elapsed() { return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()); }

class Load {
 public:
  // Latencies of calls in microseconds, in no order.
  using Latencies = std::vector<float>;

  explicit Load(int callers) : callers_(static_cast<size_t>(callers)) {}
  virtual ~Load() = default;

  // All callers begin.
  virtual void Begin() = 0;

  // Calls that end between these two are counted.
  void BeginToCount() { counting_ = true; }
  void EndToCount() { counting_ = false; }
  bool HasCounted() const { return has_counted_; }
  // A call has failed, and so all end.
  bool HasFailed() const { return ends_; }

  // No caller begins another call. Returns when the last one has ended. Throws if a call has failed.
  void End();

  // After End().
  Latencies Counted() const;

  int callers() const { return static_cast<int>(callers_.size()); }

 protected:
  // Waits until every caller has ended.
  virtual void Join() = 0;

  // Of destructors: no caller begins another call.
  void Stop() { ends_ = true; }
  bool ends() const { return ends_; }

  // A call of the caller has succeeded. One at a time for each caller.
  void Count(int caller, absl::Duration latency) {
    if (!counting_) return;
    if (!has_counted_) has_counted_ = true;
    callers_[static_cast<size_t>(caller)].latencies.push_back(static_cast<float>(absl::ToDoubleMicroseconds(latency)));
  }

  // A call has failed: all end.
  void Fail(const std::string& error);

 private:
  // On a cache line of its own, since others write beside it.
  struct alignas(64) Caller {
    Latencies latencies;
  };

  std::vector<Caller> callers_;
  std::atomic<bool> counting_ = false;
  std::atomic<bool> has_counted_ = false;
  std::atomic<bool> ends_ = false;
  std::mutex mutex_;
  std::string error_;  // The first one.
};

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_LOAD_H_
