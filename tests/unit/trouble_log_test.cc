// What the log gets of trouble that lasts.
#include "storage/connection/trouble_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"

namespace agreements::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TroubleLogTest : public ::testing::Test {
 protected:
  TroubleLogTest() : before_(spdlog::default_logger()) {
    auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
    logger->set_pattern("%l %v");
    spdlog::set_default_logger(logger);
  }
  ~TroubleLogTest() override { spdlog::set_default_logger(before_); }

  std::vector<std::string> Lines() const { return absl::StrSplit(log_.str(), '\n', absl::SkipEmpty()); }

  const std::shared_ptr<spdlog::logger> before_;
  std::ostringstream log_;
  absl::Time now_ = absl::FromUnixSeconds(0);
  TroubleLog trouble_{"cannot connect", [this] { return now_; }};
};

TEST_F(TroubleLogTest, TellsOfTheBeginningOnceAMinuteAndOfTheEnd) {
  trouble_.IsWell();
  EXPECT_THAT(Lines(), IsEmpty());
  for (int second = 0; second <= 95; ++second) {
    for (int caller = 0; caller < 6; ++caller) trouble_.Happened("refused");
    now_ += absl::Seconds(1);
  }
  now_ += TroubleLog::kQuiet;
  for (int i = 0; i < 3; ++i) trouble_.IsWell();
  EXPECT_THAT(Lines(), ElementsAre("warning cannot connect: refused",
                                   "warning cannot connect: 360 times more in 1m; now: refused",
                                   "info cannot connect: over; 576 times in 1m35s"));
}

TEST_F(TroubleLogTest, WhatComesAndGoesIsOneTrouble) {
  for (int i = 0; i < 40; ++i) {
    trouble_.Happened("lost");
    now_ += absl::Seconds(1);
    trouble_.IsWell();
  }
  EXPECT_THAT(Lines(), ElementsAre("warning cannot connect: lost"));
}

TEST_F(TroubleLogTest, BeginsAgainAfterTheEnd) {
  trouble_.Happened("lost");
  now_ += TroubleLog::kQuiet;
  trouble_.IsWell();
  trouble_.Happened("refused");
  EXPECT_THAT(Lines(), ElementsAre("warning cannot connect: lost", "info cannot connect: over; 1 times in 0",
                                   "warning cannot connect: refused"));
}

TEST_F(TroubleLogTest, TellsOfTheBeginningOnceWhoeverMeetsItAtOnce) {
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([this] {
      for (int k = 0; k < 1000; ++k) trouble_.Happened("refused");
    });
  }
  for (std::jthread& caller : callers) caller.join();
  now_ += absl::Minutes(1);
  trouble_.Happened("refused");
  EXPECT_THAT(Lines(), ElementsAre("warning cannot connect: refused",
                                   "warning cannot connect: 8000 times more in 1m; now: refused"));
}

}  // namespace
}  // namespace agreements::storage
