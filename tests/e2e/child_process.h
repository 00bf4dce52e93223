// A program that a test runs beside itself.
#ifndef AGREEMENTS_TESTS_E2E_CHILD_PROCESS_H_
#define AGREEMENTS_TESTS_E2E_CHILD_PROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"

namespace agreements::testing {

// Thread-safe but for Wait(). Its end kills the process, and so does the test's.
class ChildProcess {
 public:
  // Runs a command, with the test's environment but AGREEMENTS_ variables only from `environment`.
  explicit ChildProcess(const std::vector<std::string>& command, const std::vector<std::string>& environment = {});
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Returns when it has printed a line with `text`; false if it has ended without.
  bool WaitForOutput(absl::string_view text);

  // What follows `text` on the first line that has it; empty if the process has ended without.
  std::string After(absl::string_view text);

  void Signal(int number);

  // Before Wait().
  pid_t pid() const { return pid_; }

  // Waits for its end. Its exit status, or 128 and the number of the signal that ended it.
  int Wait();

  // What it has printed until now, by either stream; all of it after Wait().
  std::string Output();

 private:
  void Read();

  pid_t pid_ = 0;
  int pipe_ = 0;
  std::thread reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  bool ended_ = false;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_E2E_CHILD_PROCESS_H_
