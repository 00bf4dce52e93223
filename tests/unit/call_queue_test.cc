#include "server/rpc/call_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace agreements {
namespace {

constexpr auto kRead = TaskKind::kRead;
constexpr auto kChange = TaskKind::kChange;
constexpr auto kBackground = TaskKind::kBackground;
constexpr TaskKind kAllKinds[] = {kRead, kChange, kBackground};

// A queue without threads, whose time passes only when a test says so.
class CallQueueTest : public ::testing::Test {
 protected:
  void Use(const QueueOptions& options) { queue_ = std::make_unique<CallQueue>(options); }

  // Queues tasks, which can be told by `name`.
  std::optional<Refusal> Push(const TaskOwner& owner, const std::string& name = "x", int tasks = 1,
                              absl::Duration patience = absl::InfiniteDuration()) {
    for (int i = 0; i < tasks; ++i) {
      Task task = [this, name](const Admission&) { last_ = name; };
      if (const auto refusal = queue_->Push(owner, now_, patience, task)) return refusal;
    }
    return std::nullopt;
  }

  // Begins what may begin, at most `most` tasks, and returns how many did. They go on.
  size_t Start(size_t most = 1000) {
    size_t started = 0;
    while (started < most) {
      std::optional<CallQueue::Next> next = queue_->Pop(now_);
      if (!next) break;
      EXPECT_FALSE(next->is_refused);
      running_.push_back(*std::move(next));
      ++started;
    }
    return started;
  }

  // Runs one task after the other, at most `most`, and returns their names, joined.
  std::string RunAll(int most = 1000) {
    std::string names;
    for (int i = 0; i < most; ++i) {
      const std::optional<CallQueue::Next> next = queue_->Pop(now_);
      if (!next) break;
      next->task({});
      names += last_;
      if (!next->is_refused) queue_->Finish(*next, now_);
    }
    return names;
  }

  // Runs what leaves the queue together, and returns the names, joined; refused ones in parentheses.
  std::string RunTogether() {
    std::optional<CallQueue::Next> next = queue_->Pop(now_);
    if (!next) return "";
    next->task({});
    std::string names = next->is_refused ? absl::StrCat("(", last_, ")") : last_;
    for (const CallQueue::Rider& rider : next->riders) {
      rider.task({});
      names += rider.is_refused ? absl::StrCat("(", last_, ")") : last_;
    }
    if (!next->is_refused) running_.push_back(*std::move(next));
    return names;
  }

  // Each task that runs has taken so long.
  void FinishAfter(absl::Duration time) {
    now_ += time;
    for (const CallQueue::Next& task : running_) queue_->Finish(task, now_);
    running_.clear();
  }

