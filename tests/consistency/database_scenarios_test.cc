// Whatever happens to a server, its database and the network between them, no change is lost, doubled or torn, and no
// read goes back in time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
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

TEST_F(ConsistencyTest, AnswersToCommitAreLostAndConnectionsCut) {
  Relay relay(database().socket());
  database().set_relay(relay.path());
  Scenario scenario(database(), {.servers = 2});
  database().set_relay("");
  bool cut = true;
  scenario.Repeat([&] {
    cut = !cut;
    if (cut) {
      relay.Cut();
    } else {
      relay.LoseAnswers("COMMIT", 10);
    }
  });
  EXPECT_GE(relay.answers_lost(), 1);
  scenario.Check();
}

TEST_F(ConsistencyTest, TheDatabaseIsFarAway) {
  Relay relay(database().socket());
  database().set_relay(relay.path());
  Scenario scenario(database(), {.servers = 2, .callers = 16, .timeout = absl::Seconds(10)});
  database().set_relay("");
  relay.Delay(absl::Milliseconds(25));  // Each way.
  scenario.Repeat([] {});
  relay.Delay(absl::ZeroDuration());
  scenario.Check();
}

TEST_F(ConsistencyTest, TheDatabaseIsReadOnly) {
  Scenario scenario(database(), {.servers = 2});
  scenario.WaitFor(200);
  database().Sql("SET GLOBAL read_only = 1");
  absl::SleepFor(LongRun() ? absl::Seconds(10) : absl::Seconds(3));  // So long it is.
  database().Sql("SET GLOBAL read_only = 0");
  scenario.WaitFor(200);
  scenario.Check();
}

// All addresses by one channel of the client library, which takes turns and tries again.
std::vector<std::shared_ptr<grpc::Channel>> RoundRobin(const std::vector<std::string>& addresses) {
  ClientOptions options;
  options.endpoint = absl::StrCat("ipv4:", absl::StrJoin(addresses, ","));
  options.insecure = true;
  const std::shared_ptr<const Connection> connection = Connection::Open(options).value();
  return {std::shared_ptr<grpc::Channel>(connection->channel().get(), [connection](grpc::Channel*) {})};
}

TEST_F(ConsistencyTest, ServersAreRestartedInTurnAndNoCallFails) {
  Scenario scenario(
      database(),
      {.servers = 2, .timeout = absl::Seconds(20), .server_flags = {"--drain_delay=1s"}, .channels = RoundRobin});
  size_t server = 0;
  scenario.Repeat([&] {
    server = 1 - server;
    scenario.installation().End(server, SIGTERM);
    scenario.installation().Start(server);
  });
  scenario.Check();
  for (const Call& call : scenario.record().calls) EXPECT_NE(call.outcome(), Outcome::kUnknown) << TextOf(call);
}

// A breach in what is stored, and how it is taken back.
struct Planted {
  std::string kind;  // Of the violation that must be found.
  std::string plant;
  std::string undo;
};

TEST_F(ConsistencyTest, WhatIsPlantedInTheDatabaseIsReported) {
  Scenario scenario(database(), {});
  scenario.WaitFor(800);
  scenario.End();
  const auto sql = [](const std::string& text) { return database().Sql("USE " + database().schema() + "; " + text); };
  const auto one = [&](const std::string& text) {
    return std::string(absl::StripSuffix(sql("SELECT " + text + " LIMIT 1"), "\n"));
  };
  const std::string company = one("company_id FROM companies WHERE delete_time IS NULL AND revision > 1");
  const std::string placement = absl::StrCat(" WHERE company_id = '", company, "' ORDER BY from_day DESC LIMIT 1");
  const std::string holder = one("agreement_id FROM placements" + placement.substr(0, placement.size() - 8));
  const std::string other = one("agreement_id FROM agreements WHERE agreement_id <> '" + holder + "'");
  const std::string usage = one("transaction_id FROM transactions");
  const std::string change = one("change_id FROM changes WHERE kind = 2 AND term = 'MoveCompany'");
  const std::vector<Planted> planted = {
      {"lost", absl::StrCat("UPDATE companies SET revision = revision - 1 WHERE company_id = '", company, "'"),
       absl::StrCat("UPDATE companies SET revision = revision + 1 WHERE company_id = '", company, "'")},
      {"lost",
       absl::StrCat("CREATE TABLE saved AS SELECT * FROM transactions WHERE transaction_id = '", usage,
                    "'; DELETE FROM transactions WHERE transaction_id = '", usage, "'"),
       "INSERT INTO transactions SELECT * FROM saved; DROP TABLE saved"},
      {"doubled",
       absl::StrCat("INSERT INTO transactions SELECT account_id, company_id, 'twice', product_id, quantity, "
                    "occur_time, day, record_time, order_basis_id FROM transactions WHERE "
                    "transaction_id = '",
                    usage, "' LIMIT 1"),
       "DELETE FROM transactions WHERE transaction_id = 'twice'"},
      {"torn", absl::StrCat("UPDATE placements SET agreement_id = '", other, "'", placement),
       absl::StrCat("UPDATE placements SET agreement_id = '", holder, "'", placement)},
      {"count",
       absl::StrCat("UPDATE agreements SET company_count = company_count + 1 WHERE agreement_id = '", holder, "'"),
       absl::StrCat("UPDATE agreements SET company_count = company_count - 1 WHERE agreement_id = '", holder, "'")},
      {"charged", "UPDATE order_basis_lines SET quantity = quantity + 1 WHERE kind = 2",
       "UPDATE order_basis_lines SET quantity = quantity - 1 WHERE kind = 2"},
      {"lost",
       absl::StrCat("CREATE TABLE saved AS SELECT * FROM changes WHERE change_id = '", change,
                    "'; DELETE FROM changes WHERE change_id = '", change, "'"),
       "INSERT INTO changes SELECT * FROM saved; DROP TABLE saved"},
  };
  for (const Planted& one_planted : planted) {
    sql(one_planted.plant);
    std::set<std::string> kinds;
    for (const Violation& violation : Check(scenario.Read())) kinds.insert(violation.kind);
    EXPECT_THAT(kinds, ::testing::Contains(one_planted.kind)) << one_planted.plant;
    sql(one_planted.undo);
  }
  scenario.Check();
}

}  // namespace
}  // namespace agreements::testing
