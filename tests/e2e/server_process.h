// agreements-server as a process of its own, as an operator runs it.
#ifndef AGREEMENTS_TESTS_E2E_SERVER_PROCESS_H_
#define AGREEMENTS_TESTS_E2E_SERVER_PROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/testing/test_database.h"

namespace agreements::testing {

// The flags by which a program reaches the test's schema.
std::vector<std::string> DatabaseFlags(const TestDatabase& database);

// Thread-safe but for Wait(). Its end kills the process, and so does the test's.
class ServerProcess {
 public:
  // Starts it on a free port, unless `flags` say otherwise, with AGREEMENTS_ variables only from `environment`, and
  // with these limits of file descriptors, "SOFT:HARD", or those of the test.
  explicit ServerProcess(std::vector<std::string> flags, const std::vector<std::string>& environment = {},
                         const std::string& descriptor_limits = "");
  ~ServerProcess();

  // Where it serves, as soon as it does; empty if it has ended instead.
  std::string Address();

  // Where it has its pages for monitoring, likewise.
  std::string HttpAddress();

  // Returns when it has printed a line with `text`; false if it has ended without.
  bool WaitForOutput(absl::string_view text);

  void Signal(int number);

  // Before Wait().
  pid_t pid() const { return pid_; }

  // Waits for its end. Its exit status, or 128 and the number of the signal that ended it.
  int Wait();

  // What it has printed until now, by either stream; all of it after Wait().
  std::string Output();

 private:
  void Read();
  // What follows `text` on its line.
  std::string After(absl::string_view text);

  pid_t pid_ = 0;
  int pipe_ = 0;
  std::thread reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  bool ended_ = false;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_E2E_SERVER_PROCESS_H_
