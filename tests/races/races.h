// Races: actions that run at once, round after round, with the invariants checked afterwards. A race with a guard in
// SQL is run once more without it, to see that it is really lost then: a test that could not fail would be worth
// nothing.
#ifndef AGREEMENTS_TESTS_RACES_RACES_H_
#define AGREEMENTS_TESTS_RACES_RACES_H_

#include <atomic>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "storage/connection/statement.h"
#include "tests/testing/service.h"

namespace agreements::testing {

inline constexpr int kRaceRounds = 3000;          // Of each race; a tenth in CI.
inline constexpr int kRoundsWithoutGuard = 2000;  // At the most: the first lost race ends it.

// Runs the actions at once, as nearly as threads can.
void Together(const std::vector<std::function<void()>>& actions);

// Parts of statements that guard against races, and what stands there without them.
using Guards = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;

storage::TestHooks Without(const Guards& guards);

// An order basis need not begin where the agreement is settled until.
inline const Guards kSettledUntil = {{"lock_for_settlement", {{"AND settled_until = ?", "AND ? > '2000-01-01'"}}}};

// A race: one round with fresh resources in an account of its own. Returns what is wrong with the outcome, or "".
using Round = std::function<std::string(Service&, const std::string& account_id)>;

struct Race {
  std::string name;
  Round round;
  Guards guards;  // Empty: nothing to take out in SQL.
};

// Lets the parameter of a test be printed by its name.
inline void PrintTo(const Race& race, std::ostream* out) { *out << race.name; }

// The invariants of the service, each round's own outcome, and nothing else: "" is good.
std::string RunRounds(Service& service, const Race& race, int rounds, bool stop_early);

// How many transactions are rolled back in rounds that go well: each one that fails is, so 0 says that none met a
// deadlock.
int CountRollbacks(const Round& round);

// "" if the outcome is one of `allowed`.
std::string Expect(const std::string& outcome, const std::vector<std::string>& allowed);

// Makes callers meet at a statement, instead of waiting for them to. Its hooks are for the Service that they call; one
// meeting at a time.
class Conductor {
 public:
  explicit Conductor(const Guards& guards = {});
  Conductor(const Conductor&) = delete;
  Conductor& operator=(const Conductor&) = delete;

  const storage::TestHooks* hooks() const { return &hooks_; }

  // Two callers, each in a thread of its own. The first one is held while the second one does what it can.
  struct Meeting {
    std::function<void()> held;
    // Before which of its statements, which are counted from 0. It is held once at the most.
    std::function<bool(absl::string_view statement, int number)> at;
    std::function<void()> on_held = [] {};  // The second one has not begun.
    std::function<void()> second;
    std::function<void()> on_stopped = [] {};  // It has ended, or waits for a lock, and the first one is still held.
  };
  struct Met {
    bool held = false;    // Or the first one ended without such a statement, before the second one began.
    bool waited = false;  // The second one, for a lock.
  };
  Met Meet(TestDatabase& database, const Meeting& meeting);

  // Runs the callers at once, and calls `then` before one of their statements, counted over all of them from 1.
  void RunTogether(const std::vector<std::function<void()>>& callers, int statement, std::function<void()> then);

 private:
  struct Caller;

  int OnStatement(const storage::StatementEvent& event);

  static thread_local Caller* caller_;  // Of this thread, or null.

  storage::TestHooks hooks_;
  std::atomic<int> countdown_ = 0;
  std::function<void()> then_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_RACES_RACES_H_
