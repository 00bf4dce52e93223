#include "storage/connection/ids.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "proto/id_prefixes.h"

namespace agreements::storage {
namespace {

constexpr absl::string_view kCrockford = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int kTimeDigits = 9;
constexpr int kRandomDigits = 7;
constexpr uint64_t kRandomLimit = uint64_t{1} << (5 * kRandomDigits);

std::string Digits(uint64_t number, int count) {
  std::string digits(static_cast<size_t>(count), '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, number >>= 5) *digit = kCrockford[number & 31];
  return digits;
}

}  // namespace

absl::Time TimeOfId(absl::string_view id) {
  if (id.size() != kIdLength) return absl::InfinitePast();
  uint64_t milliseconds = 0;
  for (const char digit : id.substr(kIdLength - kTimeDigits - kRandomDigits, kTimeDigits)) {
    const size_t value = kCrockford.find(digit);
    if (value == absl::string_view::npos) return absl::InfinitePast();
    milliseconds = milliseconds * kCrockford.size() + value;
  }
  return absl::FromUnixMillis(static_cast<int64_t>(milliseconds));
}

std::string FirstId(absl::string_view prefix, absl::Time time) {
  const absl::Time last = absl::FromUnixMillis((int64_t{1} << (5 * kTimeDigits)) - 1);
  const absl::Time clamped = std::clamp(absl::Ceil(time - absl::UnixEpoch(), absl::Milliseconds(1)) + absl::UnixEpoch(),
                                        absl::UnixEpoch(), last);
  return absl::StrCat(prefix, Digits(static_cast<uint64_t>(absl::ToUnixMillis(clamped)), kTimeDigits),
                      std::string(kRandomDigits, kCrockford.front()));
}

std::string ClockIdSource::Next(absl::string_view prefix) {
  const auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(now_()));
  const std::lock_guard lock(mutex_);
  if (milliseconds > last_milliseconds_) {
    thread_local absl::BitGen generator;
    last_milliseconds_ = milliseconds;
    last_random_ = absl::Uniform<uint64_t>(generator, 0, kRandomLimit);
  } else if (++last_random_ == kRandomLimit) {
    ++last_milliseconds_;
    last_random_ = 0;
  }
  return absl::StrCat(prefix, Digits(last_milliseconds_, kTimeDigits), Digits(last_random_, kRandomDigits));
}

}  // namespace agreements::storage
