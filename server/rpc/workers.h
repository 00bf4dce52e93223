// A fixed set of threads that take tasks from a bounded queue, and share themselves out among accounts and kinds of
// task.
#ifndef AGREEMENTS_SERVER_RPC_WORKERS_H_
#define AGREEMENTS_SERVER_RPC_WORKERS_H_

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"

namespace agreements {

// What a task does.
enum class TaskKind : std::uint8_t {
  kRead,
  kChange,      // Can wait for a row that another transaction has locked.
  kBackground,  // Works through much; nobody sits and waits for it.
};

// For whom a task runs, and what it does.
struct TaskOwner {
  std::string account_id;
  TaskKind kind = TaskKind::kRead;
};

// How many workers may be busy at once with tasks that have something in common. A task that runs cannot be taken back,
// so these hold even while nobody else waits. Each is at least 1.
struct Shares {
  explicit Shares(int threads);

  int account;               // With one account's: 3/4 of the threads.
  std::array<int, 3> kind;   // With one kind's: 3/4; background 1/4.
  std::array<int, 3> owner;  // With one account's of one kind: 1/2; background 1/8.
};

// Thread-safe.
//
// Whoever has waited longest comes first, with one task each time it is its turn: an account with a thousand tasks of
// one kind in the queue gets one of them done while each of the others does. What would exceed a share is passed over
// until it does not. Tasks of one account and kind begin in the order of their coming.
class Workers {
 public:
  // One account takes at most half of the queue, and one kind 3/4.
  Workers(int threads, size_t max_queue);
  // Runs what is queued, then ends the threads.
  ~Workers();

  // RESOURCE_EXHAUSTED SERVER_BUSY, at once, if the queue is full, or the part of it that the account or the kind may
  // take; UNAVAILABLE SERVER_STOPPING after Stop().
  absl::Status TryRun(const TaskOwner& owner, std::function<void()> task);

  // The same for what goes on with something that has begun: the queue takes it even if it is full.
  absl::Status Run(const TaskOwner& owner, std::function<void()> task);

  // Takes no more tasks, and returns when every one that was taken has run.
  void Stop();

 private:
  struct Account;

  // The tasks of one account and kind.
  struct Lane {
    Account* account = nullptr;
    TaskKind kind = TaskKind::kRead;
    std::deque<std::function<void()>> queue;
    int running = 0;
    bool has_turn = false;  // It stands in turns_. False if it has nothing to run, or may not.
  };

  // Exists while it has tasks.
  struct Account {
    std::string account_id;
    std::array<Lane, 3> lanes;
    size_t queued = 0;
    int running = 0;
  };

  // A place in the order of turns, which grows.
  struct Turn {
    Lane* lane;
    int64_t number;
  };

  absl::Status Queue(const TaskOwner& owner, std::function<void()> task, bool has_begun);
  void Work();
  bool HasRoom(const TaskOwner& owner) const;
  Account& AccountOf(const std::string& account_id);
  bool IsWithinShares(const Lane& lane) const;
  void GiveTurn(Lane& lane);
  // The lane whose turn it is, or nullptr if no task may run.
  Lane* Next();
  std::function<void()> Take(Lane& lane);
  void Finish(Lane& lane);

  const Shares shares_;
  const size_t max_queue_;
  const size_t max_account_queue_;
  const size_t max_kind_queue_;
  std::mutex mutex_;
  std::condition_variable changed_;  // For the threads
  std::condition_variable idle_;     // For Stop()
  std::unordered_map<std::string, Account> accounts_;
  // By kind, since a kind whose share is used up holds back its own lanes only. A lane that has come to exceed its
  // account's shares stays until it is met.
  std::array<std::deque<Turn>, 3> turns_;
  int64_t last_turn_ = 0;
  size_t queued_ = 0;
  std::array<size_t, 3> queued_of_kind_{};
  std::array<int, 3> running_of_kind_{};
  int running_ = 0;
  bool stopping_ = false;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_WORKERS_H_
