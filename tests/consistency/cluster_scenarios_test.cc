// Whatever happens to the nodes of a cluster, no change is lost, doubled or torn, and no read goes back in time. On the
// cluster that AGREEMENTS_TEST_ENGINE names: galera, group-replication or replica; skipped on a single database.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "absl/strings/str_split.h"
#include "tests/consistency/scenario.h"

namespace agreements::testing {
namespace {

class ConsistencyOnClusterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* engine = std::getenv("AGREEMENTS_TEST_ENGINE");
    static const std::set<std::string> kClusters = {"galera", "group-replication", "replica"};
    if (engine == nullptr || kClusters.count(engine) == 0) GTEST_SKIP() << "not a cluster";
    if (cluster_ == nullptr) cluster_ = new OwnCluster(engine);
    cluster_->set_several_writers(false);
    cluster_->Restore();
  }
  static void TearDownTestSuite() {
    delete cluster_;
    cluster_ = nullptr;
  }

  static OwnCluster& cluster() { return *cluster_; }
  bool IsReplica() const { return cluster_->engine() == "replica"; }
  bool IsGalera() const { return cluster_->engine() == "galera"; }

  // After the loss of the node that took writes: a cluster chooses another by itself, of replicas an operator does.
  static void FailOver(int lost) {
    if (cluster_->engine() == "replica") cluster_->Do("promote", lost % cluster_->nodes() + 1);
  }

 private:
  static OwnCluster* cluster_;
};
OwnCluster* ConsistencyOnClusterTest::cluster_ = nullptr;

// A longer time than it takes a cluster to miss a node.
const Scenario::Options kTwoServers = {.servers = 2, .timeout = absl::Seconds(15)};

TEST_F(ConsistencyOnClusterTest, TheWriterIsKilledAndRejoins) {
  Scenario scenario(cluster(), kTwoServers);
  scenario.Repeat([&] {
    const int node = cluster().Writer();
    cluster().Do("kill", node);
    FailOver(node);
    scenario.WaitFor(100);
    cluster().Do("start-node", node);
  });
  scenario.Check();
}

TEST_F(ConsistencyOnClusterTest, TheWriterIsStoppedAndRejoins) {
  Scenario scenario(cluster(), kTwoServers);
  scenario.Repeat([&] {
    const int node = cluster().Writer();
    if (IsReplica()) cluster().SwitchWriter();
    cluster().Do("stop-node", node);
    scenario.WaitFor(100);
    cluster().Do("start-node", node);
  });
  scenario.Check();
}

TEST_F(ConsistencyOnClusterTest, TheWriterIsFrozen) {
  Scenario scenario(cluster(), kTwoServers);
  scenario.WaitFor(200);
  const int node = cluster().Writer();
  cluster().Do("freeze", node);
  if (IsReplica()) {
    absl::SleepFor(absl::Seconds(3));  // So long it is: nobody takes its place.
  } else {
    scenario.WaitFor(100);
  }
  cluster().Do("thaw", node);
  scenario.WaitFor(200);
  if (cluster().engine() == "group-replication") {
    // The group has expelled it.
    cluster().Do("stop-node", node);
    cluster().Do("start-node", node);
  }
  scenario.Check();
}

TEST_F(ConsistencyOnClusterTest, TheWriterIsCutOff) {
  Scenario scenario(cluster(), kTwoServers);
  scenario.WaitFor(200);
  const int node = cluster().Writer();
  cluster().Do("isolate", node);
  scenario.WaitFor(200);
  cluster().Do("heal", node);
  scenario.WaitFor(200);
  scenario.Check();
}

TEST_F(ConsistencyOnClusterTest, TheQuorumIsLostAndFound) {
  if (IsReplica()) GTEST_SKIP() << "replicas have no quorum";
  Scenario scenario(cluster(), kTwoServers);
  scenario.WaitFor(200);
  const int writer = cluster().Writer();
  for (int i = 1; i < cluster().nodes(); ++i) cluster().Do("freeze", (writer + i - 1) % cluster().nodes() + 1);
  absl::SleepFor(absl::Seconds(3));  // So long it is lost, and less than a group takes to expel its members.
  for (int i = 1; i < cluster().nodes(); ++i) cluster().Do("thaw", (writer + i - 1) % cluster().nodes() + 1);
  scenario.WaitFor(200);
  scenario.Check();
}

TEST_F(ConsistencyOnClusterTest, TheWriterIsSwitched) {
  if (IsGalera()) GTEST_SKIP() << "every node takes writes";
  Scenario scenario(cluster(), kTwoServers);
  scenario.Repeat([&] {
    const int former = cluster().Writer();
    cluster().SwitchWriter();
    scenario.WaitFor(100);
    if (IsReplica()) {
      cluster().Do("stop-node", former);
      cluster().Do("start-node", former);
    }
  });
  scenario.Check();
}

TEST_F(ConsistencyOnClusterTest, AFormerWriterComesBackAloneAndTakesWrites) {
  Scenario scenario(cluster(), kTwoServers);
  scenario.WaitFor(200);
  const int node = cluster().Writer();
  cluster().Do("kill", node);
  FailOver(node);
  scenario.WaitFor(200);
  cluster().Do("start-node", node, "--alone");
  scenario.WaitFor(500);
  cluster().Do("kill", node);
  scenario.WaitFor(200);
  cluster().Do("start-node", node);
  scenario.Check();
}

TEST_F(ConsistencyOnClusterTest, SeveralNodesTakeWrites) {
  if (!IsGalera()) GTEST_SKIP() << "one node takes writes";
  cluster().set_several_writers(true);
  Scenario scenario(cluster(), {.servers = 3, .callers = 9, .timeout = absl::Seconds(15)});
  scenario.Repeat([&] {
    // Idle connections are killed under the servers, as an administrator or a proxy does.
    for (int node = 1; node <= cluster().nodes(); ++node) {
      const std::string kills = cluster().SqlOn(node,
                                                "SELECT CONCAT('KILL ', id, ';') FROM information_schema.processlist "
                                                "WHERE user = 'agreements' AND command = 'Sleep'");
      for (const absl::string_view kill : absl::StrSplit(kills, '\n', absl::SkipEmpty())) {
        try {
          cluster().SqlOn(node, std::string(kill));
        } catch (const std::runtime_error&) {
          continue;  // It is gone.
        }
      }
    }
  });
  scenario.Check();
}

}  // namespace
}  // namespace agreements::testing
