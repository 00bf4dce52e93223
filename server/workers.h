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

namespace agreements {

// Thread-safe.
class Workers {
 public:
  Workers(int threads, size_t max_queue);
  // Runs what is queued, then ends the threads.
  ~Workers();

  // False, at once, if the queue is full.
  bool TryRun(std::function<void()> task);

 private:
  void Work();

  const size_t max_queue_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_WORKERS_H_
