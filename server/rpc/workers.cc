#include "server/rpc/workers.h"

#include <chrono>
#include <optional>
#include <utility>

namespace agreements {
namespace {

absl::Duration SteadyNow() { return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()); }

Admission Refused(Refusal refusal, absl::Duration waited, absl::Duration retry_delay) {
  return {.refusal = refusal, .waited = waited, .retry_delay = retry_delay};
}

}  // namespace

Workers::Workers(const QueueOptions& options) : queue_(options) {
  for (int i = 0; i < options.workers; ++i) threads_.emplace_back([this] { Work(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::Run(const TaskOwner& owner, absl::Duration patience, Task task) {
  std::optional<Refusal> refusal = Refusal::kStopping;
  absl::Duration retry_delay;
  bool has_next = false;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) refusal = queue_.Push(owner, SteadyNow(), patience, task);
    if (refusal) {
      retry_delay = queue_.RetryDelay(owner.kind);
    } else {
      has_next = queue_.HasNext();
    }
  }
  if (refusal) {
    task(Refused(*refusal, absl::ZeroDuration(), retry_delay));
  } else if (has_next) {
    changed_.notify_one();
  }
}

void Workers::GoOn(const TaskOwner& owner, Task task) {
  {
    std::unique_lock lock(mutex_);
    if (stopping_) {
      lock.unlock();
      task(Refused(Refusal::kStopping, absl::ZeroDuration(), absl::ZeroDuration()));
      return;
    }
    queue_.Add(owner, SteadyNow(), std::move(task));
    if (!queue_.HasNext()) return;
  }
  changed_.notify_one();
}

void Workers::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  idle_.wait(lock, [this] { return queue_.queued() == 0 && busy_ == 0; });
}

WorkersFigures Workers::figures() const {
  const std::lock_guard lock(mutex_);
  WorkersFigures figures;
  for (size_t kind = 0; kind < kTaskKinds; ++kind) {
    figures.queued.at(kind) = queue_.queued(static_cast<TaskKind>(kind));
    figures.running.at(kind) = queue_.running(static_cast<TaskKind>(kind));
  }
  return figures;
}

void Workers::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return queue_.HasNext() || (ending_ && queue_.queued() == 0); });
    std::optional<CallQueue::Next> next = queue_.Pop(SteadyNow());
    if (!next) return;
    ++busy_;
    const absl::Duration retry_delay = queue_.RetryDelay(next->owner.kind);
    // Several tasks may have waited for the end of one.
    if (queue_.HasNext()) changed_.notify_one();
    if (ending_ && queue_.queued() == 0) changed_.notify_all();
    lock.unlock();
    next->task(next->is_refused ? Refused(Refusal::kStandingQueue, next->waited, retry_delay)
                                : Admission{.refusal = {}, .waited = next->waited, .retry_delay = {}});
    next->task = nullptr;  // What it holds goes before it counts as ended.
    lock.lock();
    if (!next->is_refused) queue_.Finish(*next, SteadyNow());
    --busy_;
    if (queue_.queued() == 0 && busy_ == 0) idle_.notify_all();
  }
}

}  // namespace agreements
