// The threads. What they take next is tested in call_queue_test.cc.
#include "server/rpc/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/unit/held_up.h"

namespace agreements {
namespace {

const TaskOwner kAnyone = {.account_id = "acct-1", .kind = TaskKind::kRead};
const TaskOwner kOther = {.account_id = "acct-2", .kind = TaskKind::kChange};

// A queue as long as a test needs, in which tasks may wait.
QueueOptions Patient(int workers, size_t max_queue = 1000) {
  return {.workers = workers, .max_queue = max_queue, .target = absl::InfiniteDuration()};
}

// Why a task is not taken, if it is refused at once.
std::optional<Refusal> RefusalOf(Workers& workers, const TaskOwner& owner = kAnyone,
                                 absl::Duration patience = absl::InfiniteDuration()) {
  std::optional<Refusal> refusal;
  workers.Run(owner, patience, [&](const Admission& admission) {
    refusal = admission.refusal;
    if (!refusal) ADD_FAILURE() << "it was taken";
  });
  return refusal;
}

TEST(WorkersTest, RunAsManyTasksAtOnceAsThereAreThreads) {
  Workers workers(Patient(4));
  HeldUp tasks(workers);
  for (int i = 0; i < 4; ++i) {
    tasks.Queue(
        {.caller = absl::StrCat(i), .account_id = absl::StrCat(i), .kind = i % 2 == 0 ? kAnyone.kind : kOther.kind});
  }
  tasks.WaitUntilBegun(4);
}

TEST(WorkersTest, ATaskIsToldOfItsRefusalAtOnce) {
  Workers workers(Patient(1, 2));
  HeldUp first(workers);
  first.Queue(kAnyone).WaitUntilBegun(1).Queue(kAnyone);
  EXPECT_EQ(RefusalOf(workers), Refusal::kShare);
  first.Queue(kOther);
  EXPECT_EQ(RefusalOf(workers), Refusal::kFull);
}

TEST(WorkersTest, ATaskKnowsHowLongItHasWaited) {
  Workers workers(Patient(1));
  HeldUp first(workers);
  first.Queue(kAnyone).WaitUntilBegun(1);
  std::promise<absl::Duration> waited;
  workers.Run(kAnyone, absl::InfiniteDuration(),
              [&](const Admission& admission) { waited.set_value(admission.waited); });
  const absl::Time begin = absl::Now();
  while (absl::Now() - begin < absl::Milliseconds(5)) {
  }
  first.LetGo();
  EXPECT_GE(waited.get_future().get(), absl::Milliseconds(5));
}

TEST(WorkersTest, ATaskThatHasWaitedInAStandingQueueIsToldWhenToTryAgain) {
  Workers workers({.workers = 1, .target = absl::Nanoseconds(1), .interval = absl::Nanoseconds(1)});
  std::atomic<int> refused = 0;
  std::atomic<int> ran = 0;
  {
    HeldUp first(workers);
    first.Queue(kAnyone).WaitUntilBegun(1);
    for (int i = 0; i < 50; ++i) {
      workers.Run(kAnyone, absl::InfiniteDuration(), [&](const Admission& admission) {
        ++(admission.refusal ? refused : ran);
        if (!admission.refusal) return;
        EXPECT_EQ(admission.refusal, Refusal::kStandingQueue);
        EXPECT_GE(admission.retry_delay, absl::Milliseconds(100));
      });
    }
  }
  workers.Stop();
  EXPECT_EQ(refused + ran, 50);
}

TEST(WorkersTest, RunWhatIsQueuedBeforeTheyEnd) {
  std::atomic<int> runs = 0;
  {
    Workers workers(Patient(3));
    HeldUp first(workers);
    first.Queue(kAnyone).WaitUntilBegun(1);
    for (int i = 0; i < 50; ++i) {
      workers.Run(kAnyone, absl::InfiniteDuration(), [&runs](const Admission&) { ++runs; });
    }
    first.LetGo();
  }
  EXPECT_EQ(runs, 50);
}

TEST(WorkersTest, ATaskCanQueueAnother) {
  std::promise<void> done;
  Workers workers(Patient(1));
  const auto finish = [&](const Admission&) { done.set_value(); };
  workers.Run(kAnyone, absl::InfiniteDuration(),
              [&](const Admission&) { workers.Run(kAnyone, absl::InfiniteDuration(), finish); });
  done.get_future().wait();
}

TEST(WorkersTest, WhatHasBegunGoesOnEvenIfTheQueueIsFull) {
  Workers workers(Patient(1, 0));
  std::promise<bool> admitted;
  workers.GoOn(kAnyone, [&](const Admission& admission) { admitted.set_value(!admission.refusal); });
  EXPECT_TRUE(admitted.get_future().get());
}

// What the tasks of a batch have put into it.
class Sums final : public Gathering {
 public:
  class Sum final : public Batch {
   public:
    explicit Sum(Sums& sums) : sums_(sums) {}
    void Run() override { sums_.texts_ += absl::StrCat(sum_, " "); }
    int sum_ = 0;

