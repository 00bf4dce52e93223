// Days as callers write them, compared with a calendar of its own; instants as they send them.
#include <cstdint>
#include <cstring>
#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "proto/days.h"
#include "proto/timestamps.h"
#include "server/requests/fields.h"
#include "tests/fuzz/require.h"

namespace agreements::testing {
namespace {

bool IsDaySlowly(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  int numbers[] = {0, 0, 0};
  for (int i = 0, part = 0; i < 10; ++i) {
    if (text[i] == '-' && (i == 4 || i == 7)) {
      ++part;
    } else if (text[i] < '0' || text[i] > '9') {
      return false;
    } else {
      numbers[part] = numbers[part] * 10 + (text[i] - '0');
    }
  }
  const auto [year, month, day] = numbers;
  if (year < 2000 || year > 2999 || month < 1 || month > 12) return false;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return day >= 1 && day <= lengths[month - 1];
}

void HandleDay(const std::string& text) {
  const bool valid = Fields().Day("day", text).status().ok();
  Require(valid == IsDaySlowly(text), "a day is one of the calendar's");
  if (valid) Require(FormatDay(ParseDay(text)) == text, "a day survives being read and written");
}

void HandleTime(const google::protobuf::Timestamp& timestamp) {
  if (!Fields().Time("time", timestamp).status().ok()) return;
  const google::protobuf::Timestamp stored = ToTimestamp(ToTime(timestamp));
  Require(stored.seconds() == timestamp.seconds(), "an instant keeps its second");
  Require(stored.nanos() == timestamp.nanos() / 1000 * 1000, "an instant is cut to microseconds");
  Require(Fields().Time("time", stored).status().ok(), "a stored instant is valid");
  Require(ToTime(stored) == ToMicroseconds(ToTime(timestamp)), "an instant is cut in one way");

  const absl::CivilDay day = absl::ToCivilDay(ToTime(timestamp), absl::UTCTimeZone());
  Require(ParseDay(FormatDay(day)) == day, "the day of an instant survives being written");
  Require(!MonthOf(day).empty() && MonthOf(day).from <= day && day < MonthOf(day).until, "a day is in its month");
}

void Handle(const uint8_t* data, size_t size) {
  HandleDay(std::string(reinterpret_cast<const char*>(data), size));
  int64_t seconds = 0;
  int32_t nanos = 0;
  if (size < sizeof(seconds) + sizeof(nanos)) return;
  std::memcpy(&seconds, data, sizeof(seconds));
  std::memcpy(&nanos, data + sizeof(seconds), sizeof(nanos));
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(nanos);
  HandleTime(timestamp);
  // Most numbers are out of range.
  timestamp.set_seconds(seconds % 300'000'000'000);
  timestamp.set_nanos(nanos & 0x3fffffff);
  HandleTime(timestamp);
}

}  // namespace
}  // namespace agreements::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  agreements::testing::Handle(data, size);
  return 0;
}
