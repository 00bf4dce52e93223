// That the suppressions of tests/tsan.supp leave our own races to be seen. Built with ThreadSanitizer only.
#include <gmock/gmock.h>

#include <latch>

#include "tests/unit/calls_fixture.h"

namespace agreements::testing {
namespace {

// What tests/run lets ThreadSanitizer exit with at its first report.
constexpr int kRaceReported = 66;

class ThreadSanitizerTest : public CallsTest {
 protected:
  // Returns if the race is not reported.
  void RaceWithAnOperation() {
    std::latch both(2);
    int unguarded = 0;
    Serve([&](int, const storage::Call&) {
      both.arrive_and_wait();
      ++unguarded;
      return std::nullopt;
    });
    Call call(*stub_);
    both.arrive_and_wait();
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
