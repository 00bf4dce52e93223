// That the suppressions of tests/tsan.supp leave our own races to be seen. Built with ThreadSanitizer only.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/unit/calls_fixture.h"

namespace agreements::testing {
namespace {

// What tests/run lets ThreadSanitizer exit with at its first report.
constexpr int kRaceReported = 66;

class ThreadSanitizerTest : public CallsTest {
 protected:
  // Returns if the race is not reported. What it is about has memory of its own: on the stack, gRPC had some there
  // before, and ThreadSanitizer reports one race at an address and no second, even where the first is suppressed. One
  // change comes after the other, by a relaxed flag that makes neither happen before the other.
  void RaceWithAnOperation() {
    static int unguarded = 0;
    static std::atomic<bool> changed = false;
    Serve([](int, const storage::Call&) {
      ++unguarded;
      changed.store(true, std::memory_order_relaxed);
      return std::nullopt;
    });
    Call call(*stub_);
    while (!changed.load(std::memory_order_relaxed)) std::this_thread::yield();
    ++unguarded;
    static_cast<void>(call.Finish());
    source_->WaitForEnd();
  }
};

TEST_F(ThreadSanitizerTest, ReportsARaceInAnOperation) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(RaceWithAnOperation(), ::testing::ExitedWithCode(kRaceReported), "data race");
}

}  // namespace
}  // namespace agreements::testing
