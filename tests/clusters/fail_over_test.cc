// One server, several database hosts: what a host costs that is killed, that hangs, that comes back with a past of its
// own, or that is outside its group. Nothing acknowledged is lost, and nothing is done twice.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/clusters/cluster.h"
#include "tests/clusters/load.h"
#include "tests/clusters/proof.h"
#include "tests/clusters/scenario.h"
#include "tests/testing/test_database.h"

namespace agreements::testing {
namespace {

// What a fail-over may cost beyond the cluster's own time.
constexpr absl::Duration kSlack = absl::Seconds(1);
// How long a call may take during an outage: --db_unreachable_after, until it is noticed, and what a busy machine adds.
constexpr absl::Duration kUnreachableAfter = absl::Seconds(8);
const absl::Duration kLongestCall = kUnreachableAfter + absl::Seconds(7);
// How long it takes at the most to see that a host is silent: a look that has just begun when it answers for the last
// time, and the one after that, of 2 seconds each and half a second between them.
constexpr absl::Duration kNoticed = absl::Milliseconds(4500);
// A server that remembers which hosts are of no use connects to another one at once. To try a silent one takes longer.
constexpr absl::Duration kUnnoticed = absl::Milliseconds(1900);

std::string Seconds(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Milliseconds(1)));
}

class FailOver : public ::testing::Test {
 protected:
  const std::string engine_ = TestEngine();

  // Node 2 of `replica` is all that is left; elsewhere two are a majority of three.
  int size() const { return engine_ == "replica" ? 2 : 3; }
  std::vector<int> AllNodes() const { return size() == 2 ? std::vector<int>{1, 2} : std::vector<int>{1, 2, 3}; }
  std::vector<int> OtherNodes() const { return size() == 2 ? std::vector<int>{2} : std::vector<int>{2, 3}; }

  // What an operator does when node 1 is gone. Returns when another one takes writes, and how long that took.
  absl::Duration TakeOver(Cluster& cluster, absl::Time gone) const {
    if (engine_ == "replica") cluster.Do("promote", 2);
    return cluster.WaitForWrites(OtherNodes(), gone);
  }

  static std::unique_ptr<Load> NewLoad(Scene& scene, int callers = 8) {
    return std::make_unique<Load>(
        LoadOptions{.servers = {scene.server.Address()}, .callers_per_server = callers, .timeout = absl::Seconds(40)});
  }

  // Node 2 has everything that callers were told, once and whole.
  void ProveOnNode2(const Load& load, const Cluster& cluster, const std::string& figures) {
    const Proof proof = Prove(load.attempts(), cluster, 2);
    Tell(absl::StrCat(figures, "; ", Text(proof)));
    EXPECT_EQ(FirstFindings(proof), "");
    EXPECT_EQ(cluster.Verify(2), "");
  }

  // How many changes of the trail node 1 has that node 2 has not. They are lost when node 1 becomes a member again.
  static int64_t StrayChanges(const Cluster& cluster) {
    const std::set<std::string> first = ChangesOn(cluster, 1);
    const std::set<std::string> second = ChangesOn(cluster, 2);
    return std::count_if(first.begin(), first.end(), [&](const std::string& id) { return second.count(id) == 0; });
  }

 private:
  static std::set<std::string> ChangesOn(const Cluster& cluster, int node) {
    const std::string ids = cluster.Sql(node, "SELECT change_id FROM agreements.changes WHERE kind = 0");
    return absl::StrSplit(ids, '\n', absl::SkipEmpty());
  }
};

TEST_F(FailOver, AKilledPrimaryCostsTheClustersOwnTimeAndASecond) {
  if (engine_ == "group-replication" && !LongRun()) GTEST_SKIP() << "only with --long: Galera shows it in CI";
  Scene scene(engine_, size(), AllNodes());
  const auto load = NewLoad(scene);
  load->Start();
  ASSERT_TRUE(MoreIsDone(*load, 300));
  const absl::Time killed = absl::Now();
  scene.cluster.Do("kill", 1);
  const absl::Duration own = TakeOver(scene.cluster, killed);
  EXPECT_TRUE(MoreIsDone(*load, 300));
  load->Stop();
  EXPECT_LE(load->figures().longest_gap, own + kSlack);
  ProveOnNode2(*load, scene.cluster, absl::StrCat(Text(load->figures()), ", the cluster's own time ", Seconds(own)));
}

