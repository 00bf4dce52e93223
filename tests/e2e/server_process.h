// agreements-server as a process of its own, as an operator runs it.
#ifndef AGREEMENTS_TESTS_E2E_SERVER_PROCESS_H_
#define AGREEMENTS_TESTS_E2E_SERVER_PROCESS_H_

#include <string>
#include <vector>

#include "tests/e2e/child_process.h"
#include "tests/testing/test_database.h"

namespace agreements::testing {

// The flags by which a program reaches the test's schema.
std::vector<std::string> DatabaseFlags(const TestDatabase& database);

class ServerProcess : public ChildProcess {
 public:
  // Starts it on a free port, unless `flags` say otherwise, with AGREEMENTS_ variables only from `environment`, and
  // with these limits of file descriptors, "SOFT:HARD", or those of the test.
  explicit ServerProcess(const std::vector<std::string>& flags, const std::vector<std::string>& environment = {},
                         const std::string& descriptor_limits = "");

  // Where it serves, as soon as it does; empty if it has ended instead.
  std::string Address();

  // Where it has its pages for monitoring, likewise.
  std::string HttpAddress();
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_E2E_SERVER_PROCESS_H_
