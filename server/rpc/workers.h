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
  kBackground,  // Long work, for which no person waits.
};

// For whom a task runs, and what it does.
struct TaskOwner {
  std::string account_id;
  TaskKind kind = TaskKind::kRead;
};

// How many workers may run tasks of one account or kind at once. A task that runs cannot be taken back, so the shares
// hold even while nobody else waits. Each is at least 1.
struct Shares {
  explicit Shares(int threads);

  int account;               // Tasks of one account: 3/4 of the threads.
  std::array<int, 3> kind;   // Tasks of one kind: 3/4; background 1/4.
  std::array<int, 3> owner;  // Tasks of one account and kind: 1/2; background 1/8.
};

// Thread-safe.
//
// Accounts take turns, for each kind of task, and a turn is one task: an account with a thousand queued tasks gets one
// of them run while each other account gets one. A turn that would exceed a share is passed over until it does not.
// Tasks of one account and kind begin in the order in which they were queued.
class Workers {
 public:
  // One account takes at most half of the queue, and one kind 3/4.
  Workers(int threads, size_t max_queue);
  // Runs what is queued, then ends the threads.
  ~Workers();

  // Queues a task. RESOURCE_EXHAUSTED SERVER_BUSY if the queue is full, or the account's or the kind's part of it.
  // UNAVAILABLE SERVER_STOPPING after Stop().
  absl::Status TryRun(const TaskOwner& owner, std::function<void()> task);

  // Queues a task that continues something, even if the queue is full. UNAVAILABLE SERVER_STOPPING after Stop().
  absl::Status Run(const TaskOwner& owner, std::function<void()> task);

  // Refuses further tasks, and returns when every queued task has run.
  void Stop();

 private:
  struct Account;

  // The tasks of one account and kind.
  struct Lane {
    Account* account = nullptr;
    TaskKind kind = TaskKind::kRead;
    std::deque<std::function<void()>> queue;
    int running = 0;
    bool has_turn = false;  // Whether it is in turns_. It is not while it is empty or its shares are used up.
  };

  // Exists while it has tasks.
  struct Account {
    std::string account_id;
    std::array<Lane, 3> lanes;
    size_t queued = 0;
    int running = 0;
  };

  // A place in the order of turns. Numbers only grow.
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
  // By kind, so that a kind whose share is used up holds back only its own lanes. A lane that has come to exceed its
  // account's shares stays here until Next() meets it.
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
