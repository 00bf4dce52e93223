#include "storage/connection/trouble_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "spdlog/spdlog.h"

namespace agreements::storage {
namespace {

std::string InSeconds(absl::Duration duration) { return absl::FormatDuration(absl::Trunc(duration, absl::Seconds(1))); }

}  // namespace

TroubleLog::TroubleLog(std::string what, std::function<absl::Time()> now)
    : what_(std::move(what)), now_(std::move(now)) {}

void TroubleLog::Happened(absl::string_view detail) {
  const std::lock_guard lock(mutex_);
  const absl::Time now = now_();
  last_ = now;
  ++count_;
  ++unreported_;
  if (!lasts_) {
    lasts_ = true;
    begin_ = now;
    spdlog::warn(absl::StrCat(what_, ": ", detail));
  } else if (now - reported_ >= kInterval) {
    spdlog::warn(
        absl::StrCat(what_, ": ", unreported_, " times more in ", InSeconds(now - reported_), "; now: ", detail));
  } else {
    return;
  }
  reported_ = now;
  unreported_ = 0;
}

void TroubleLog::IsWell() {
  if (!lasts_) return;
  const std::lock_guard lock(mutex_);
  if (!lasts_ || now_() - last_ < kQuiet) return;
  spdlog::info(absl::StrCat(what_, ": over; ", count_, " times in ", InSeconds(last_ - begin_)));
  lasts_ = false;
  count_ = 0;
}

}  // namespace agreements::storage
