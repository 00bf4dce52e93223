#include "storage/connection/killer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

// Between two kills of one target. The first one nearly always strikes.
constexpr absl::Duration kRepeat = absl::Milliseconds(100);

}  // namespace

Killer::~Killer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Killer::Kill(const Target& target) {
  const std::lock_guard lock(mutex_);
  jobs_[target].due = absl::Now();
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  changed_.notify_all();
}

bool Killer::Withdraw(const Target& target) {
  const std::lock_guard lock(mutex_);
  const auto job = jobs_.find(target);
  if (job == jobs_.end()) return false;
  const bool sent = job->second.sent;
  jobs_.erase(job);
  return sent;
}

void Killer::Run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (jobs_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = First();
    const absl::Duration pause = first->second.due - absl::Now();
    if (pause > absl::ZeroDuration()) {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(pause));
      continue;
    }
    const Target target = first->first;
    if (!std::exchange(first->second.sent, true)) ++killed_;
    lock.unlock();
    Send(target);
    lock.lock();
    if (const auto job = jobs_.find(target); job != jobs_.end()) job->second.due = absl::Now() + kRepeat;
  }
}

std::map<Killer::Target, Killer::Job>::iterator Killer::First() {
  return std::min_element(jobs_.begin(), jobs_.end(),
                          [](const auto& a, const auto& b) { return a.second.due < b.second.due; });
}

void Killer::Send(const Target& target) {
  absl::Status status;
  for (int attempt = 0; attempt < 2; ++attempt) {
    status = Connect(target);
    if (!status.ok()) break;
    status = session_->Command(absl::StrCat("KILL QUERY ", target.connection_id));
    // An error of the server: the connection has ended meanwhile.
    const bool answered = !session_->failure() || session_->failure()->kind != ErrorKind::kConnectionLost;
    session_->ClearFailure();
    if (answered) {
      not_sent_.IsWell();
      return;
    }
    session_.reset();  // It may have been idle for too long.
  }
  not_sent_.Happened(status.message());
}

absl::Status Killer::Connect(const Target& target) {
  if (session_ != nullptr && session_host_ == target.host) return absl::OkStatus();
  session_.reset();
  ASSIGN_OR_RETURN(
      std::unique_ptr<Session> session,
      hosts_.Open(target.host, {.connect_timeout = options_.check_timeout, .read_timeout = options_.check_timeout}));
  RETURN_IF_ERROR(session->ReadConnectionId());
  // Servers count connections up, and begin again when they are restarted.
  if (session->connection_id() <= target.connection_id) {
    return absl::UnavailableError("the server has been restarted since");
  }
  session_ = std::move(session);
  session_host_ = target.host;
  return absl::OkStatus();
}

Killable::Killable(Cancellation* cancellation, Killer& killer, const Killer::Target& target)
    : cancellation_(cancellation), killer_(killer), target_(target) {
  if (cancellation_ != nullptr) before_ = cancellation_->SetStop([this] { killer_.Kill(target_); });
}

bool Killable::End() {
  if (cancellation_ == nullptr) return false;
  std::exchange(cancellation_, nullptr)->SetStop(std::move(before_));
  return killer_.Withdraw(target_);
}

}  // namespace agreements::storage
