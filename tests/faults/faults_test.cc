// A deadlock, a lock wait time-out, a full disk, a killed session and a lost answer at every statement of every
// mutation, COMMIT included: the outcome is all or nothing, and the same request_id gets the one result.
#include <atomic>
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/testing/mutations.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using storage::StatementEvent;

constexpr int kErrorOnWrite = 1026;
constexpr int kLockWaitTimeout = 1205;
constexpr int kDeadlock = 1213;
constexpr int kLost = 2013;
constexpr int kReadOnly = 1290;

// Every table with what callers have stored, children first.
constexpr const char* kTables[] = {"order_basis_lines", "order_bases", "transactions",   "accesses",  "prices",
                                   "products",          "placements",  "company_drafts", "companies", "agreements",
                                   "requests",          "changes"};

enum class Kill { kNo, kYes };

struct Fault {
  std::string name;
  StatementEvent::Phase phase;
  int error_number;       // What the connector reports; 0: what it finds itself.
  Kill kill = Kill::kNo;  // The server ends the session first.
};

std::vector<Fault> Faults() {
  using Phase = StatementEvent::Phase;
  return {{"Deadlock", Phase::kBefore, kDeadlock},
          {"LockWaitTimeout", Phase::kBefore, kLockWaitTimeout},
          {"LockWaitTimeoutAfterwards", Phase::kAfter, kLockWaitTimeout},
          {"FailOver", Phase::kBefore, kReadOnly},
          {"FullDisk", Phase::kBefore, kErrorOnWrite},
          {"FullDiskAfterwards", Phase::kAfter, kErrorOnWrite},
          {"KilledSession", Phase::kBefore, 0, Kill::kYes},
          {"KilledSessionAfterwards", Phase::kAfter, 0, Kill::kYes},
          {"LostRequest", Phase::kBefore, kLost},
          {"LostAnswer", Phase::kAfter, kLost}};
}

// Breaks the nth statement from now on, once.
class Breaker {
 public:
  explicit Breaker(const Fault& fault) : fault_(fault) {
    hooks_.on_statement = [this](const StatementEvent& event) { return OnStatement(event); };
  }

  const storage::TestHooks* hooks() const { return &hooks_; }
  void Arm(int nth) { countdown_ = nth; }
  void Disarm() { countdown_ = 0; }
  bool Struck() const { return countdown_ == 0; }
  void SetDatabase(TestDatabase& database) { database_ = &database; }

 private:
  int OnStatement(const StatementEvent& event) {
    if (event.phase != fault_.phase || countdown_ == 0 || --countdown_ > 0) return 0;
    if (fault_.kill == Kill::kYes) database_->Sql(absl::StrCat("KILL ", event.connection_id));
    return fault_.error_number;
  }

  const Fault fault_;
  storage::TestHooks hooks_;
  TestDatabase* database_ = nullptr;
  std::atomic<int> countdown_ = 0;
};

// What a mutation leaves behind when nothing breaks.
struct Undisturbed {
  std::string state;
  std::string entries;
};

// The same for each fault. Empty if the mutation fails.
const Undisturbed& UndisturbedBy(const Mutation& mutation) {
  static std::map<std::string, Undisturbed> known;
  const auto [entry, is_new] = known.try_emplace(mutation.name);
  Undisturbed& undisturbed = entry->second;
  if (is_new) {
    Service service;
    if (mutation.prepare(service)("request-1", false).ok()) {
      undisturbed = {.state = service.State(), .entries = service.Entries()};
    }
  }
  return undisturbed;
}

class FaultsTest : public ::testing::TestWithParam<std::tuple<Mutation, Fault>> {};

TEST_P(FaultsTest, AtEachStatementTheMutationIsDoneOnce) {
  const auto& [mutation, fault] = GetParam();
  const auto& [undisturbed, entries] = UndisturbedBy(mutation);
  ASSERT_NE(entries, "");
  Breaker breaker(fault);
  Service service(breaker.hooks());
  breaker.SetDatabase(service.test_database());
  int broken = 0;
  for (bool struck = true; struck; ++broken) {
    for (const char* table : kTables) service.Sql(absl::StrCat("DELETE FROM ", table));
    const MutationRun run = mutation.prepare(service);
    breaker.Arm(broken + 1);
    const auto response = run("request-1", false);
    struck = breaker.Struck();
    breaker.Disarm();
    ASSERT_TRUE(response.ok()) << "statement " << broken + 1 << ": " << response.status();
    EXPECT_EQ(service.State(), undisturbed) << "statement " << broken + 1;
    EXPECT_EQ(service.Entries(), entries) << "statement " << broken + 1;
    EXPECT_EQ(service.Findings(), "") << "statement " << broken + 1;
    const auto again = run("request-1", false);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, *response);
    EXPECT_EQ(service.State(), undisturbed) << "statement " << broken + 1 << ", and again";
    EXPECT_EQ(service.Entries(), entries) << "statement " << broken + 1 << ", and again";
  }
  EXPECT_GT(broken, 4) << "the request, something, its response and COMMIT";
}

INSTANTIATE_TEST_SUITE_P(EveryMutation, FaultsTest,
                         ::testing::Combine(::testing::ValuesIn(Mutations()), ::testing::ValuesIn(Faults())),
                         [](const auto& test) { return std::get<0>(test.param).name + std::get<1>(test.param).name; });

class DeadlineTest : public ::testing::TestWithParam<Mutation> {};

// A third kind of end: the statement fails every time, until the deadline.
TEST_P(DeadlineTest, WhatNeverSucceedsChangesNothing) {
  std::atomic<bool> broken = false;
  storage::TestHooks hooks;
  hooks.on_statement = [&](const StatementEvent& event) {
    return broken && event.name == "COMMIT" && event.phase == StatementEvent::Phase::kBefore ? kDeadlock : 0;
  };
  Service service(&hooks);
  const MutationRun run = GetParam().prepare(service);
  const std::string state = service.State();
  broken = true;
  service.set_timeout(absl::Milliseconds(100));
  EXPECT_EQ(Outcome(run("request-1", false)), "DEADLINE_PASSED");
  EXPECT_EQ(service.State(), state);
  broken = false;
  service.set_timeout(absl::Seconds(30));
  EXPECT_EQ(service.Findings(), "");
  EXPECT_EQ(Outcome(run("request-1", false)), "OK");
}

INSTANTIATE_TEST_SUITE_P(EveryMutation, DeadlineTest, ::testing::ValuesIn(Mutations()),
                         [](const auto& mutation) { return mutation.param.name; });

}  // namespace
}  // namespace agreements::testing
