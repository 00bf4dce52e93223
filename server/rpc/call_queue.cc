#include "server/rpc/call_queue.h"

#include <algorithm>
#include <utility>

namespace agreements {
namespace {

constexpr size_t kBackground = static_cast<size_t>(TaskKind::kBackground);

// The mean of durations follows new ones by this part of their difference.
constexpr int kMemory = 16;

constexpr absl::Duration kMinRetryDelay = absl::Milliseconds(100);
constexpr absl::Duration kMaxRetryDelay = absl::Seconds(10);

size_t Index(TaskKind kind) { return static_cast<size_t>(kind); }

template <typename Map>
auto Lookup(const Map& map, const std::string& key) -> const typename Map::mapped_type* {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

Shares::Shares(size_t whole) {
  const auto part = [whole](size_t eighths) { return (whole * eighths + 7) / 8; };
  kind = {part(6), part(6), part(2)};
  caller = part(7);
  caller_and_kind = {part(5), part(5), part(2)};
  account = part(6);
  account_and_kind = {part(4), part(4), part(1)};
}

CallQueue::CallQueue(const QueueOptions& options)
    : options_(options),
      of_workers_(static_cast<size_t>(options.workers)),
      of_queue_(options.max_queue),
      kinds_(kTaskKinds, KindQueue(Codel(options.target, options.interval))) {}

std::optional<Refusal> CallQueue::Push(const TaskOwner& owner, absl::Duration now, absl::Duration patience,
                                       Task& task) {
  const std::optional<Refusal> refusal = Refuses(owner, patience);
  if (!refusal) Add(owner, now, std::move(task));
  return refusal;
}

bool CallQueue::HasNext() { return Find().has_value(); }

std::optional<CallQueue::Next> CallQueue::Pop(absl::Duration now) {
  const std::optional<Place> place = Find();
  if (!place) return std::nullopt;
  Next next = {.owner = {.caller = place->caller->caller,
                         .account_id = place->account->account_id,
                         .kind = static_cast<TaskKind>(place->kind)},
               .task = nullptr,
               .is_refused = false,
               .since = now,
               .waited = now - place->account->tasks.front().since};
  KindQueue& kind = kinds_.at(place->kind);
  // Each is asked, since each watches all that leave.
  const bool by_kind = kind.codel.Refuses(now, next.waited, kind.queued);
  const bool by_caller = place->caller->codel.Refuses(now, next.waited, place->caller->queued);
  const bool by_account = place->account->codel.Refuses(now, next.waited, place->account->tasks.size());
  next.is_refused = place->kind != kBackground && (by_kind || by_caller || by_account);
  // A refusal is a turn, too: an account's next task may be fresh, and would make the queue look as if it did not
  // stand.
  PassTurn(*place);
  if (!next.is_refused) {
    callers_[next.owner.caller].running.Add(place->kind);
    accounts_[next.owner.account_id].running.Add(place->kind);
    ++kind.running;
  }
  next.task = Take(*place);
  return next;
}

void CallQueue::Finish(const Next& ended, absl::Duration now) {
  KindQueue& kind = kinds_.at(Index(ended.owner.kind));
  const absl::Duration took = now - ended.since;
  kind.duration = kind.duration == absl::ZeroDuration() ? took : kind.duration + (took - kind.duration) / kMemory;
  --kind.running;
  Forget(callers_, ended.owner.caller, &Tasks::running, Index(ended.owner.kind));
  Forget(accounts_, ended.owner.account_id, &Tasks::running, Index(ended.owner.kind));
}

absl::Duration CallQueue::RetryDelay(TaskKind kind) const {
  const KindQueue& queue = kinds_.at(Index(kind));
  const absl::Duration wait =
      queue.duration * static_cast<int64_t>(queue.queued) / static_cast<int64_t>(of_workers_.kind.at(Index(kind)));
  return std::clamp(wait, kMinRetryDelay, kMaxRetryDelay);
}

std::optional<Refusal> CallQueue::Refuses(const TaskOwner& owner, absl::Duration patience) const {
  const size_t kind = Index(owner.kind);
  if (queued_ >= options_.max_queue) return Refusal::kFull;
  const Tasks* caller = Lookup(callers_, owner.caller);
  const Tasks* account = Lookup(accounts_, owner.account_id);
  if (kinds_.at(kind).queued >= of_queue_.kind.at(kind) ||
      (caller != nullptr && !caller->queued.IsBelow(kind, of_queue_.caller, of_queue_.caller_and_kind)) ||
      (account != nullptr && !account->queued.IsBelow(kind, of_queue_.account, of_queue_.account_and_kind))) {
    return Refusal::kShare;
  }
  const absl::Duration wait = ExpectedWait(owner);
  if (wait > absl::ZeroDuration() && wait + kinds_.at(kind).duration > patience) return Refusal::kExpectedWait;
  return std::nullopt;
}

// While it waits for its turns, the accounts beside it have as many, if they have tasks for them; then its caller's
// turns, and those of the callers beside it.
absl::Duration CallQueue::ExpectedWait(const TaskOwner& owner) const {
  const size_t index = Index(owner.kind);
  const KindQueue& kind = kinds_.at(index);
  const auto ahead = [](size_t ahead_within, size_t sharing, size_t queued) {
    return std::min((ahead_within + 1) * std::max<size_t>(sharing, 1) - 1, queued);
  };
  size_t of_account = 0;
  size_t of_caller = 0;
  if (const auto* found = Lookup(kind.by_caller, owner.caller)) {
    const CallerQueue& caller = **found;
    const auto* account = Lookup(caller.by_account, owner.account_id);
    if (account != nullptr) of_account = (*account)->tasks.size();
    of_caller = ahead(of_account, caller.accounts.size() + (account == nullptr ? 1 : 0), caller.queued);
  }
  const size_t of_kind = ahead(of_caller, kind.callers.size(), kind.queued);
  const auto wait = [&kind](size_t tasks, size_t workers) {
    return kind.duration * static_cast<int64_t>(tasks) / static_cast<int64_t>(workers);
  };
  return std::max({wait(of_account, of_workers_.account_and_kind.at(index)),
                   wait(of_caller, of_workers_.caller_and_kind.at(index)), wait(of_kind, of_workers_.kind.at(index))});
}

void CallQueue::Add(const TaskOwner& owner, absl::Duration now, Task task) {
  const Codel fresh(options_.target, options_.interval);
  KindQueue& kind = kinds_.at(Index(owner.kind));
  const auto [caller, is_new_caller] = kind.by_caller.try_emplace(owner.caller);
  if (is_new_caller) {
    caller->second = kind.callers.insert(
        kind.callers.end(), {.caller = owner.caller, .codel = fresh, .accounts = {}, .by_account = {}, .queued = 0});
  }
  CallerQueue& of_caller = *caller->second;
  const auto [account, is_new_account] = of_caller.by_account.try_emplace(owner.account_id);
  if (is_new_account) {
    account->second = of_caller.accounts.insert(of_caller.accounts.end(),
                                                {.account_id = owner.account_id, .codel = fresh, .tasks = {}});
  }
  account->second->tasks.push_back({.task = std::move(task), .since = now});
  ++of_caller.queued;
  ++kind.queued;
  ++queued_;
  callers_[owner.caller].queued.Add(Index(owner.kind));
  accounts_[owner.account_id].queued.Add(Index(owner.kind));
}

std::optional<CallQueue::Place> CallQueue::Find() {
  const bool background_goes_on = kinds_.at(kBackground).running > 0;
  for (size_t i = 0; i < kTaskKinds; ++i) {
    const size_t kind = (turn_ + i) % kTaskKinds;
    if (kind == kBackground && background_goes_on) continue;
    if (const auto place = FindIn(kind)) return place;
  }
  return background_goes_on ? FindIn(kBackground) : std::nullopt;
}

std::optional<CallQueue::Place> CallQueue::FindIn(size_t index) {
  KindQueue& kind = kinds_.at(index);
  if (kind.queued == 0 || kind.running >= of_workers_.kind.at(index)) return std::nullopt;
  std::optional<Place> best;
  size_t fewest = 0;
  for (auto caller = kind.callers.begin(); caller != kind.callers.end(); ++caller) {
    if (caller->queued == 0) continue;
    const Count& running = callers_.at(caller->caller).running;
    if (best && running.of_kind.at(index) >= fewest) continue;
    if (!running.IsBelow(index, of_workers_.caller, of_workers_.caller_and_kind)) continue;
    const auto account = std::find_if(caller->accounts.begin(), caller->accounts.end(), [&](const AccountQueue& queue) {
      return accounts_.at(queue.account_id).running.IsBelow(index, of_workers_.account, of_workers_.account_and_kind);
    });
    if (account == caller->accounts.end()) continue;
    best = Place{.kind = index, .caller = caller, .account = account};
    fewest = running.of_kind.at(index);
    if (fewest == 0) break;
  }
  return best;
}

void CallQueue::PassTurn(const Place& place) {
  turn_ = (place.kind + 1) % kTaskKinds;
  std::list<CallerQueue>& callers = kinds_.at(place.kind).callers;
  callers.splice(callers.end(), callers, place.caller);
  std::list<AccountQueue>& accounts = place.caller->accounts;
  accounts.splice(accounts.end(), accounts, place.account);
}

void CallQueue::Forget(TasksByName& all, const std::string& name, Count Tasks::*count, size_t kind) {
  const auto found = all.find(name);
  (found->second.*count).Remove(kind);
  if (found->second.queued.all == 0 && found->second.running.all == 0) all.erase(found);
}

Task CallQueue::Take(const Place& place) {
  AccountQueue& account = *place.account;
  Task task = std::move(account.tasks.front().task);
  account.tasks.pop_front();
  Forget(callers_, place.caller->caller, &Tasks::queued, place.kind);
  Forget(accounts_, account.account_id, &Tasks::queued, place.kind);
  --place.caller->queued;
  --kinds_.at(place.kind).queued;
  --queued_;
  if (account.tasks.empty()) {
    place.caller->by_account.erase(account.account_id);
    place.caller->accounts.erase(place.account);
  }
  return task;
}

}  // namespace agreements
