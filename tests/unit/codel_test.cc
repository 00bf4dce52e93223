#include "server/rpc/codel.h"

#include <gtest/gtest.h>

namespace agreements {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(10);

class CodelTest : public ::testing::Test {
 protected:
  // How many of the tasks are refused of which one leaves each tick, for so long, after the same wait.
  int Refused(absl::Duration time, absl::Duration waited) {
    int refused = 0;
    for (const absl::Duration end = now_ + time; now_ < end; now_ += kTick) {
      if (codel_.Refuses(now_, waited, 2)) ++refused;
    }
    return refused;
  }

  Codel codel_{absl::Milliseconds(5), absl::Milliseconds(100)};
  absl::Duration now_ = absl::Hours(1);
};

TEST_F(CodelTest, RefusesNothingWithinTheTarget) { EXPECT_EQ(Refused(absl::Seconds(1), absl::Milliseconds(5)), 0); }

TEST_F(CodelTest, LetsABurstPass) { EXPECT_EQ(Refused(absl::Milliseconds(100), absl::Seconds(1)), 0); }

TEST_F(CodelTest, RefusesWhatHasWaitedLongInAQueueThatStands) {
  EXPECT_EQ(Refused(absl::Milliseconds(300), absl::Seconds(1)), 20);
}

TEST_F(CodelTest, TakesFromAQueueThatStandsWhatHasWaitedForTwiceTheTarget) {
  Refused(absl::Milliseconds(200), absl::Seconds(1));
  EXPECT_FALSE(codel_.Refuses(now_, absl::Milliseconds(10), 2));
  EXPECT_TRUE(codel_.Refuses(now_, absl::Milliseconds(11), 2));
}

TEST_F(CodelTest, NeverRefusesTheLastOne) {
  Refused(absl::Milliseconds(200), absl::Seconds(1));
  EXPECT_FALSE(codel_.Refuses(now_, absl::Seconds(1), 1));
  EXPECT_TRUE(codel_.Refuses(now_, absl::Seconds(1), 2));
}

TEST_F(CodelTest, OneLuckyTaskInAnIntervalShowsThatNothingStands) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Refused(absl::Milliseconds(90), absl::Seconds(1)), 0) << i;
    EXPECT_FALSE(codel_.Refuses(now_, absl::Milliseconds(1), 2));
    now_ += kTick;
  }
}

TEST_F(CodelTest, WhatWasLongAgoSaysNothing) {
  EXPECT_GT(Refused(absl::Milliseconds(300), absl::Seconds(1)), 0);
  now_ += absl::Seconds(1.1);
  EXPECT_EQ(Refused(absl::Milliseconds(100), absl::Seconds(1)), 0);
}

}  // namespace
}  // namespace agreements