  absl::Duration now_ = absl::Hours(1);
  std::unique_ptr<CallQueue> queue_ = std::make_unique<CallQueue>(QueueOptions{});
  std::vector<CallQueue::Next> running_;
  std::string last_;
};

class Nothing final : public Gathering {
  std::unique_ptr<Batch> NewBatch() override { return nullptr; }
};

TEST_F(CallQueueTest, TasksOfOneOwnerBeginInTheOrderOfTheirComing) {
  for (const char* name : {"a", "b", "c"}) Push({}, name);
  EXPECT_EQ(RunAll(), "abc");
}

TEST_F(CallQueueTest, AFullQueueRefusesAndTakesAgainWhenThereIsRoom) {
  Use({.workers = 1, .max_queue = 2});
  EXPECT_EQ(Push({.account_id = "acct-1", .kind = kRead}), std::nullopt);
  EXPECT_EQ(Push({.account_id = "acct-2", .kind = kChange}), std::nullopt);
  EXPECT_EQ(Push({.account_id = "acct-3", .kind = kRead}), Refusal::kFull);
  EXPECT_EQ(RunAll(1), "x");
  EXPECT_EQ(Push({.account_id = "acct-3", .kind = kRead}), std::nullopt);
  Use({.workers = 1, .max_queue = 0});
  EXPECT_EQ(Push({}), Refusal::kFull);
}

TEST_F(CallQueueTest, WhatHasBegunGoesOnEvenIfTheQueueIsFull) {
  Use({.max_queue = 0});
  queue_->Add({.kind = kBackground}, now_, [](const Admission&) {});
  EXPECT_EQ(Start(), 1U);
}

// Of 16 workers, and of 16 places in the queue.
TEST_F(CallQueueTest, NobodyHasMoreThanItsShareEvenIfNobodyElseWaits) {
  struct Case {
    const char* what;
    size_t share;
    std::function<TaskOwner(int i)> owner;
  };
  const auto name = [](int i) { return absl::StrCat(i); };
  const Case cases[] = {
      {"an account's reads", 8,
       [&](int i) {
         return TaskOwner{name(i), "acct-1", kRead};
       }},
      {"an account's changes", 8,
       [&](int i) {
         return TaskOwner{name(i), "acct-1", kChange};
       }},
      {"an account's background", 2,
       [&](int i) {
         return TaskOwner{name(i), "acct-1", kBackground};
       }},
      {"an account", 12,
       [&](int i) {
         return TaskOwner{name(i), "acct-1", kAllKinds[i % 3]};
       }},
      {"a caller's reads", 10,
       [&](int i) {
         return TaskOwner{"one", name(i), kRead};
       }},
      {"a caller's background", 4,
       [&](int i) {
         return TaskOwner{"one", name(i), kBackground};
       }},
      {"a caller", 14,
       [&](int i) {
         return TaskOwner{"one", name(i), kAllKinds[i % 3]};
       }},
      {"reads", 12,
       [&](int i) {
         return TaskOwner{name(i), name(i), kRead};
       }},
      {"changes", 12,
       [&](int i) {
         return TaskOwner{name(i), name(i), kChange};
       }},
      {"background", 4,
       [&](int i) {
         return TaskOwner{name(i), name(i), kBackground};
       }},
  };
  for (const Case& one : cases) {
    const TaskKind other_kind = one.owner(0).kind == kRead ? kChange : kRead;
    const TaskOwner other = {.caller = "other", .account_id = "other", .kind = other_kind};
    Use({.workers = 16});
    for (int i = 0; i < 60; ++i) ASSERT_EQ(Push(one.owner(i)), std::nullopt) << one.what;
    EXPECT_EQ(Start(), one.share) << one.what;
    Push(other);
    EXPECT_EQ(Start(), 1U) << one.what;

    Use({.max_queue = 16});
    for (int i = 0; i < 60; ++i) Push(one.owner(i));
    EXPECT_EQ(queue_->queued(), one.share) << one.what;
    EXPECT_EQ(Push(one.owner(0)), Refusal::kShare) << one.what;
    EXPECT_EQ(Push(other), std::nullopt) << one.what;
  }
}

TEST_F(CallQueueTest, WithOneWorkerEverythingRuns) {
  Use({.workers = 1});
  for (const TaskKind kind : kAllKinds) Push({.caller = "one", .account_id = "acct-1", .kind = kind}, "x", 10);
  EXPECT_EQ(RunAll(), std::string(30, 'x'));
}

TEST_F(CallQueueTest, WhenATaskEndsWhatWaitedForItsSharesMayRun) {
  Use({.workers = 1});
  Push({.account_id = "acct-1", .kind = kRead}, "x", 2);
  EXPECT_EQ(Start(), 1U);
  EXPECT_FALSE(queue_->HasNext());
  FinishAfter(absl::Milliseconds(1));
  EXPECT_TRUE(queue_->HasNext());
  EXPECT_EQ(Start(), 1U);
}

TEST_F(CallQueueTest, AnAccountWithOneTaskDoesNotWaitForAnothersHundred) {
  Push({.account_id = "acct-1"}, "1", 100);
  Push({.account_id = "acct-2"}, "2", 2);
  Push({.account_id = "acct-3"}, "3", 2);
  EXPECT_EQ(RunAll().substr(0, 9), "123123111");
}

TEST_F(CallQueueTest, ACallerWithOneTaskDoesNotWaitForAnothersHundredAccounts) {
  for (int i = 0; i < 100; ++i) Push({.caller = "greedy", .account_id = absl::StrCat(i)}, "g");
  Push({.caller = "other", .account_id = "acct"}, "o", 3);
  EXPECT_EQ(RunAll().substr(0, 9), "gogogoggg");
}

// Even if the one that came first has them all, and its tasks take long.
TEST_F(CallQueueTest, CallersHaveAsManyWorkersEach) {
  Use({.workers = 16});
  for (int i = 0; i < 100; ++i) Push({.caller = "one", .account_id = absl::StrCat(i)}, "1");
  EXPECT_EQ(Start(), 10U);
  for (int i = 0; i < 100; ++i) Push({.caller = "two", .account_id = absl::StrCat(i)}, "2");
  EXPECT_EQ(Start(), 2U);  // What is left for reads.
  const auto count = [this](const std::string& caller) {
    return std::count_if(running_.begin(), running_.end(),
                         [&](const auto& task) { return task.owner.caller == caller; });
  };
  for (int i = 0; i < 4; ++i) {
    const auto ended =
        std::find_if(running_.begin(), running_.end(), [](const auto& task) { return task.owner.caller == "one"; });
    queue_->Finish(*ended, now_);
    running_.erase(ended);
    EXPECT_EQ(Start(), 1U);
  }
  EXPECT_EQ(count("one"), 6);
  EXPECT_EQ(count("two"), 6);
}

TEST_F(CallQueueTest, TasksOfAGatheringLeaveTogetherOneOfEachCallerInTurn) {
  Nothing gathering;
  Nothing other;
  Push({.caller = "a", .account_id = "1", .gathering = &gathering}, "a", 4);
  Push({.caller = "a", .account_id = "2", .gathering = &gathering}, "A", 1);
  Push({.caller = "a", .account_id = "2", .gathering = &other}, "o", 2);
  Push({.caller = "b", .account_id = "1"}, "x", 1);
  Push({.caller = "b", .account_id = "1", .gathering = &gathering}, "b", 2);
  Push({.caller = "c", .account_id = "1", .kind = kChange, .gathering = &gathering}, "c", 1);
  EXPECT_EQ(RunTogether(), "abAbaaa");
  EXPECT_EQ(RunTogether(), "c");
  EXPECT_EQ(RunTogether(), "x");
  EXPECT_EQ(RunTogether(), "oo");
  EXPECT_EQ(RunTogether(), "");
}

TEST_F(CallQueueTest, WhatWaitsBehindTasksThatLeaveTogetherKeepsItsOrder) {
  Nothing gathering;
  Push({}, "1");
  Push({.gathering = &gathering}, "2");
  Push({}, "3");
  Push({.gathering = &gathering}, "4");
  Push({}, "5");
  std::string names;
  for (int i = 0; i < 4; ++i) names += RunTogether() + " ";
  EXPECT_EQ(names, "1 24 3 5 ");
}

TEST_F(CallQueueTest, WhatRidesAlongUsesUpNoShare) {
  Nothing gathering;
  Push({.account_id = "acct-1", .gathering = &gathering}, "x", 50);
  EXPECT_EQ(RunTogether(), std::string(50, 'x'));
  EXPECT_EQ(queue_->running(kRead), 1U);
  EXPECT_EQ(queue_->queued(), 0U);
  Push({.account_id = "acct-1"}, "x", 50);
  EXPECT_EQ(Start(), 7U);  // Eight are the account's.
  FinishAfter(absl::Milliseconds(1));
  EXPECT_EQ(queue_->running(kRead), 0U);
}

TEST_F(CallQueueTest, ALimitedNumberLeavesTogetherSharedByTheCallers) {
  Nothing gathering;
  Use({.max_queue = 4000});
  for (int i = 0; i < 30; ++i) {
    Push({.caller = "greedy", .account_id = absl::StrCat(i), .gathering = &gathering}, "g", 10);
    Push({.caller = "many", .account_id = absl::StrCat(i), .gathering = &gathering}, "m", 10);
  }
  Push({.caller = "one", .account_id = "1", .gathering = &gathering}, "o");
  for (int i = 0; i < 3; ++i) {
    const std::string names = RunTogether();
    ASSERT_EQ(names.size(), Gathering::kMostTasks);
    EXPECT_EQ(std::count(names.begin(), names.end(), 'o'), i == 0 ? 1 : 0);
    EXPECT_NEAR(static_cast<double>(std::count(names.begin(), names.end(), 'g')), 50, 1);
  }
}

TEST_F(CallQueueTest, WhatRidesAlongIsRefusedLikeTheRest) {
  Nothing gathering;
  int refused = 0;
  for (int i = 0; i < 50; ++i) {
    Push({.gathering = &gathering}, "x", 2);
    now_ += absl::Milliseconds(20);
    const std::string names = RunTogether();
    refused += static_cast<int>(std::count(names.begin(), names.end(), '('));
  }
  EXPECT_GT(refused, 30);
}

TEST_F(CallQueueTest, WhatRunsTogetherSharesItsTime) {
  Nothing gathering;
  Use({.workers = 16});
  Push({.gathering = &gathering}, "x", 10);
  RunTogether();
  FinishAfter(absl::Milliseconds(3000));
  for (int i = 0; i < 100; ++i) Push({.account_id = absl::StrCat(i)});
  EXPECT_EQ(queue_->RetryDelay(kRead), absl::Milliseconds(2500));  // 300 ms for each 12.
}

TEST_F(CallQueueTest, ReadsAndChangesTakeTurns) {
  Push({.kind = kRead}, "r", 100);
  Push({.kind = kChange}, "c", 3);
  EXPECT_EQ(RunAll().substr(0, 8), "rcrcrcrr");
}

TEST_F(CallQueueTest, BackgroundRunsBehindPeopleButForOne) {
  for (int i = 0; i < 4; ++i) {
    const std::string account = absl::StrCat(i);
    Push({.account_id = account, .kind = kBackground}, "b");
    Push({.account_id = account, .kind = kRead}, "r");
    Push({.account_id = account, .kind = kChange}, "c");
  }
  std::string order;
  while (const auto next = queue_->Pop(now_)) {  // They go on.
    next->task({});
    order += last_;
  }
  EXPECT_EQ(order, "rcbrcrcrcbbb");
}

TEST_F(CallQueueTest, ATaskThatWouldWaitPastItsDeadlineIsRefusedAtOnce) {
  Use({.workers = 16});
  // Learns that a read takes 100 ms.
  Push({.caller = "a", .account_id = "1"});
  Start();
  FinishAfter(absl::Milliseconds(100));
  // Eight of them run at once.
  EXPECT_EQ(Push({.caller = "a", .account_id = "1"}, "x", 16), std::nullopt);
  EXPECT_EQ(Push({.caller = "a", .account_id = "1"}, "x", 1, absl::Milliseconds(299)), Refusal::kExpectedWait);
  EXPECT_EQ(Push({.caller = "a", .account_id = "1"}, "x", 1, absl::Milliseconds(300)), std::nullopt);
  // It is another account's turn much sooner, and another kind's.
  EXPECT_EQ(Push({.caller = "a", .account_id = "2"}, "x", 1, absl::Milliseconds(111)), std::nullopt);
  EXPECT_EQ(Push({.caller = "b", .account_id = "1"}, "x", 1, absl::Milliseconds(111)), std::nullopt);
  EXPECT_EQ(Push({.caller = "a", .account_id = "1", .kind = kChange}, "x", 1, absl::ZeroDuration()), std::nullopt);
}

TEST_F(CallQueueTest, TellsWhenToTryAgain) {
  Use({.workers = 16});
  EXPECT_EQ(queue_->RetryDelay(kRead), absl::Milliseconds(100));
  Push({});
  Start();
  FinishAfter(absl::Milliseconds(300));
  for (int i = 0; i < 100; ++i) Push({.account_id = absl::StrCat(i)});
  EXPECT_EQ(queue_->RetryDelay(kRead), absl::Milliseconds(2500));  // 300 ms for each 12.
  EXPECT_EQ(queue_->RetryDelay(kChange), absl::Milliseconds(100));
}

TEST_F(CallQueueTest, AQueueThatStandsRefusesWhatHasWaitedButNotBackground) {
  for (const TaskKind kind : kAllKinds) {
    Use({.workers = 16});
    int refused = 0;
    Push({.kind = kind});
    for (int i = 0; i < 50; ++i) {
      now_ += absl::Milliseconds(20);
      Push({.kind = kind});
      const auto next = queue_->Pop(now_);
      ASSERT_TRUE(next);
      EXPECT_EQ(next->waited, absl::Milliseconds(20));
      if (next->is_refused) {
        ++refused;
      } else {
        queue_->Finish(*next, now_);
      }
    }
    EXPECT_EQ(refused, kind == kBackground ? 0 : 45);
  }
}

// However slow the machine is.
TEST_F(CallQueueTest, ACallThatWaitsAloneIsNeverRefused) {
  for (int i = 0; i < 50; ++i) {
    Push({});
    now_ += absl::Milliseconds(20);
    const auto next = queue_->Pop(now_);
    ASSERT_TRUE(next);
    EXPECT_FALSE(next->is_refused) << i;
    queue_->Finish(*next, now_);
  }
}

// A greedy one's queue stands, while the others' tasks are always lucky.
TEST_F(CallQueueTest, AQueueThatStandsIsToldForEachCallerAndAccount) {
  for (const TaskOwner& greedy : {TaskOwner{"greedy", "acct-1", kRead}, TaskOwner{"polite", "acct-1", kRead}}) {
    Use({.workers = 16, .max_queue = 4000});
    std::map<std::string, int> refused;
    for (int i = 0; i < 1000; ++i) {
      Push(greedy, "greedy", 2);
      Push({.caller = "polite", .account_id = "acct-2", .kind = kRead}, "polite");
      now_ += absl::Milliseconds(4);
      for (int runs = 0; runs < 2;) {
        const auto next = queue_->Pop(now_);
        if (!next) break;
        next->task({});
        if (next->is_refused) {
          ++refused[last_];
        } else {
          queue_->Finish(*next, now_);
          ++runs;
        }
      }
    }
    EXPECT_EQ(refused["polite"], 0);
    EXPECT_NEAR(refused["greedy"], 1000, 60);
  }
}

// None of whom has more than one that waits.
TEST_F(CallQueueTest, ManyCallersTogetherHaveAQueueThatStands) {
  Use({.workers = 16, .max_queue = 4000});
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    Push({.caller = absl::StrCat(i % 400)});
    now_ += absl::Milliseconds(2);
    if (i % 2 == 0) continue;
    std::optional<CallQueue::Next> next;
    while ((next = queue_->Pop(now_)) && next->is_refused) ++refused;
    if (next) queue_->Finish(*next, now_);
  }
  EXPECT_NEAR(refused, 1000, 60);
}

