#include "storage/connection/availability.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "proto/errors.h"

namespace agreements::storage {
namespace {

// Pauses between attempts to reconnect: random, up to a bound that doubles from the first to the last.
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLastPause = absl::Seconds(1);

}  // namespace

Availability::~Availability() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (reconnecting_.joinable()) reconnecting_.join();
}

absl::Time Availability::gone_since() const {
  const int64_t since = gone_since_;
  return since == kNotGone ? absl::InfiniteFuture() : absl::FromUnixMicros(since);
}

void Availability::BeginOutage(absl::Time since) {
  const std::lock_guard lock(mutex_);
  if (IsOutage()) return;
  gone_since_ = absl::ToUnixMicros(since);
  if (!reconnecting_.joinable()) reconnecting_ = std::thread([this] { Reconnect(); });
  changed_.notify_all();
}

absl::Status Availability::Check() {
  const std::lock_guard lock(check_mutex_);
  const absl::Time begin = absl::Now();
  if (session_ != nullptr && CheckedSessionAnswers()) {
    EndOutage();
    return absl::OkStatus();
  }
  absl::StatusOr<Hosts::Connected> connected =
      hosts_.Connect({.connect_timeout = options_.check_timeout, .read_timeout = options_.check_timeout});
  if (connected.ok()) {
    session_ = std::move(connected->session);
    session_host_ = connected->host;
    EndOutage();
    return absl::OkStatus();
  }
  // A server without room for this connection serves others. One that is only slow has answered them.
  const bool timed_out = Hosts::HasMet(options_.check_timeout, absl::Now() - begin);
  if (absl::IsResourceExhausted(connected.status()) || (timed_out && hosts_.AnsweredSince(begin))) return State();
  pool_.DropAll();
  BeginOutage(begin);
  return State();
}

bool Availability::CheckedSessionAnswers() {
  const absl::Time begin = absl::Now();
  // A node without quorum answers a ping, but fails this.
  if (session_->Prepare().ok()) {
    hosts_.Answered(session_host_);
    return true;
  }
  session_.reset();
  // Calls need not wait until every host has been tried.
  if (Hosts::HasMet(options_.check_timeout, absl::Now() - begin) && !hosts_.AnsweredSince(begin)) {
    hosts_.IsSilent(session_host_);
    pool_.DropAll();
    BeginOutage(begin);
  }
  return false;
}

absl::Status Availability::State() const { return IsOutage() ? DatabaseUnavailable() : absl::OkStatus(); }

void Availability::Reconnect() {
  absl::BitGen generator;
  std::unique_lock lock(mutex_);
  while (!ending_) {
    changed_.wait(lock, [this] { return ending_ || IsOutage(); });
    absl::Duration bound = kFirstPause;
    while (!ending_ && IsOutage()) {
      lock.unlock();
      Check().IgnoreError();  // It ends the outage, or logs why not.
      lock.lock();
      if (!IsOutage()) break;
      const absl::Duration pause = bound * absl::Uniform<double>(generator, 0, 1);
      changed_.wait_for(lock, absl::ToChronoNanoseconds(pause), [this] { return ending_; });
      bound = std::min(2 * bound, kLastPause);
    }
  }
}

}  // namespace agreements::storage
