#include "server/rpc/workers.h"

#include <algorithm>
#include <utility>

#include "proto/errors.h"

namespace agreements {
namespace {

size_t Index(TaskKind kind) { return static_cast<size_t>(kind); }

}  // namespace

Shares::Shares(int threads) {
  const auto share = [threads](int eighths) { return std::max(1, threads * eighths / 8); };
  account = share(6);
  kind = {share(6), share(6), share(2)};
  owner = {share(4), share(4), share(1)};
}

Workers::Workers(int threads, size_t max_queue)
    : shares_(threads),
      max_queue_(max_queue),
      max_account_queue_(max_queue - max_queue / 2),
      max_kind_queue_(max_queue - max_queue / 4) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

absl::Status Workers::TryRun(const TaskOwner& owner, std::function<void()> task) {
  return Queue(owner, std::move(task), /*has_begun=*/false);
}

absl::Status Workers::Run(const TaskOwner& owner, std::function<void()> task) {
  return Queue(owner, std::move(task), /*has_begun=*/true);
}

absl::Status Workers::Queue(const TaskOwner& owner, std::function<void()> task, bool has_begun) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return ServerStopping();
    if (!has_begun && !HasRoom(owner)) return ServerBusy();
    Account& account = AccountOf(owner.account_id);
    Lane& lane = account.lanes.at(Index(owner.kind));
    lane.queue.push_back(std::move(task));
    ++account.queued;
    ++queued_;
    ++queued_of_kind_.at(Index(owner.kind));
    GiveTurn(lane);
    if (Next() == nullptr) return absl::OkStatus();
  }
  changed_.notify_one();
  return absl::OkStatus();
}

void Workers::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  idle_.wait(lock, [this] { return queued_ == 0 && running_ == 0; });
}

void Workers::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    Lane* lane = nullptr;
    changed_.wait(lock, [&] {
      lane = Next();
      return lane != nullptr || (ending_ && queued_ == 0);
    });
    if (lane == nullptr) return;
    {
      const std::function<void()> task = Take(*lane);
      // Several tasks may have waited for the end of one.
      if (Next() != nullptr) changed_.notify_one();
      if (ending_ && queued_ == 0) changed_.notify_all();
      lock.unlock();
      task();
    }
    lock.lock();
    Finish(*lane);
    if (running_ == 0 && queued_ == 0) idle_.notify_all();
  }
}

bool Workers::HasRoom(const TaskOwner& owner) const {
  if (queued_ >= max_queue_ || queued_of_kind_.at(Index(owner.kind)) >= max_kind_queue_) return false;
  const auto found = accounts_.find(owner.account_id);
  return found == accounts_.end() || found->second.queued < max_account_queue_;
}

Workers::Account& Workers::AccountOf(const std::string& account_id) {
  const auto [found, is_new] = accounts_.try_emplace(account_id);
  Account& account = found->second;
  if (is_new) {
    account.account_id = account_id;
    for (const TaskKind kind : {TaskKind::kRead, TaskKind::kChange, TaskKind::kBackground}) {
      Lane& lane = account.lanes.at(Index(kind));
      lane.account = &account;
      lane.kind = kind;
    }
  }
  return account;
}

bool Workers::IsWithinShares(const Lane& lane) const {
  return lane.running < shares_.owner.at(Index(lane.kind)) && lane.account->running < shares_.account;
}

void Workers::GiveTurn(Lane& lane) {
  if (lane.has_turn || lane.queue.empty() || !IsWithinShares(lane)) return;
  lane.has_turn = true;
  turns_.at(Index(lane.kind)).push_back({.lane = &lane, .number = ++last_turn_});
}

Workers::Lane* Workers::Next() {
  const Turn* next = nullptr;
  for (size_t kind = 0; kind < turns_.size(); ++kind) {
    std::deque<Turn>& turns = turns_.at(kind);
    if (running_of_kind_.at(kind) >= shares_.kind.at(kind)) continue;
    while (!turns.empty() && !IsWithinShares(*turns.front().lane)) {
      turns.front().lane->has_turn = false;
      turns.pop_front();
    }
    if (!turns.empty() && (next == nullptr || turns.front().number < next->number)) next = &turns.front();
  }
  return next == nullptr ? nullptr : next->lane;
}

// `lane` is Next().
std::function<void()> Workers::Take(Lane& lane) {
  std::function<void()> task = std::move(lane.queue.front());
  lane.queue.pop_front();
  turns_.at(Index(lane.kind)).pop_front();
  lane.has_turn = false;
  --lane.account->queued;
  --queued_;
  --queued_of_kind_.at(Index(lane.kind));
  ++lane.running;
  ++lane.account->running;
  ++running_of_kind_.at(Index(lane.kind));
  ++running_;
  GiveTurn(lane);
  return task;
}

void Workers::Finish(Lane& lane) {
  Account& account = *lane.account;
  --lane.running;
  --account.running;
  --running_of_kind_.at(Index(lane.kind));
  --running_;
  for (Lane& other : account.lanes) GiveTurn(other);
  if (account.running == 0 && account.queued == 0) accounts_.erase(account.account_id);
}

}  // namespace agreements
