// Two nodes of a Galera cluster with a server on each: both write, and abort each other's transactions.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <iostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/clusters/cluster.h"
#include "tests/clusters/load.h"
#include "tests/clusters/proof.h"
#include "tests/clusters/scenario.h"
#include "tests/e2e/server_process.h"
#include "tests/testing/test_database.h"

namespace agreements::testing {
namespace {

constexpr absl::Duration kDay = absl::Seconds(15);
constexpr absl::Duration kBetweenKills = absl::Milliseconds(500);

class SeveralWriters : public ::testing::Test {
 protected:
  void SetUp() override {
    if (TestEngine() != "galera") GTEST_SKIP() << "only Galera has several writers";
  }

  // Every change that is acknowledged for this long is there, once and whole. Kills idle connections if told so.
  void ProveFor(absl::Duration duration, bool kill_connections) {
    Cluster cluster("galera", 2);
    const ClockFile clock;
    ServerProcess first(FlagsOf(cluster, {1}, {"--clock_file=" + clock.path()}));
    ServerProcess second(FlagsOf(cluster, {2}, {"--clock_file=" + clock.path()}));
    Load load({.servers = {first.Address(), second.Address()}, .clock_file = clock.path()});
    load.Start();
    const absl::Time begin = absl::Now();
    absl::Time next_day = begin + kDay;
    int64_t killed = 0;
    for (absl::Time next = begin + kBetweenKills; next < begin + duration; next += kBetweenKills) {
      absl::SleepFor(next - absl::Now());
      if (kill_connections) killed += cluster.KillIdleConnections(1) + cluster.KillIdleConnections(2);
      if (next >= next_day) {
        load.NextDay();
        next_day += kDay;
      }
    }
    load.Stop();
    const Proof proof = Prove(load.attempts(), cluster, 1);
    Tell(absl::StrCat(
        Text(load.figures()), ", ", killed, " connections killed, ",
        MetricSum(first, "agreements_database_reruns_total") + MetricSum(second, "agreements_database_reruns_total"),
        " transactions ran again; ", Text(proof)));
    EXPECT_EQ(FirstFindings(proof), "");
    EXPECT_EQ(cluster.Verify(1), "");
    EXPECT_GT(load.figures().done, 1000);
    EXPECT_GT(killed, kill_connections ? 100 : -1);
  }
};

TEST_F(SeveralWriters, EveryChangeIsThereOnceAndWholeWhileConnectionsAreKilled) { ProveFor(absl::Minutes(1), true); }

TEST_F(SeveralWriters, EveryChangeIsThereOnceAndWholeInAnUndisturbedMinute) {
  if (!LongRun()) GTEST_SKIP() << "only with --long: the other one finds more";
  ProveFor(absl::Minutes(1), false);
}

}  // namespace
}  // namespace agreements::testing
