// What the tests of clusters share.
#ifndef AGREEMENTS_TESTS_CLUSTERS_SCENARIO_H_
#define AGREEMENTS_TESTS_CLUSTERS_SCENARIO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/clusters/cluster.h"
#include "tests/e2e/server_process.h"

namespace agreements::testing {

// The engine that tests/run was told to test on.
std::string TestEngine();

// A path for a clock file (--clock_file) in a directory of its own, which is removed at the end.
class ClockFile {
 public:
  ClockFile();
  ~ClockFile();
  ClockFile(const ClockFile&) = delete;
  ClockFile& operator=(const ClockFile&) = delete;

  std::string path() const { return directory_ + "/clock"; }

 private:
  std::string directory_;
};

// The flags of a server that uses these nodes, in this order, and `more`.
std::vector<std::string> FlagsOf(const Cluster& cluster, const std::vector<int>& nodes,
                                 const std::vector<std::string>& more = {});

// The sum of a metric over its labels, as the server shows it now.
int64_t MetricSum(ServerProcess& server, const std::string& name);

// Prints the figures of the test that runs.
void Tell(const std::string& figures);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CLUSTERS_SCENARIO_H_
