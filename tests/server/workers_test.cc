#include "server/workers.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>

namespace agreements {
namespace {

// Holds up one worker until it is opened.
class Gate {
 public:
  explicit Gate(Workers& workers) {
    EXPECT_TRUE(workers.TryRun([this] {
      entered_.count_down();
      open_.wait();
    }));
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
    for (const char c : {'a', 'b', 'c'}) EXPECT_TRUE(workers.TryRun([&order, c] { order += c; }));
  }
  EXPECT_EQ(order, "abc");
}

TEST(WorkersTest, RunAsManyTasksAtOnceAsThereAreThreads) {
  std::latch all_at_once(4);
  Workers workers(4, 4);
  for (int i = 0; i < 4; ++i) {
    while (!workers.TryRun([&] { all_at_once.arrive_and_wait(); })) {
    }
  }
  all_at_once.wait();
}

TEST(WorkersTest, RefuseATaskAtOnceWhenTheQueueIsFullAndTakeItWhenThereIsRoom) {
  int runs = 0;
  {
    Workers workers(1, 2);
    Gate gate(workers);
    EXPECT_TRUE(workers.TryRun([&runs] { ++runs; }));
    EXPECT_TRUE(workers.TryRun([&runs] { ++runs; }));
    EXPECT_FALSE(workers.TryRun([&runs] { runs += 100; }));
    gate.Open();
    while (!workers.TryRun([&runs] { runs += 10; })) {
    }
  }
  EXPECT_EQ(runs, 12);
}

TEST(WorkersTest, WithoutAQueueNothingIsTaken) {
  Workers workers(1, 0);
  EXPECT_FALSE(workers.TryRun([] { FAIL(); }));
}

TEST(WorkersTest, RunWhatIsQueuedBeforeTheyEnd) {
  int runs = 0;
  {
    Workers workers(1, 100);
    Gate gate(workers);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(workers.TryRun([&runs] { ++runs; }));
    gate.Open();
  }
  EXPECT_EQ(runs, 100);
}

TEST(WorkersTest, ATaskCanQueueAnother) {
  std::promise<void> done;
  Workers workers(1, 1);
  EXPECT_TRUE(workers.TryRun([&] { EXPECT_TRUE(workers.TryRun([&] { done.set_value(); })); }));
  done.get_future().wait();
}

}  // namespace
}  // namespace agreements
