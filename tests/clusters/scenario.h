// What the tests of clusters share.
#ifndef AGREEMENTS_TESTS_CLUSTERS_SCENARIO_H_
#define AGREEMENTS_TESTS_CLUSTERS_SCENARIO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/clusters/cluster.h"
#include "tests/clusters/load.h"
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

// A cluster, and a server that uses its nodes.
class Scene {
 public:
  // `nodes`: those that the server is told of, in this order.
  Scene(const std::string& engine, int size, const std::vector<int>& nodes);

  Cluster cluster;
  ServerProcess server;
};

// Waits until callers have been told of that many more changes that were done, for 30 seconds at the most.
bool MoreIsDone(const Load& load, int64_t count = 20);

// Calls for this long, while the idle connections to that node are closed every half second, so that new ones are made.
void RenewConnections(const Cluster& cluster, int node, absl::Duration duration);

// The flags of a server that uses these nodes, in this order, and `more`.
std::vector<std::string> FlagsOf(const Cluster& cluster, const std::vector<int>& nodes,
                                 const std::vector<std::string>& more = {});

// The sum of a metric over its labels, as the server shows it now.
int64_t MetricSum(ServerProcess& server, const std::string& name);

// Prints the figures of the test that runs.
void Tell(const std::string& figures);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CLUSTERS_SCENARIO_H_
