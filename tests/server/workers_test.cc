#include "server/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <string>
#include <thread>

#include "proto/errors.h"

namespace agreements {
namespace {

// Holds up one worker until it is opened.
class Gate {
 public:
  explicit Gate(Workers& workers) {
    EXPECT_TRUE(workers
                    .TryRun([this] {
                      entered_.count_down();
                      open_.wait();
                    })
                    .ok());
    entered_.wait();
  }

  void Open() { open_.count_down(); }

 private:
  std::latch entered_{1};
  std::latch open_{1};
};

TEST(WorkersTest, RunTasksInTheOrderOfTheirComing) {
  std::string order;
  {
    Workers workers(1, 10);
    for (const char c : {'a', 'b', 'c'}) EXPECT_TRUE(workers.TryRun([&order, c] { order += c; }).ok());
  }
  EXPECT_EQ(order, "abc");
}

TEST(WorkersTest, RunAsManyTasksAtOnceAsThereAreThreads) {
  std::latch all_at_once(4);
  Workers workers(4, 4);
  for (int i = 0; i < 4; ++i) {
    while (!workers.TryRun([&] { all_at_once.arrive_and_wait(); }).ok()) {
    }
  }
  all_at_once.wait();
}

TEST(WorkersTest, RefuseATaskAtOnceWhenTheQueueIsFullAndTakeItWhenThereIsRoom) {
  int runs = 0;
  {
    Workers workers(1, 2);
    Gate gate(workers);
    EXPECT_TRUE(workers.TryRun([&runs] { ++runs; }).ok());
    EXPECT_TRUE(workers.TryRun([&runs] { ++runs; }).ok());
    EXPECT_EQ(ReasonOf(workers.TryRun([&runs] { runs += 100; })), v1::ERROR_REASON_SERVER_BUSY);
    gate.Open();
    while (!workers.TryRun([&runs] { runs += 10; }).ok()) {
    }
  }
  EXPECT_EQ(runs, 12);
}

TEST(WorkersTest, WithoutAQueueNothingIsTaken) {
  Workers workers(1, 0);
  EXPECT_EQ(ReasonOf(workers.TryRun([] { FAIL(); })), v1::ERROR_REASON_SERVER_BUSY);
}

TEST(WorkersTest, RunWhatIsQueuedBeforeTheyEnd) {
  int runs = 0;
  {
    Workers workers(1, 100);
    Gate gate(workers);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(workers.TryRun([&runs] { ++runs; }).ok());
    gate.Open();
  }
  EXPECT_EQ(runs, 100);
}

TEST(WorkersTest, ATaskCanQueueAnother) {
  std::promise<void> done;
  Workers workers(1, 1);
  EXPECT_TRUE(workers.TryRun([&] { EXPECT_TRUE(workers.TryRun([&] { done.set_value(); }).ok()); }).ok());
  done.get_future().wait();
}

TEST(WorkersTest, WhatHasBegunGoesOnEvenIfTheQueueIsFull) {
  std::string order;
  {
    Workers workers(1, 1);
    Gate gate(workers);
    EXPECT_TRUE(workers.TryRun([&order] { order += 'a'; }).ok());
    EXPECT_TRUE(workers.Run([&order] { order += 'b'; }).ok());
    EXPECT_EQ(ReasonOf(workers.TryRun([] { FAIL(); })), v1::ERROR_REASON_SERVER_BUSY);
    EXPECT_TRUE(workers.Run([&order] { order += 'c'; }).ok());
    gate.Open();
  }
  EXPECT_EQ(order, "abc");
}

TEST(WorkersTest, StopWaitsForEveryTaskThatWasTakenAndRefusesTheRest) {
  Workers workers(2, 100);
  std::atomic<int> runs = 0;
  Gate gate(workers);
  Gate other(workers);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(workers.TryRun([&runs] { ++runs; }).ok());
  std::thread stopper([&] {
    workers.Stop();
    EXPECT_EQ(runs, 100);
  });
  // Until it stops, there is no room either.
  while (ReasonOf(workers.TryRun([] { FAIL(); })) != v1::ERROR_REASON_SERVER_STOPPING) {
  }
  EXPECT_EQ(ReasonOf(workers.Run([] { FAIL(); })), v1::ERROR_REASON_SERVER_STOPPING);
  EXPECT_EQ(runs, 0);
  gate.Open();
  other.Open();
  stopper.join();
  workers.Stop();
}

}  // namespace
}  // namespace agreements
