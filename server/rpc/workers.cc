#include "server/rpc/workers.h"

#include <chrono>
#include <memory>
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
  bool wakes_one = false;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) refusal = queue_.Push(owner, SteadyNow(), patience, task);
    if (refusal) {
      retry_delay = queue_.RetryDelay(owner.kind);
    } else {
      wakes_one = WakesOne();
    }
  }
  if (refusal) {
    task(Refused(*refusal, absl::ZeroDuration(), retry_delay));
  } else if (wakes_one) {
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
    if (!WakesOne()) return;
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

bool Workers::WakesOne() {
  if (is_waking_ || idle_workers_ == 0 || !queue_.HasNext()) return false;
  is_waking_ = true;
  return true;
}

void Workers::Serve(CallQueue::Next& next, absl::Duration retry_delay) {
  std::unique_ptr<Batch> batch;
  if (next.owner.gathering != nullptr && !next.is_refused) batch = next.owner.gathering->NewBatch();
  const auto decide = [&](Task& task, bool is_refused, absl::Duration waited) {
    if (is_refused) {
      task(Refused(Refusal::kStandingQueue, waited, retry_delay));
    } else {
      task({.refusal = {}, .waited = waited, .retry_delay = {}, .batch = batch.get()});
    }
    task = nullptr;  // What it holds goes before it counts as ended.
  };
  decide(next.task, next.is_refused, next.waited);
  for (CallQueue::Rider& rider : next.riders) decide(rider.task, rider.is_refused, rider.waited);
  if (batch != nullptr) batch->Run();
}

void Workers::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!queue_.HasNext() && !(ending_ && queue_.queued() == 0)) {
      ++idle_workers_;
      changed_.wait(lock);
      --idle_workers_;
      is_waking_ = false;
    }
    std::optional<CallQueue::Next> next = queue_.Pop(SteadyNow());
    if (!next) return;
    ++busy_;
    const absl::Duration retry_delay = queue_.RetryDelay(next->owner.kind);
    // Several tasks may have come, or have waited for the end of one.
    if (WakesOne()) changed_.notify_one();
    if (ending_ && queue_.queued() == 0) changed_.notify_all();
    lock.unlock();
    Serve(*next, retry_delay);
    lock.lock();
    if (!next->is_refused) queue_.Finish(*next, SteadyNow());
    --busy_;
    if (queue_.queued() == 0 && busy_ == 0) idle_.notify_all();
  }
}

}  // namespace agreements
