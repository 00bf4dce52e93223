// A fixed set of threads that take tasks from a CallQueue.
#ifndef AGREEMENTS_SERVER_RPC_WORKERS_H_
#define AGREEMENTS_SERVER_RPC_WORKERS_H_

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "server/rpc/call_queue.h"

namespace agreements {

// What waits and what runs, by kind.
struct WorkersFigures {
  std::array<size_t, kTaskKinds> queued;
  std::array<size_t, kTaskKinds> running;
};

// Thread-safe.
class Workers {
 public:
  explicit Workers(const QueueOptions& options);
  // Runs what is queued, then ends the threads.
  ~Workers();

  // Queues a task, which is called once: by a worker, or, if it is refused at once, before this returns. The call's
  // deadline is `patience` away.
  void Run(const TaskOwner& owner, absl::Duration patience, Task task);

  // The same for a task that continues something. It is refused only when the server stops.
  void GoOn(const TaskOwner& owner, Task task);

  // Refuses further tasks, and returns when every queued task has run.
  void Stop();

  WorkersFigures figures() const;

 private:
  void Work();
  // Whether to wake a thread. REQUIRES: mutex_ is held.
  bool WakesOne();
  // Runs or refuses what has left the queue.
  static void Serve(CallQueue::Next& next, absl::Duration retry_delay);

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // For the threads
  std::condition_variable idle_;     // For Stop()
  CallQueue queue_;
  int idle_workers_ = 0;    // Threads that wait.
  bool is_waking_ = false;  // One of them was told that there is a task, and wakes the next one if there are more.
  int busy_ = 0;            // Threads that run or refuse a task.
  bool stopping_ = false;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_WORKERS_H_