TEST_F(FailOver, AFrozenPrimaryHoldsNoCallAndIsRemembered) {
  if (engine_ == "group-replication" && !LongRun()) GTEST_SKIP() << "only with --long: Galera shows it in CI";
  Scene scene(engine_, size(), AllNodes());
  const auto load = NewLoad(scene, 20);  // More than there are workers.
  load->Start();
  ASSERT_TRUE(MoreIsDone(*load, 300));
  const absl::Time frozen = absl::Now();
  scene.cluster.Do("freeze", 1);
  const absl::Duration own = TakeOver(scene.cluster, frozen);
  EXPECT_TRUE(MoreIsDone(*load, 300));
  load->Stop();
  const LoadFigures fail_over = load->figures();
  EXPECT_LE(fail_over.longest_gap, std::max(own, kNoticed) + kSlack);
  EXPECT_LE(fail_over.longest_call, kLongestCall);

  load->Start();
  RenewConnections(scene.cluster, 2, absl::Seconds(5));
  load->Stop();
  EXPECT_LE(load->figures().longest_gap, kUnnoticed);
  scene.cluster.Do("thaw", 1);
  ProveOnNode2(*load, scene.cluster,
               absl::StrCat(Text(fail_over), ", the cluster's own time ", Seconds(own),
                            "; longest gap while it stays frozen ", Seconds(load->figures().longest_gap)));
}

TEST_F(FailOver, WithoutAnotherHostAFrozenOneIsUnavailableInTheTimePromised) {
  if (engine_ == "group-replication")
    GTEST_SKIP() << "its group expels a frozen member, which does not come back by itself";
  Scene scene(engine_, size(), {1});
  const auto load = NewLoad(scene, 20);
  load->Start();
  ASSERT_TRUE(MoreIsDone(*load, 100));
  scene.cluster.Do("freeze", 1);
  const absl::Time patience = absl::Now() + absl::Minutes(1);
  while (load->figures().codes["UNAVAILABLE"] < 200 && absl::Now() < patience) absl::SleepFor(absl::Milliseconds(20));
  load->Stop();  // While it is frozen: returns when every call has ended.
  const LoadFigures frozen = load->figures();
  EXPECT_LE(frozen.longest_call, kLongestCall);
  EXPECT_GT(frozen.codes.count("UNAVAILABLE"), 0);

  load->Start();
  absl::SleepFor(absl::Seconds(2));
  load->Stop();
  const LoadFigures later = load->figures();
  EXPECT_LE(later.longest_call, absl::Seconds(1)) << "workers are free, and answer at once";
  EXPECT_EQ(later.codes.count("OK"), 0);

  scene.cluster.Do("thaw", 1);
  const absl::Time thawed = absl::Now();
  const absl::Duration own = scene.cluster.WaitForWrites({1}, thawed);
  load->Start();
  EXPECT_TRUE(MoreIsDone(*load, 100));
  load->Stop();
  const Proof proof = Prove(load->attempts(), scene.cluster, 1);
  Tell(absl::StrCat(Text(frozen), "; later ", Text(later), "; thawed, the node takes writes after ", Seconds(own), ", ",
                    Text(load->figures()), "; ", Text(proof)));
  EXPECT_EQ(FirstFindings(proof), "");
}

TEST_F(FailOver, AFormerPrimaryThatComesBackWritableGetsNothing) {
  if (engine_ == "galera") GTEST_SKIP() << "a node of Galera that is alone takes no writes";
  if (engine_ == "group-replication" && !LongRun())
    GTEST_SKIP() << "only with --long: tests of the group show it in CI";
  Scene scene(engine_, size(), AllNodes());
  const auto load = NewLoad(scene);
  load->Start();
  ASSERT_TRUE(MoreIsDone(*load, 300));
  const absl::Time killed = absl::Now();
  scene.cluster.Do("kill", 1);
  TakeOver(scene.cluster, killed);
  EXPECT_TRUE(MoreIsDone(*load, 300));

  scene.cluster.Do("start-node", 1, "--alone");
  ASSERT_TRUE(scene.cluster.TakesWrites(1));
  RenewConnections(scene.cluster, 2, absl::Seconds(6));
  // A server that starts now knows of no past.
  ServerProcess another(FlagsOf(scene.cluster, AllNodes()));
  ASSERT_NE(another.Address(), "");
  Load through_another({.servers = {another.Address()}, .accounts = {"acct-3"}});
  through_another.Start();
  RenewConnections(scene.cluster, 2, absl::Seconds(3));
  through_another.Stop();
  load->Stop();

  const int64_t stray = StrayChanges(scene.cluster);
  EXPECT_EQ(stray, 0);
  EXPECT_EQ(FirstFindings(Prove(through_another.attempts(), scene.cluster, 2)), "");
  ProveOnNode2(*load, scene.cluster,
               absl::StrCat(Text(load->figures()), ", ", stray, " changes on the former primary"));
}