   private:
    Sums& sums_;
  };

  std::unique_ptr<Batch> NewBatch() override { return std::make_unique<Sum>(*this); }

  std::string texts_;
};

TEST(WorkersTest, TasksThatWaitTogetherRunTogether) {
  Sums sums;
  {
    Workers workers(Patient(1));
    HeldUp first(workers);
    first.Queue(kAnyone).WaitUntilBegun(1);
    for (int i = 0; i < 50; ++i) {
      TaskOwner owner = kAnyone;
      owner.gathering = &sums;
      workers.Run(owner, absl::InfiniteDuration(), [i](const Admission& admission) {
        ASSERT_FALSE(admission.refusal);
        static_cast<Sums::Sum*>(admission.batch)->sum_ += i;
      });
      workers.Run(kAnyone, absl::InfiniteDuration(),
                  [](const Admission& admission) { EXPECT_EQ(admission.batch, nullptr); });
    }
    first.LetGo();
  }
  EXPECT_EQ(sums.texts_, "1225 ");
}

// Far more often than there are threads, so that some come while one wakes up, and some while all are busy.
TEST(WorkersTest, NoTaskIsForgottenHoweverManyComeAtOnce) {
  std::atomic<int> runs = 0;
  Workers workers(Patient(3, 100000));
  std::vector<std::jthread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&, i] {
      for (int k = 0; k < 500; ++k) {
        std::promise<void> done;
        workers.Run({.caller = absl::StrCat(i), .account_id = absl::StrCat(i)}, absl::InfiniteDuration(),
                    [&](const Admission&) {
                      ++runs;
                      done.set_value();
                    });
        done.get_future().wait();
      }
    });
  }
  callers.clear();
  EXPECT_EQ(runs, 2000);
}

TEST(WorkersTest, SharesHoldAmongThreads) {
  Workers workers(Patient(16));
  HeldUp changes(workers);
  changes.Queue({.account_id = "acct-1", .kind = TaskKind::kChange}, 20).WaitUntilBegun(8);
  RunOne(workers, kOther);
  RunOne(workers, kAnyone);
  EXPECT_EQ(changes.begun(), 8);
  EXPECT_EQ(workers.figures().running.at(1), 8);
  EXPECT_EQ(workers.figures().queued.at(1), 12U);
}

TEST(WorkersTest, StopWaitsForEveryTaskThatWasTakenAndRefusesTheRest) {
  Workers workers(Patient(2));
  std::atomic<int> runs = 0;
  HeldUp both(workers);
  both.Queue(kAnyone).Queue(kOther).WaitUntilBegun(2);
  for (int i = 0; i < 100; ++i) {
    workers.Run(kAnyone, absl::InfiniteDuration(), [&runs](const Admission&) { ++runs; });
  }
  std::jthread stopper([&] {
    workers.Stop();
    EXPECT_EQ(runs, 100);
  });
  // Until it stops, there may be room.
  std::optional<Refusal> refusal;
  int taken = 0;
  do {
    workers.Run(kOther, absl::InfiniteDuration(), [&refusal](const Admission& admission) {
      if (admission.refusal) refusal = admission.refusal;
    });
    ++taken;
  } while (refusal != Refusal::kStopping);
  std::optional<Refusal> of_begun;
  workers.GoOn(kAnyone, [&](const Admission& admission) { of_begun = admission.refusal; });
  EXPECT_EQ(of_begun, Refusal::kStopping);
  EXPECT_EQ(runs, 0);
  both.LetGo();
  stopper.join();
  workers.Stop();
}

}  // namespace
}  // namespace agreements
