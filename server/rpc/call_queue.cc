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

std::optional<size_t> CallQueue::AccountQueue::Find(const Gathering* gathering) const {
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].gathering == gathering) return i;
  }
  return std::nullopt;
}

size_t CallQueue::AccountQueue::First() const {
  const auto first = std::min_element(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.tasks.front().number < b.tasks.front().number;
  });
  return static_cast<size_t>(first - lines.begin());
}

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
  TaskOwner owner = {.caller = place->caller->caller,
                     .account_id = place->account->account_id,
                     .kind = static_cast<TaskKind>(place->kind),
                     .gathering = place->account->lines.at(place->line).gathering};
  // A refusal is a turn, too: an account's next task may be fresh, and would make the queue look as if it did not
  // stand.
  turn_ = (place->kind + 1) % kTaskKinds;
  Rider first = Take(*place, now);
  Next next = {.owner = std::move(owner),
               .task = std::move(first.task),
               .is_refused = first.is_refused,
               .since = now,
               .waited = first.waited,
               .riders = {}};
  if (next.is_refused) return next;
  callers_[next.owner.caller].running.Add(place->kind);
  accounts_[next.owner.account_id].running.Add(place->kind);
  ++kinds_.at(place->kind).running;
  if (next.owner.gathering != nullptr) TakeRiders(next);
  return next;
}

void CallQueue::TakeRiders(Next& next) {
  const size_t index = Index(next.owner.kind);
  KindQueue& kind = kinds_.at(index);
  bool found = true;
  while (found) {
    found = false;
    auto caller = kind.callers.begin();
    for (size_t i = kind.callers.size(); i > 0; --i) {
      if (next.riders.size() + 1 == Gathering::kMostTasks) return;
      const auto following = std::next(caller);  // It may lose its turn.
      for (auto account = caller->accounts.begin(); account != caller->accounts.end(); ++account) {
        const std::optional<size_t> line = account->Find(next.owner.gathering);
        if (!line) continue;
        next.riders.push_back(Take({.kind = index, .caller = caller, .account = account, .line = *line}, next.since));
        found = true;
        break;
      }
      caller = following;
    }
  }
}

void CallQueue::Finish(const Next& ended, absl::Duration now) {
  KindQueue& kind = kinds_.at(Index(ended.owner.kind));
  // That a worker has spent on a task.
  const absl::Duration took = (now - ended.since) / static_cast<int64_t>(1 + ended.riders.size());
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
    if (account != nullptr) of_account = (*account)->queued;
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
                                                {.account_id = owner.account_id, .codel = fresh, .lines = {}});
  }
  AccountQueue& of_account = *account->second;
  std::optional<size_t> line = of_account.Find(owner.gathering);
  if (!line) {
    line = of_account.lines.size();
    of_account.lines.push_back({.gathering = owner.gathering, .tasks = {}});
  }
  of_account.lines.at(*line).tasks.push_back({.task = std::move(task), .since = now, .number = pushed_++});
  ++of_account.queued;
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
    best = Place{.kind = index, .caller = caller, .account = account, .line = account->First()};
    fewest = running.of_kind.at(index);
    if (fewest == 0) break;
  }
  return best;
}

void CallQueue::Forget(TasksByName& all, const std::string& name, Count Tasks::*count, size_t kind) {
  const auto found = all.find(name);
  (found->second.*count).Remove(kind);
  if (found->second.queued.all == 0 && found->second.running.all == 0) all.erase(found);
}

CallQueue::Rider CallQueue::Take(const Place& place, absl::Duration now) {
  KindQueue& kind = kinds_.at(place.kind);
  CallerQueue& caller = *place.caller;
  AccountQueue& account = *place.account;
  std::deque<Waiting>& tasks = account.lines.at(place.line).tasks;
  Rider taken = {.task = std::move(tasks.front().task), .is_refused = false, .waited = now - tasks.front().since};
  // Each is asked, since each watches all that leave.
  const bool by_kind = kind.codel.Refuses(now, taken.waited, kind.queued);
  const bool by_caller = caller.codel.Refuses(now, taken.waited, caller.queued);
  const bool by_account = account.codel.Refuses(now, taken.waited, account.queued);
  taken.is_refused = place.kind != kBackground && (by_kind || by_caller || by_account);
  tasks.pop_front();
  if (tasks.empty()) account.lines.erase(account.lines.begin() + static_cast<std::ptrdiff_t>(place.line));
  Forget(callers_, caller.caller, &Tasks::queued, place.kind);
  Forget(accounts_, account.account_id, &Tasks::queued, place.kind);
  --account.queued;
  --caller.queued;
  --kind.queued;
  --queued_;
  // It is the turn of others.
  kind.callers.splice(kind.callers.end(), kind.callers, place.caller);
  if (account.queued > 0) {
    caller.accounts.splice(caller.accounts.end(), caller.accounts, place.account);
  } else {
    caller.by_account.erase(account.account_id);
    caller.accounts.erase(place.account);
  }
  return taken;
}

}  // namespace agreements