class OutsideItsGroup : public FailOver {
 protected:
  void SetUp() override {
    if (engine_ != "group-replication") GTEST_SKIP() << "of Group Replication only";
  }

  static std::string StateOf(const Cluster& cluster, int node) {
    return cluster.Sql(node,
                       "SELECT member_state, @@read_only, @@super_read_only FROM "
                       "performance_schema.replication_group_members WHERE member_id = @@server_uuid");
  }
};

TEST_F(OutsideItsGroup, AMemberInErrorIsNotTakenAndCostsNothing) {
  Scene scene(engine_, size(), AllNodes());
  const auto load = NewLoad(scene);
  const absl::Time frozen = absl::Now();
  scene.cluster.Do("freeze", 1);
  const absl::Duration own = TakeOver(scene.cluster, frozen);
  absl::SleepFor(absl::Seconds(2));
  scene.cluster.Do("thaw", 1);
  const absl::Time patience = absl::Now() + absl::Seconds(30);
  while (!absl::StartsWith(StateOf(scene.cluster, 1), "ERROR") && absl::Now() < patience) {
    absl::SleepFor(absl::Milliseconds(100));
  }
  const std::string state = StateOf(scene.cluster, 1);
  ASSERT_TRUE(absl::StartsWith(state, "ERROR")) << state;

  // A server that starts now finds it first in its list.
  const absl::Time begin = absl::Now();
  ServerProcess another(FlagsOf(scene.cluster, AllNodes()));
  ASSERT_NE(another.Address(), "");
  const absl::Duration start = absl::Now() - begin;
  Load through_another({.servers = {another.Address()}, .accounts = {"acct-3"}});
  load->Start();
  through_another.Start();
  RenewConnections(scene.cluster, 2, absl::Seconds(6));
  RenewConnections(scene.cluster, 3, absl::Seconds(6));
  load->Stop();
  through_another.Stop();
  EXPECT_LE(load->figures().longest_gap, kUnnoticed);
  EXPECT_LE(through_another.figures().longest_gap, kUnnoticed);
  EXPECT_EQ(StrayChanges(scene.cluster), 0);
  ProveOnNode2(*load, scene.cluster,
               absl::StrCat("node 1 is ", absl::StripAsciiWhitespace(state), " (state, read_only, super_read_only), ",
                            Text(load->figures()), "; a server that starts serves after ", Seconds(start), ", ",
                            Text(through_another.figures()), ", the cluster's own time ", Seconds(own)));
}

TEST_F(OutsideItsGroup, AMemberThatHasLeftAndTakesWritesGetsNothing) {
  Scene scene(engine_, size(), AllNodes());
  const auto load = NewLoad(scene);
  load->Start();
  ASSERT_TRUE(MoreIsDone(*load, 100));
  const absl::Time left = absl::Now();
  scene.cluster.Do("isolate", 1);
  scene.cluster.Sql(1, "SET GLOBAL super_read_only = OFF");
  scene.cluster.Sql(1, "SET GLOBAL read_only = OFF");
  ASSERT_TRUE(scene.cluster.TakesWrites(1));
  const absl::Duration own = scene.cluster.WaitForWrites(OtherNodes(), left);
  EXPECT_TRUE(MoreIsDone(*load, 100));
  RenewConnections(scene.cluster, 2, absl::Seconds(6));
  load->Stop();
  const int64_t stray = StrayChanges(scene.cluster);
  ProveOnNode2(
      *load, scene.cluster,
      absl::StrCat("node 1 is ", absl::StripAsciiWhitespace(StateOf(scene.cluster, 1)), ", ", Text(load->figures()),
                   ", ", stray, " changes there, the cluster's own time ", Seconds(own)));
}

}  // namespace
}  // namespace agreements::testing
