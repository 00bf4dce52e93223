// A real Prometheus with the rules of deploy/monitoring, in a time sixty times as fast: it looks at a server each
// second, and what the rules say in minutes, it takes in seconds. What they say of certificates stays in days.
#ifndef AGREEMENTS_TESTS_E2E_PROMETHEUS_PROCESS_H_
#define AGREEMENTS_TESTS_E2E_PROMETHEUS_PROCESS_H_

#include <memory>
#include <set>
#include <string>

#include "tests/e2e/child_process.h"

namespace agreements::testing {

class PrometheusProcess {
 public:
  // Whether tests/run has unpacked one.
  static bool IsThere();

  // Begins to look at the server whose pages are at `address`, and returns when it has seen it.
  explicit PrometheusProcess(const std::string& address);
  ~PrometheusProcess();
  PrometheusProcess(const PrometheusProcess&) = delete;
  PrometheusProcess& operator=(const PrometheusProcess&) = delete;

  // The names of the alerts that fire.
  std::set<std::string> Firing() const;

  // Returns when all of these fire; false if they do not within two minutes.
  bool WaitUntilFiring(const std::set<std::string>& alerts) const;

  // Returns when none of these fires any more; false if one does after two minutes.
  bool WaitUntilOver(const std::set<std::string>& alerts) const;

  // Returns when it has evaluated a query to something; false if it has not within two minutes.
  bool WaitUntil(const std::string& query) const;

 private:
  std::string directory_;
  std::string address_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_E2E_PROMETHEUS_PROCESS_H_
