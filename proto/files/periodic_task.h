// A thread that runs a task at intervals, e.g. housekeeping.
#ifndef AGREEMENTS_PROTO_FILES_PERIODIC_TASK_H_
#define AGREEMENTS_PROTO_FILES_PERIODIC_TASK_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace agreements {

class PeriodicTask {
 public:
  // Runs `task` now and `interval` after each run has ended.
  PeriodicTask(absl::Duration interval, std::function<void()> task);
  // Waits for the current run to end.
  ~PeriodicTask();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_FILES_PERIODIC_TASK_H_
