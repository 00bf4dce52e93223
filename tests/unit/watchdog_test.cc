#include "server/ops/watchdog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <optional>
#include <vector>

#include "absl/time/time.h"

namespace agreements {
namespace {

struct Result {
  absl::Status status;
  absl::Duration takes;
};

const Result kAnswer = {absl::OkStatus(), absl::Milliseconds(1)};
const Result kNoAnswer = {absl::DeadlineExceededError("no answer"), absl::Seconds(4)};
const Result kRefused = {absl::UnavailableError("refused"), absl::ZeroDuration()};
constexpr absl::Duration kBetween = absl::Seconds(2);

// How long after the first probe began a watchdog gives up whose probes have these results; nothing if it has not when
// all are used up. Time is the test's.
std::optional<absl::Duration> GivesUpAfter(const std::vector<Result>& results) {
  absl::Duration now = absl::Hours(1);
  const absl::Duration began = now;
  size_t probes = 0;
  std::optional<absl::Duration> gave_up;
  std::promise<void> all_used_up;
  {
    // What these do, they do in the watchdog's thread, and the watchdog has ended when the test reads it.
    const Watchdog watchdog(
        {.interval = absl::ZeroDuration(), .uptime = [&now] { return now; }},
        [&](absl::Duration timeout) {
          EXPECT_EQ(timeout, absl::Seconds(4));
          if (probes == results.size()) all_used_up.set_value();
          const Result& result = probes < results.size() ? results[probes] : kAnswer;
          if (probes > 0) now += kBetween;
          ++probes;
          now += result.takes;
          return result.status;
        },
        [&](const absl::Status& status) {
          EXPECT_FALSE(gave_up) << "twice";
          EXPECT_FALSE(status.ok());
          gave_up = now - began;
          all_used_up.set_value();
        });
    all_used_up.get_future().wait();
  }
  return gave_up;
}

TEST(WatchdogTest, AServerThatAnswersIsLeftAlone) {
  EXPECT_EQ(GivesUpAfter({kAnswer, kAnswer, kAnswer}), std::nullopt);
}

TEST(WatchdogTest, AServerThatDoesNotAnswerForTenSecondsIsGivenUpOnce) {
  EXPECT_EQ(GivesUpAfter({kNoAnswer, kNoAnswer, kNoAnswer, kNoAnswer}), absl::Seconds(10));
  EXPECT_EQ(GivesUpAfter(std::vector<Result>(8, kRefused)), absl::Seconds(10));
}

TEST(WatchdogTest, AnAnswerBeforeTheTenSecondsAreOverBeginsThemAnew) {
  EXPECT_EQ(GivesUpAfter({kRefused, kRefused, kRefused, kRefused, kRefused, kAnswer, kRefused, kRefused, kRefused,
                          kRefused, kAnswer}),
            std::nullopt);
}

TEST(WatchdogTest, OneProbeThatTakesAnHourSinceTheProcessWasStoppedIsNotEnough) {
  EXPECT_EQ(GivesUpAfter({kAnswer, {absl::DeadlineExceededError("stopped"), absl::Hours(1)}, kAnswer}), std::nullopt);
}

}  // namespace
}  // namespace agreements
