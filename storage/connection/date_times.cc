#include "storage/connection/date_times.h"

#include <cstddef>
#include <cstdint>

namespace agreements::storage {
namespace {

constexpr size_t kDateLength = 10;  // "2026-11-01"
constexpr size_t kTimeLength = 19;  // "2026-11-01 12:00:00"
constexpr size_t kMaxDecimals = 9;

// The number in a part of the text. -1 if that is not all digits.
int NumberAt(absl::string_view text, size_t begin, size_t length) {
  int number = 0;
  for (const char digit : text.substr(begin, length)) {
    if (digit < '0' || digit > '9') return -1;
    number = 10 * number + (digit - '0');
  }
  return number;
}

}  // namespace

std::optional<absl::CivilDay> ParseDate(absl::string_view text) {
  if (text.size() != kDateLength || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = NumberAt(text, 0, 4);
  const int month = NumberAt(text, 5, 2);
  const int day = NumberAt(text, 8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  // It takes 31 November for the first of December.
  const absl::CivilDay date(year, month, day);
  if (date.year() != year || date.month() != month || date.day() != day) return std::nullopt;
  return date;
}

std::optional<google::protobuf::Timestamp> ParseDateTime(absl::string_view text) {
  if (text.size() < kTimeLength || text[10] != ' ' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const std::optional<absl::CivilDay> date = ParseDate(text.substr(0, kDateLength));
  const int hour = NumberAt(text, 11, 2);
  const int minute = NumberAt(text, 14, 2);
  const int second = NumberAt(text, 17, 2);
  if (!date || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  int nanos = 0;
  if (text.size() > kTimeLength) {
    const size_t decimals = text.size() - kTimeLength - 1;
    if (text[kTimeLength] != '.' || decimals == 0 || decimals > kMaxDecimals) return std::nullopt;
    nanos = NumberAt(text, kTimeLength + 1, decimals);
    if (nanos < 0) return std::nullopt;
    for (size_t i = decimals; i < kMaxDecimals; ++i) nanos *= 10;
  }
  google::protobuf::Timestamp timestamp;
  const int64_t days = *date - absl::CivilDay(1970, 1, 1);
  timestamp.set_seconds(((days * 24 + hour) * 60 + minute) * 60 + second);
  timestamp.set_nanos(nanos);
  return timestamp;
}

}  // namespace agreements::storage
