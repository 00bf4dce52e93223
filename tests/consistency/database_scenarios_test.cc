// Whatever happens to a server, its database and the network between them, no change is lost, doubled or torn, and no
// read goes back in time.
#include <gtest/gtest.h>
#include <signal.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agreements/connection.h"
#include "tests/consistency/scenario.h"
#include "tests/testing/relay.h"

namespace agreements::testing {
namespace {

class ConsistencyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { database_ = new OwnDatabase; }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }
  static OwnDatabase& database() { return *database_; }

 private:
  static OwnDatabase* database_;
};
OwnDatabase* ConsistencyTest::database_ = nullptr;

TEST_F(ConsistencyTest, TheLoadHasEveryMethod) {
  std::set<std::string> methods;
  for (const KindOfCall& kind : KindsOfCalls()) methods.insert(kind.method);
  const std::vector<std::string> all = AllMethods();
  EXPECT_EQ(methods, std::set<std::string>(all.begin(), all.end()));
}

TEST_F(ConsistencyTest, TwoServersUndisturbed) {
  Scenario scenario(database(), {.servers = 2});
  scenario.Repeat([] {});
  scenario.Check();
}

TEST_F(ConsistencyTest, ServersAreKilled) {
  Scenario scenario(database(), {.servers = 2});
  size_t server = 0;
  scenario.Repeat([&] {
    server = 1 - server;
    scenario.installation().End(server, SIGKILL);
    scenario.WaitFor(20);
    scenario.installation().Start(server);
  });
  scenario.Check();
}

TEST_F(ConsistencyTest, TheDatabaseIsKilledFrozenAndRestarted) {
  Scenario scenario(database(), {.servers = 2});
  int round = 0;
  scenario.Repeat([&] {
    switch (round++ % 3) {
      case 0:
        database().Signal(SIGKILL);
        database().Start();
        break;
      case 1:
        database().Signal(SIGSTOP);
        absl::SleepFor(absl::Seconds(1));  // So long it is frozen.
        database().Signal(SIGCONT);
        break;
      default:
        database().Stop();
        database().Start();
    }
  });
  scenario.Check();
}

}  // namespace
}  // namespace agreements::testing
