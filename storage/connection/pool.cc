#include "storage/connection/pool.h"

#include <utility>

#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

// A connection is taken for dead if it does not answer for this much longer than any statement may take.
constexpr absl::Duration kReadTimeoutSlack = absl::Seconds(2);
constexpr absl::Duration kBackgroundReadTimeoutSlack = absl::Seconds(5);

}  // namespace

absl::StatusOr<Pooled> Pool::Acquire(const Call& call, bool autocommit, bool may_connect) {
  if (std::optional<Pooled> idle = TakeIdle(call, autocommit)) return *std::move(idle);
  if (!may_connect) return absl::UnavailableError("no host takes writes");
  int generation = 0;
  {
    const std::lock_guard lock(mutex_);
    generation = generation_;
  }
  ASSIGN_OR_RETURN(Hosts::Connected connected,
                   hosts_.Connect({.connect_timeout = options_.connect_timeout,
                                   .read_timeout = call.is_background ? options_.max_call + kBackgroundReadTimeoutSlack
                                                                      : options_.max_statement + kReadTimeoutSlack,
                                   .prepare_statements = true,
                                   .figures = call.figures}));
  ++opened_;
  ++open_;
  return Pooled{.session = std::move(connected.session),
                .host = connected.host,
                .is_background = call.is_background,
                .generation = generation,
                .counted = {&open_, {}}};
}

std::optional<Pooled> Pool::TakeIdle(const Call& call, bool autocommit) {
  const std::lock_guard lock(mutex_);
  auto taken = idle_.end();
  for (auto i = idle_.begin(); i != idle_.end(); ++i) {
    if (i->is_background != call.is_background) continue;
    // Prefers one whose settings need not change, and of those the one that was used last.
    const bool fits = i->session->autocommit() == autocommit;
    if (fits || taken == idle_.end() || taken->session->autocommit() != autocommit) taken = i;
  }
  if (taken == idle_.end()) return std::nullopt;
  Pooled pooled = std::move(*taken);
  idle_.erase(taken);
  return pooled;
}

void Pool::Release(Pooled pooled) {
  pooled.session->Serve(nullptr, nullptr);
  hosts_.Answered(pooled.host);
  if (pooled.is_spoilt) return;
  const std::lock_guard lock(mutex_);
  if (pooled.generation == generation_) idle_.push_back(std::move(pooled));
}

void Pool::DropAll() {
  std::vector<Pooled> dropped;  // Closed after the lock is released.
  const std::lock_guard lock(mutex_);
  ++generation_;
  dropped.swap(idle_);
}

DatabaseFigures Pool::figures() const {
  const std::lock_guard lock(mutex_);
  const auto idle = static_cast<int64_t>(idle_.size());
  return {.idle_connections = idle,
          .connections_in_use = open_ - idle,
          .connections_opened = opened_,
          .connects_failed = hosts_.connects_failed()};
}

}  // namespace agreements::storage