TEST_F(CallQueueTest, NeverMoreOfOneThingRunThanItsShare) {
  Use({.workers = 8, .max_queue = 1000});
  std::mt19937 random(20261124);
  std::map<std::string, int> running;
  const auto count = [&](const TaskOwner& owner, int by) {
    const std::string kind = absl::StrCat("kind ", static_cast<int>(owner.kind));
    for (const std::string& what : {kind, owner.account_id, absl::StrCat(owner.account_id, kind), owner.caller,
                                    absl::StrCat(owner.caller, kind)}) {
      running[what] += by;
    }
  };
  const std::map<std::string, int> shares = {{"kind 0", 6},   {"kind 1", 6},   {"kind 2", 2}, {"a0", 6},      {"a1", 6},
                                             {"a0kind 0", 4}, {"a0kind 2", 1}, {"c0", 7},     {"c0kind 1", 5}};
  int ran = 0;
  for (int i = 0; i < 20000; ++i) {
    Push({.caller = absl::StrCat("c", random() % 2),
          .account_id = absl::StrCat("a", random() % 3),
          .kind = static_cast<TaskKind>(random() % 3)});
    if (auto next = running_.size() < 8 ? queue_->Pop(now_) : std::nullopt) {
      count(next->owner, 1);
      running_.push_back(*std::move(next));
      ++ran;
    }
    for (const auto& [what, share] : shares) ASSERT_LE(running[what], share) << what;
    if (random() % 2 == 0 && !running_.empty()) {
      std::swap(running_.at(random() % running_.size()), running_.back());
      count(running_.back().owner, -1);
      queue_->Finish(running_.back(), now_);
      running_.pop_back();
    }
  }
  EXPECT_GT(ran, 9000);
}

}  // namespace
}  // namespace agreements
