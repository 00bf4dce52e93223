#include "tests/races/races.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <future>
#include <latch>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace agreements::testing {
namespace {

constexpr int kRoundsBetweenChecks = 50;
constexpr std::chrono::milliseconds kPollInterval(3);

// Whether the connection waits for a lock that another one holds. information_schema would tell a tenth of a second
// late.
bool WaitsForLock(TestDatabase& database, int64_t connection_id) {
  const std::string status = database.Sql("SHOW ENGINE INNODB STATUS");
  // What comes before are deadlocks of the past.
  const size_t list = status.find("LIST OF TRANSACTIONS");
  if (list == std::string::npos) return false;
  for (const absl::string_view transaction : absl::StrSplit(status.substr(list), "---TRANSACTION ")) {
    if (absl::StrContains(transaction, absl::StrCat("thread id ", connection_id, ","))) {
      return absl::StrContains(transaction, "LOCK WAIT");
    }
  }
  return false;
}

}  // namespace

void Together(const std::vector<std::function<void()>>& actions) {
  std::barrier start(static_cast<std::ptrdiff_t>(actions.size()));
  std::vector<std::jthread> threads;
  threads.reserve(actions.size());
  for (const auto& action : actions) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      action();
    });
  }
  for (std::jthread& thread : threads) thread.join();
}

storage::TestHooks Without(const Guards& guards) {
  storage::TestHooks hooks;
  hooks.rewrite = [guards](const storage::Statement& statement) {
    const auto guard = guards.find(statement.name());
    return guard == guards.end() ? statement.sql() : absl::StrReplaceAll(statement.sql(), guard->second);
  };
  return hooks;
}

std::vector<Race> GuardedOf(std::vector<Race> races) {
  std::erase_if(races, [](const Race& race) { return race.guards.empty(); });
  return races;
}

std::string RunGuarded(const Race& race) {
  Service service;
  return RunRounds(service, race, Rounds(kRaceRounds), false);
}

std::string RunUnguarded(const Race& race, const std::vector<std::string>& second_line) {
  const storage::TestHooks hooks = Without(race.guards);
  Service service(&hooks);
  for (const std::string& sql : second_line) service.Sql(sql);
  return RunRounds(service, race, kRoundsWithoutGuard, true);
}

std::string OutcomeUnguarded(const Race& race, const std::vector<std::string>& second_line) {
  const storage::TestHooks hooks = Without(race.guards);
  Service service(&hooks);
  for (const std::string& sql : second_line) service.Sql(sql);
  std::string wrong;
  for (int i = 0; i < kRoundsWithoutGuard && wrong.empty(); ++i) wrong = race.round(service, absl::StrCat("acct-", i));
  return wrong;
}

std::string RunRounds(Service& service, const Race& race, int rounds, bool stop_early) {
  std::string wrong;
  for (int i = 0; i < rounds && wrong.empty(); ++i) {
    const std::string account = absl::StrCat("acct-", i);
    wrong = race.round(service, account);
    if (stop_early || i % kRoundsBetweenChecks == 0) absl::StrAppend(&wrong, service.Findings(account));
  }
  return wrong.empty() ? service.Findings() : wrong;
}

int CountRollbacks(const Round& round) {
  std::atomic<int> rollbacks = 0;
  storage::TestHooks hooks;
  hooks.on_statement = [&](const storage::StatementEvent& event) {
    if (event.name == "ROLLBACK") ++rollbacks;
    return 0;
  };
  Service service(&hooks);
  EXPECT_EQ(RunRounds(service, {"", round, {}}, Rounds(kRaceRounds), false), "");
  return rollbacks;
}

std::string Expect(const std::string& outcome, const std::vector<std::string>& allowed) {
  return std::find(allowed.begin(), allowed.end(), outcome) != allowed.end() ? "" : "unexpected " + outcome + "\n";
}

struct Conductor::Caller {
  std::function<bool(absl::string_view, int)> at;
  int statements = 0;
  bool held = false;
  std::latch stopped{1};   // Held, or at its end.
  std::latch released{1};  // May go on.
  std::atomic<int64_t> connection_id = 0;
};

thread_local Conductor::Caller* Conductor::caller_ = nullptr;

Conductor::Conductor(const Guards& guards) : hooks_(Without(guards)) {
  hooks_.on_statement = [this](const storage::StatementEvent& event) { return OnStatement(event); };
}

int Conductor::OnStatement(const storage::StatementEvent& event) {
  if (event.phase != storage::StatementEvent::Phase::kBefore || caller_ == nullptr) return 0;
  Caller& caller = *caller_;
  caller.connection_id = event.connection_id;
  const int number = caller.statements++;
  if (caller.at && !caller.held && caller.at(event.name, number)) {
    caller.held = true;
    caller.stopped.count_down();
    caller.released.wait();
  }
  if (countdown_ > 0 && --countdown_ == 0) then_();
  return 0;
}

Conductor::Met Conductor::Meet(TestDatabase& database, const Meeting& meeting) {
  Caller first;
  first.at = meeting.at;
  std::jthread first_thread([&] {
    caller_ = &first;
    meeting.held();
    if (!first.held) first.stopped.count_down();
  });
  first.stopped.wait();
  const bool held = first.held;
  meeting.on_held();

  Caller second;
  std::promise<void> ended;
  const std::future<void> second_ended = ended.get_future();
  std::jthread second_thread([&] {
    caller_ = &second;
    meeting.second();
    ended.set_value();
  });
  bool waited = false;
  while (!waited && second_ended.wait_for(kPollInterval) == std::future_status::timeout) {
    waited = WaitsForLock(database, second.connection_id);
  }
  meeting.on_stopped();
  first.released.count_down();
  first_thread.join();
  second_thread.join();
  return {.held = held, .waited = waited};
}

void Conductor::RunTogether(const std::vector<std::function<void()>>& callers, int statement,
                            std::function<void()> then) {
  then_ = std::move(then);
  countdown_ = statement;
  std::vector<Caller> parts(callers.size());
  std::vector<std::function<void()>> actions;
  actions.reserve(callers.size());
  for (size_t i = 0; i < callers.size(); ++i) {
    actions.emplace_back([&, i] {
      caller_ = &parts[i];
      callers[i]();
    });
  }
  Together(actions);
  countdown_ = 0;
}

}  // namespace agreements::testing
