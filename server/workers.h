// A fixed set of threads that take tasks from a bounded queue.
#ifndef AGREEMENTS_SERVER_WORKERS_H_
#define AGREEMENTS_SERVER_WORKERS_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"

namespace agreements {

// Thread-safe.
class Workers {
 public:
  Workers(int threads, size_t max_queue);
  // Runs what is queued, then ends the threads.
  ~Workers();

  // RESOURCE_EXHAUSTED SERVER_BUSY, at once, if the queue is full; UNAVAILABLE SERVER_STOPPING after Stop().
  absl::Status TryRun(std::function<void()> task);

  // The same for what goes on with something that has begun: the queue takes it even if it is full.
  absl::Status Run(std::function<void()> task);

  // Takes no more tasks, and returns when every one that was taken has run.
  void Stop();

 private:
  absl::Status Queue(std::function<void()> task, size_t max_queue);
  void Work();

  const size_t max_queue_;
  std::mutex mutex_;
  std::condition_variable changed_;  // For the threads
  std::condition_variable idle_;     // For Stop()
  std::deque<std::function<void()>> queue_;
  int running_ = 0;
  bool stopping_ = false;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_WORKERS_H_
