#include "storage/connection/pool.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/status_macros.h"
#include "storage/connection/writer_record.h"

namespace agreements::storage {
namespace {

// A connection is taken for dead if it does not answer for this much longer than any statement may take.
constexpr absl::Duration kReadTimeoutSlack = absl::Seconds(2);
constexpr absl::Duration kBackgroundReadTimeoutSlack = absl::Seconds(5);

}  // namespace

std::optional<size_t> Pool::host() const {
  const std::lock_guard lock(mutex_);
  return tenure_ == nullptr ? std::nullopt : std::optional(tenure_->host);
}

void Pool::Use(size_t host, int64_t epoch) {
  const std::lock_guard lock(mutex_);
  tenure_ = std::make_shared<Tenure>(host, epoch);
}

void Pool::Leave() {
  LeaveIf([](const Tenure&) { return true; });
}

void Pool::Leave(const Tenure& tenure) {
  LeaveIf([&](const Tenure& current) { return &current == &tenure; });
}

void Pool::LeaveIf(absl::FunctionRef<bool(const Tenure&)> is_meant) {
  std::vector<Pooled> left;  // Closed after the lock is released.
  size_t host = 0;
  {
    const std::lock_guard lock(mutex_);
    if (tenure_ == nullptr || !is_meant(*tenure_)) return;
    tenure_->is_over = true;
    host = tenure_->host;
    tenure_.reset();
    left.swap(idle_);
  }
  hosts_.Disconnect(host);
}

absl::StatusOr<Pooled> Pool::Acquire(const Call& call, bool autocommit, bool may_connect) {
  if (std::optional<Pooled> idle = TakeIdle(call, autocommit)) return *std::move(idle);
  std::shared_ptr<const Tenure> tenure;
  {
    const std::lock_guard lock(mutex_);
    tenure = tenure_;
  }
  if (tenure == nullptr || !may_connect) return absl::UnavailableError("no host takes writes");
  ASSIGN_OR_RETURN(
      std::unique_ptr<Session> session,
      hosts_.Connect(tenure->host, {.connect_timeout = options_.connect_timeout,
                                    .read_timeout = call.is_background ? options_.max_call + kBackgroundReadTimeoutSlack
                                                                       : options_.max_statement + kReadTimeoutSlack,
                                    .prepare_statements = true,
                                    .figures = call.figures}));
  ASSIGN_OR_RETURN(const WriterRecord record, ReadWriterRecord(*session));
  if (record.epoch < tenure->epoch) {
    return absl::UnavailableError(absl::StrCat(hosts_.address(tenure->host), " has lost changes since it was chosen"));
  }
  session->EndWith(std::shared_ptr<const std::atomic<bool>>(tenure, &tenure->is_over));
  ++opened_;
  ++open_;
  return Pooled{.tenure = std::move(tenure),
                .session = std::move(session),
                .is_background = call.is_background,
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
  hosts_.Answered(pooled.tenure->host);
  if (pooled.is_spoilt) return;
  const std::lock_guard lock(mutex_);
  if (pooled.tenure == tenure_) idle_.push_back(std::move(pooled));
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
