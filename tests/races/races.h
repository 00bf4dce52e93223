// Races: actions that run at once, round after round, with the invariants checked afterwards. A race with a guard in
// SQL runs once more without the guard, and must then be lost: otherwise its test could not fail.
#ifndef AGREEMENTS_TESTS_RACES_RACES_H_
#define AGREEMENTS_TESTS_RACES_RACES_H_

#include <atomic>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "storage/connection/session.h"
#include "tests/testing/service.h"

namespace agreements::testing {

inline constexpr int kRaceRounds = 3000;          // Of each race; a tenth in CI.
inline constexpr int kRoundsWithoutGuard = 2000;  // At the most: the first lost race ends it.

// Runs the actions at once, as nearly as threads can.
void Together(const std::vector<std::function<void()>>& actions);

// Runs two calls at once, and returns what became of both: "OK,AGREEMENT_DELETED".
template <typename First, typename Second>
std::string Outcomes(const First& first, const Second& second) {
  std::string outcomes[2];
  Together({[&] { outcomes[0] = Outcome(first()); }, [&] { outcomes[1] = Outcome(second()); }});
  return outcomes[0] + "," + outcomes[1];
}

// Parts of statements that guard against races, and what replaces them.
using Guards = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;

storage::TestHooks Without(const Guards& guards);

// Without it, an agreement may have been settled since it was read.
inline const Guards kSettledUntil = {
    {"lock_for_settlement", {{"WHERE account_id = ?", "WHERE 1 = 0 AND account_id = ?"}}}};

// Without them, the agreements that hold companies and drafts are not locked, and nobody notices.
inline const Guards kHolderLocks = {
    {"lock_holder", {{"WHERE account_id = ?", "WHERE account_id = CONCAT('-', ?)"}}},
    {"lock_holder_of_draft", {{"WHERE account_id = ?", "WHERE account_id = CONCAT('-', ?)"}}},
    {"lock_holder_and_target", {{"WHERE account_id = ?", "WHERE account_id = CONCAT('-', ?)"}}},
    {"get_held_company", {{"a.guard = ?, t.guard = ?", "? > 0, ? > 0"}}},
    {"get_company_in_use", {{"a.guard = ?, t.guard = ?", "? > 0, ? > 0"}}},
    {"get_held_draft", {{"a.guard = ?", "? > 0"}}},
    {"get_company_user", {{"g.guard = ?", "? > 0"}}}};

// Without them, it is not noticed that what was locked is another agreement than the one that holds the company.
inline const Guards kMarks = {{"get_held_company", {{"a.guard = ?, t.guard = ?", "? > 0, ? > 0"}}},
                              {"get_company_in_use", {{"a.guard = ?, t.guard = ?", "? > 0, ? > 0"}}}};

// Without it, the last holder of a company that is undeleted into another agreement is not locked.
inline const Guards kLastHolderLock = {
    {"lock_holder_and_target", {{"AND c.company_id = ?", "AND c.company_id = CONCAT('-', ?)"}}},
    {"get_held_company", {{"a.guard = ?", "? > 0"}}}};

// Without what stops companies from getting into a deleted agreement.
inline const Guards kDeletionGuards = {
    {"delete_agreement", {{"AND company_count = 0", ""}, {"AND draft_count = ?", "AND draft_count <= ? + 1000"}}},
    {"lock_live_agreement", {{"AND delete_time IS NULL", ""}}},
    {"lock_holder", {{"AND delete_time IS NULL", ""}}},
    {"lock_holder_of_draft", {{"AND delete_time IS NULL", ""}}},
    {"lock_holder_and_target", {{"delete_time IS NULL OR", "1 = 1 OR"}}}};

// The guards of both.
inline Guards Joined(Guards some, const Guards& others) {
  some.insert(others.begin(), others.end());
  return some;
}

// A race: one round with fresh resources in an account of its own. Returns what is wrong with the outcome, or "".
using Round = std::function<std::string(Service&, const std::string& account_id)>;

struct Race {
  std::string name;
  Round round;
  Guards guards;  // Empty: nothing to take out in SQL.
};

// Lets the parameter of a test be printed by its name.
inline void PrintTo(const Race& race, std::ostream* out) { *out << race.name; }

inline std::string NameOf(const ::testing::TestParamInfo<Race>& race) { return race.param.name; }

// Those that are lost when their guards are taken out.
std::vector<Race> GuardedOf(std::vector<Race> races);

// The invariants of the service, each round's own outcome, and nothing else: "" is good.
std::string RunRounds(Service& service, const Race& race, int rounds, bool stop_early);

// What is wrong after all rounds with the guards in place: "" is good.
std::string RunGuarded(const Race& race);

// What the first lost race breaks without the guards. `second_line` is SQL that drops what else would stop it.
std::string RunUnguarded(const Race& race, const std::vector<std::string>& second_line = {});

// The same without looking at the invariants: the first outcome of a round that is wrong.
std::string OutcomeUnguarded(const Race& race, const std::vector<std::string>& second_line = {});

// Counts the transactions that are rolled back. 0 means that there was no deadlock.
int CountRollbacks(const Round& round);

// "" if the outcome is one of `allowed`.
std::string Expect(const std::string& outcome, const std::vector<std::string>& allowed);

// Makes callers meet at a statement. The Service that they call must have its hooks. One meeting at a time.
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
