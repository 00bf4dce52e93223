#include "server/rpc/workers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "tests/unit/held_up.h"

namespace agreements {
namespace {

constexpr auto kRead = TaskKind::kRead;
constexpr auto kChange = TaskKind::kChange;
constexpr auto kBackground = TaskKind::kBackground;

const TaskOwner kAnyone = {.account_id = "acct-1", .kind = kRead};

TEST(WorkersTest, RunTasksInTheOrderOfTheirComing) {
  std::string order;
  {
    Workers workers(1, 10);
    for (const char c : {'a', 'b', 'c'}) EXPECT_TRUE(workers.TryRun(kAnyone, [&order, c] { order += c; }).ok());
  }
  EXPECT_EQ(order, "abc");
}

TEST(WorkersTest, RunAsManyTasksAtOnceAsThereAreThreads) {
  Workers workers(4, 8);
  HeldUp tasks(workers);
  for (const TaskKind kind : {kRead, kChange}) {
    for (const char* account_id : {"acct-1", "acct-2"}) tasks.Queue({.account_id = account_id, .kind = kind});
  }
  tasks.WaitUntilBegun(4);
}

TEST(WorkersTest, RefuseATaskAtOnceWhenTheQueueIsFullAndTakeItWhenThereIsRoom) {
  const TaskOwner other = {.account_id = "acct-2", .kind = kChange};
  int runs = 0;
  {
    Workers workers(1, 2);
    HeldUp first(workers);
    first.Queue(kAnyone).WaitUntilBegun(1);
    EXPECT_TRUE(workers.TryRun(kAnyone, [&runs] { ++runs; }).ok());
    EXPECT_TRUE(workers.TryRun(other, [&runs] { ++runs; }).ok());
    EXPECT_EQ(ReasonOf(workers.TryRun({.account_id = "acct-3", .kind = kRead}, [&runs] { runs += 100; })),
              v1::ERROR_REASON_SERVER_BUSY);
    first.LetGo();
    while (!workers.TryRun(kAnyone, [&runs] { runs += 10; }).ok()) {
    }
  }
  EXPECT_EQ(runs, 12);
}

TEST(WorkersTest, OneAccountTakesNoMoreThanHalfOfTheQueue) {
  Workers workers(1, 10);
  HeldUp first(workers);
  first.Queue(kAnyone).WaitUntilBegun(1).Queue(kAnyone, 5);
  for (const TaskKind kind : {kRead, kChange, kBackground}) {
    EXPECT_EQ(ReasonOf(workers.TryRun({.account_id = "acct-1", .kind = kind}, [] { FAIL(); })),
              v1::ERROR_REASON_SERVER_BUSY);
  }
  first.Queue({.account_id = "acct-2", .kind = kRead});
}

TEST(WorkersTest, OneKindTakesNoMoreThanThreeQuartersOfTheQueue) {
  Workers workers(1, 8);
  HeldUp first(workers);
  first.Queue(kAnyone).WaitUntilBegun(1);
  for (int i = 0; i < 6; ++i) first.Queue({.account_id = absl::StrCat("acct-", i), .kind = kChange});
  EXPECT_EQ(ReasonOf(workers.TryRun({.account_id = "acct-6", .kind = kChange}, [] { FAIL(); })),
            v1::ERROR_REASON_SERVER_BUSY);
  first.Queue({.account_id = "acct-6", .kind = kRead});
}

TEST(WorkersTest, WithoutAQueueNothingIsTaken) {
  Workers workers(1, 0);
  EXPECT_EQ(ReasonOf(workers.TryRun(kAnyone, [] { FAIL(); })), v1::ERROR_REASON_SERVER_BUSY);
}

TEST(WorkersTest, RunWhatIsQueuedBeforeTheyEnd) {
  std::atomic<int> runs = 0;
  {
    Workers workers(3, 100);
    HeldUp first(workers);
    first.Queue(kAnyone).WaitUntilBegun(1);
    // Of one account and kind, so that they run one after the other.
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(workers.TryRun(kAnyone, [&runs] { ++runs; }).ok());
    first.LetGo();
  }
  EXPECT_EQ(runs, 50);
}

TEST(WorkersTest, ATaskCanQueueAnother) {
  std::promise<void> done;
  Workers workers(1, 1);
  const auto queue_another = [&] { EXPECT_TRUE(workers.TryRun(kAnyone, [&] { done.set_value(); }).ok()); };
  EXPECT_TRUE(workers.TryRun(kAnyone, queue_another).ok());
  done.get_future().wait();
}

TEST(WorkersTest, WhatHasBegunGoesOnEvenIfTheQueueIsFull) {
  std::string order;
  {
    Workers workers(1, 1);
    HeldUp first(workers);
    first.Queue(kAnyone).WaitUntilBegun(1);
    EXPECT_TRUE(workers.TryRun(kAnyone, [&order] { order += 'a'; }).ok());
    EXPECT_TRUE(workers.Run(kAnyone, [&order] { order += 'b'; }).ok());
    EXPECT_EQ(ReasonOf(workers.TryRun(kAnyone, [] { FAIL(); })), v1::ERROR_REASON_SERVER_BUSY);
    EXPECT_TRUE(workers.Run(kAnyone, [&order] { order += 'c'; }).ok());
    first.LetGo();
  }
  EXPECT_EQ(order, "abc");
}

TEST(WorkersTest, OneAccountsTasksOfOneKindHoldUpNoMoreThanHalfOfTheWorkers) {
  Workers workers(16, 1024);
  HeldUp changes(workers);
  changes.Queue({.account_id = "acct-1", .kind = kChange}, 20).WaitUntilBegun(8);
  RunOne(workers, {.account_id = "acct-2", .kind = kChange});
  RunOne(workers, {.account_id = "acct-2", .kind = kRead});
  RunOne(workers, {.account_id = "acct-1", .kind = kRead});
  EXPECT_EQ(changes.begun(), 8);
}

TEST(WorkersTest, OneAccountHoldsUpNoMoreThanThreeQuartersOfTheWorkers) {
  Workers workers(16, 1024);
  HeldUp tasks(workers);
  for (const TaskKind kind : {kRead, kChange, kBackground}) tasks.Queue({.account_id = "acct-1", .kind = kind}, 20);
  tasks.WaitUntilBegun(12);
  for (const TaskKind kind : {kRead, kChange, kBackground}) RunOne(workers, {.account_id = "acct-2", .kind = kind});
  EXPECT_EQ(tasks.begun(), 12);
}

TEST(WorkersTest, OneKindHoldsUpNoMoreThanThreeQuartersOfTheWorkers) {
  Workers workers(16, 1024);
  HeldUp changes(workers);
  for (int i = 0; i < 20; ++i) changes.Queue({.account_id = absl::StrCat("acct-", i), .kind = kChange});
  changes.WaitUntilBegun(12);
  RunOne(workers, {.account_id = "acct-1", .kind = kRead});
  RunOne(workers, {.account_id = "acct-1", .kind = kBackground});
  EXPECT_EQ(changes.begun(), 12);
}

TEST(WorkersTest, BackgroundHoldsUpNoMoreThanAQuarterOfTheWorkersAndOneAccountsAnEighth) {
  Workers workers(16, 1024);
  HeldUp first(workers);
  first.Queue({.account_id = "acct-1", .kind = kBackground}, 5).WaitUntilBegun(2);
  RunOne(workers, {.account_id = "acct-2", .kind = kBackground});
  EXPECT_EQ(first.begun(), 2);
  HeldUp others(workers);
  for (int i = 2; i < 10; ++i) others.Queue({.account_id = absl::StrCat("acct-", i), .kind = kBackground});
  others.WaitUntilBegun(2);
  RunOne(workers, {.account_id = "acct-1", .kind = kRead});
  EXPECT_EQ(others.begun(), 2);
  first.Go();  // Each may wait for the other.
  others.Go();
}

TEST(WorkersTest, WithOneWorkerEverythingRuns) {
  Workers workers(1, 1024);
  for (int i = 0; i < 10; ++i) {
    for (const TaskKind kind : {kRead, kChange, kBackground}) RunOne(workers, {.account_id = "acct-1", .kind = kind});
  }
}

TEST(WorkersTest, AnAccountWithOneTaskDoesNotWaitForAnothersThousand) {
  std::string order;
  {
    Workers workers(1, 4000);
    HeldUp first(workers);
    first.Queue(kAnyone).WaitUntilBegun(1);
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(workers.TryRun(kAnyone, [&order] { order += '1'; }).ok());
    for (const char c : {'2', '3'}) {
      const TaskOwner owner = {.account_id = absl::StrCat("acct-", std::string(1, c)), .kind = kRead};
      for (int i = 0; i < 2; ++i) EXPECT_TRUE(workers.TryRun(owner, [&order, c] { order += c; }).ok());
    }
    first.LetGo();
  }
  EXPECT_EQ(order.substr(0, 8), "23123111");
  EXPECT_EQ(order.size(), 1004U);
}

// With five workers, one owner's share is two, an account's three, a kind's three.
TEST(WorkersTest, WhenATaskEndsEverythingRunsThatWaitedForTheSharesItHeld) {
  Workers workers(5, 1024);
  HeldUp one_read(workers);
  HeldUp the_others(workers);
  std::latch both(2);
  one_read.Queue({.account_id = "acct-1", .kind = kRead}).WaitUntilBegun(1);
  the_others.Queue({.account_id = "acct-1", .kind = kRead})
      .Queue({.account_id = "acct-1", .kind = kChange})
      .Queue({.account_id = "acct-2", .kind = kRead})
      .WaitUntilBegun(3);
  // One waits for the account's share, the other for the kind's.
  const auto meet = [&both] { both.arrive_and_wait(); };
  EXPECT_TRUE(workers.TryRun({.account_id = "acct-1", .kind = kChange}, meet).ok());
  EXPECT_TRUE(workers.TryRun({.account_id = "acct-3", .kind = kRead}, meet).ok());
  EXPECT_FALSE(both.try_wait());
  one_read.LetGo();
  both.wait();
}

TEST(WorkersTest, OfEightWorkersNeverMoreAreBusyWithOneThingThanItsShare) {
  std::mutex mutex;
  std::map<std::string, int> running;
  std::map<std::string, int> most;
  const auto count = [&](const std::string& what, int by) {
    const std::lock_guard lock(mutex);
    running[what] += by;
    most[what] = std::max(most[what], running[what]);
  };
  std::atomic<int> runs = 0;
  constexpr int kTasks = 4000;
  {
    Workers workers(8, size_t{10} * kTasks);
    std::mt19937 random(20261124);
    for (int i = 0; i < kTasks; ++i) {
      const TaskOwner owner = {.account_id = absl::StrCat(random() % 3), .kind = static_cast<TaskKind>(random() % 3)};
      const std::string account = absl::StrCat("account ", owner.account_id);
      const std::string kind = absl::StrCat("kind ", static_cast<int>(owner.kind));
      const auto task = [&count, &runs, account, kind] {
        for (const std::string& what : {account, kind, absl::StrCat(account, ", ", kind)}) count(what, 1);
        std::this_thread::yield();
        for (const std::string& what : {account, kind, absl::StrCat(account, ", ", kind)}) count(what, -1);
        ++runs;
      };
      EXPECT_TRUE(workers.TryRun(owner, task).ok());
    }
  }
  EXPECT_EQ(runs, kTasks);
  for (const char* account : {"account 0", "account 1", "account 2"}) {
    EXPECT_LE(most[account], 6) << account;
    for (const char* kind : {"kind 0", "kind 1"}) EXPECT_LE(most[absl::StrCat(account, ", ", kind)], 4) << account;
    EXPECT_LE(most[absl::StrCat(account, ", kind 2")], 1) << account;
  }
  for (const char* kind : {"kind 0", "kind 1"}) EXPECT_LE(most[kind], 6) << kind;
  EXPECT_LE(most["kind 2"], 2);
}

TEST(WorkersTest, StopWaitsForEveryTaskThatWasTakenAndRefusesTheRest) {
  Workers workers(2, 1000);
  const TaskOwner other = {.account_id = "acct-2", .kind = kChange};
  std::atomic<int> runs = 0;
  HeldUp both(workers);
  both.Queue(kAnyone).Queue(other).WaitUntilBegun(2);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(workers.TryRun(kAnyone, [&runs] { ++runs; }).ok());
  std::thread stopper([&] {
    workers.Stop();
    EXPECT_EQ(runs, 100);
  });
  // Until it stops, there may be room.
  absl::Status status;
  int taken = 0;
  do {
    status = workers.TryRun(other, [] {});
    if (status.ok()) ++taken;
  } while (ReasonOf(status) != v1::ERROR_REASON_SERVER_STOPPING);
  EXPECT_LE(taken, 1000);
  EXPECT_EQ(ReasonOf(workers.Run(kAnyone, [] { FAIL(); })), v1::ERROR_REASON_SERVER_STOPPING);
  EXPECT_EQ(runs, 0);
  both.LetGo();
  stopper.join();
  workers.Stop();
}

}  // namespace
}  // namespace agreements
