#include "storage/connection/date_times.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/time/time.h"
#include "proto/timestamps.h"

namespace agreements::storage {
namespace {

TEST(DateTimesTest, ADateTimeIsTheInstantThatAbslReads) {
  std::mt19937_64 random(1);
  // The years 1000 to 9999, and what is left of the first and the last day.
  std::uniform_int_distribution<int64_t> seconds(-30'610'224'000, 253'402'300'799);
  std::uniform_int_distribution<int64_t> microseconds(0, 999'999);
  for (int i = 0; i < 20000; ++i) {
    // Every number of decimals, none included.
    int64_t unit = 1;
    for (int decimals = i % 7; decimals < 6; ++decimals) unit *= 10;
    const int64_t fraction = microseconds(random) / unit * unit;
    const absl::Time time = absl::FromUnixSeconds(seconds(random)) + absl::Microseconds(fraction);
    const std::string text = absl::FormatTime("%Y-%m-%d %H:%M:%E*S", time, absl::UTCTimeZone());
    const auto parsed = ParseDateTime(text);
    ASSERT_TRUE(parsed) << text;
    ASSERT_EQ(parsed->DebugString(), ToTimestamp(time).DebugString()) << text;
  }
  EXPECT_EQ(ParseDateTime("2026-11-01 12:00:00.5")->nanos(), 500'000'000);
  EXPECT_EQ(ParseDateTime("1970-01-01 00:00:00.000000")->seconds(), 0);
}

TEST(DateTimesTest, WhatIsNoDateTimeIsNotRead) {
  for (const char* text :
       {"", "2026-11-01", "2026-11-01 12:00", "2026-11-01T12:00:00", "2026-11-31 12:00:00", "2026-13-01 12:00:00",
        "0000-00-00 00:00:00", "2026-11-01 24:00:00", "2026-11-01 12:60:00", "2026-11-01 12:00:60",
        "2026-11-01 12:00:00.", "2026-11-01 12:00:00.1234567890", "2026-11-01 12:00:00,5", "2026-11-01 12:00:00.5x",
        "2026-11-01 12:00:0x", "202x-11-01 12:00:00", "2026-11-01 -1:00:00", "2026/11/01 12:00:00"}) {
    EXPECT_FALSE(ParseDateTime(text)) << text;
  }
}

TEST(DateTimesTest, ADateIsADay) {
  EXPECT_EQ(ParseDate("2028-02-29"), absl::CivilDay(2028, 2, 29));
  for (const char* text : {"", "2026-02-29", "2026-2-28", "2026-02-28 ", "0000-00-00", "2026-0x-01", "20260-2-01"}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

}  // namespace
}  // namespace agreements::storage
