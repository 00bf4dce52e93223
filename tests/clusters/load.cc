#include "tests/clusters/load.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace agreements::testing {
namespace {

constexpr size_t kHot = 3;

}  // namespace

std::string Text(const LoadFigures& figures) {
  std::string text = absl::StrCat(figures.calls, " calls (");
  const char* separator = "";
  for (const auto& [code, count] : figures.codes) {
    absl::StrAppend(&text, separator, code, " ", count);
    separator = ", ";
  }
  return absl::StrCat(text, "), longest gap ",
                      absl::FormatDuration(absl::Trunc(figures.longest_gap, absl::Milliseconds(1))), ", longest call ",
                      absl::FormatDuration(absl::Trunc(figures.longest_call, absl::Milliseconds(1))));
}

void KnownIds::Add(Kind kind, const std::string& id) {
  const std::lock_guard lock(mutex_);
  ids_[kind].push_back(id);
}

std::string KnownIds::Pick(Kind kind, std::mt19937& random) const {
  const std::lock_guard lock(mutex_);
  const std::vector<std::string>& ids = ids_[kind];
  if (ids.empty()) return "";
  // Half of the calls are about the first few, so that callers meet.
  const size_t among = random() % 2 == 0 ? std::min<size_t>(ids.size(), kHot) : ids.size();
  return ids[random() % among];
}

Load::Load(LoadOptions options) : options_(std::move(options)), day_(2026, 9, 15) {
  if (options_.clock_file.empty()) day_ = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  for (const std::string& account_id : options_.accounts) known_[account_id];
  SetClock();
  Prepare();
}

void Load::SetClock() {
  if (options_.clock_file.empty()) return;
  const std::string fresh = options_.clock_file + ".new";
  std::ofstream(fresh) << absl::FormatCivilTime(day_) << "T12:00:00+02:00";
  if (std::rename(fresh.c_str(), options_.clock_file.c_str()) != 0) throw std::runtime_error(fresh);
}

void Load::Prepare() {
  Caller caller(*this, options_.servers.front(), 1);
  for (const std::string& account_id : options_.accounts) caller.Prepare(account_id);
  const std::lock_guard lock(mutex_);
  if (figures_.codes.size() != 1) throw std::runtime_error("the load cannot begin: " + Text(figures_));
}

void Load::Start() {
  figures_ = {};
  last_done_ = absl::Now();
  stopping_ = false;
  unsigned seed = 2;
  for (int i = 0; i < options_.callers_per_server; ++i) {
    for (const std::string& server : options_.servers) {
      threads_.emplace_back([this, server, seed] { CallUntilStopped(server, seed); });
      ++seed;
    }
  }
}

void Load::CallUntilStopped(const std::string& server, unsigned seed) {
  Caller caller(*this, server, seed);
  while (!stopping_) {
    {
      std::unique_lock lock(turns_mutex_);
      turns_changed_.wait(lock, [this] { return !day_is_changing_; });
      ++running_;
    }
    caller.CallOne();
    const std::lock_guard lock(turns_mutex_);
    --running_;
    turns_changed_.notify_all();
  }
}

void Load::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Load::NextDay() {
  std::unique_lock lock(turns_mutex_);
  day_is_changing_ = true;
  turns_changed_.wait(lock, [this] { return running_ == 0; });
  ++day_;
  SetClock();
  day_is_changing_ = false;
  turns_changed_.notify_all();
}

LoadFigures Load::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

void Load::Note(const Attempt& attempt) {
  const std::lock_guard lock(mutex_);
  attempts_.push_back(attempt);
  if (attempt.answer != Attempt::Answer::kDone) return;
  ++done_;
  ++figures_.done;
  figures_.longest_gap = std::max(figures_.longest_gap, attempt.answered - last_done_);
  last_done_ = std::max(last_done_, attempt.answered);
}

void Load::Count(const absl::Status& status, absl::Duration took) {
  const std::lock_guard lock(mutex_);
  ++figures_.calls;
  ++figures_.codes[absl::StatusCodeToString(status.code())];
  figures_.longest_call = std::max(figures_.longest_call, took);
}

}  // namespace agreements::testing
