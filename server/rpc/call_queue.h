// Which task is next, and which is refused: the order and the limits of what waits for a worker.
#ifndef AGREEMENTS_SERVER_RPC_CALL_QUEUE_H_
#define AGREEMENTS_SERVER_RPC_CALL_QUEUE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "server/ops/task_kinds.h"
#include "server/rpc/codel.h"

namespace agreements {

// Tasks that run together.
class Batch {
 public:
  Batch() = default;
  virtual ~Batch() = default;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  // Does what the tasks have put into it.
  virtual void Run() = 0;
};

// What tasks that can run together have in common.
class Gathering {
 public:
  static constexpr size_t kMostTasks = 100;  // In a batch.

  Gathering() = default;
  virtual ~Gathering() = default;
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;

  virtual std::unique_ptr<Batch> NewBatch() = 0;
};

// For whom a task runs, and what it does.
struct TaskOwner {
  std::string caller = {};
  std::string account_id = {};
  TaskKind kind = TaskKind::kRead;
  Gathering* gathering = nullptr;  // nullptr: it runs alone.
};

struct QueueOptions {
  int workers = 16;         // Tasks that run at once.
  size_t max_queue = 1024;  // Tasks that wait.
  // See Codel. InfiniteDuration() as a target: tasks may wait as long as their deadlines allow.
  absl::Duration target = absl::Milliseconds(5);
  absl::Duration interval = absl::Milliseconds(100);
};

// How much of a whole one kind of task, one caller or one account may have: of the workers, and of the queue. Parts are
// rounded up.
struct Shares {
  explicit Shares(size_t whole);

  std::array<size_t, kTaskKinds> kind;              // 3/4; background 1/4.
  size_t caller;                                    // 7/8
  std::array<size_t, kTaskKinds> caller_and_kind;   // 5/8; background 1/4.
  size_t account;                                   // 3/4
  std::array<size_t, kTaskKinds> account_and_kind;  // 1/2; background 1/8.
};

// What becomes of a task: it runs, or it is refused.
struct Admission {
  std::optional<Refusal> refusal;
  absl::Duration waited;       // In the queue.
  absl::Duration retry_delay;  // If it is refused: when another try may have more luck.
  Batch* batch = nullptr;      // If it is to run with others: where it puts what it has to do.
};

// Is called once, when it is decided what becomes of the task.
using Task = std::function<void(const Admission& admission)>;

// Reads and changes take turns. Within a kind it is the turn of the caller with the fewest tasks that run, so that
// callers share the workers evenly, however long their calls take; within these, the accounts for which they call take
// turns. A turn is one task. Whoever has used up a share is passed over: a task that runs cannot be taken back, so that
// shares hold even while nobody else waits. Background tasks run when nothing else can, except that one of them may
// always take its turn. Tasks of one caller, account and kind begin in the order in which they came.
//
// When the turn comes to a task of a gathering, the others that wait ride along, of whichever callers, one of each in
// turn. They need no worker, so no share is used up.
//
// Each kind, caller and account has a Codel. Background tasks are patient: they are refused only at their arrival.
//
// Not thread-safe. Times are those of one steady clock.
class CallQueue {
 public:
  explicit CallQueue(const QueueOptions& options);

  // Takes a task. The call's deadline is `patience` away. If it is refused, returns why, and `task` is not used.
  std::optional<Refusal> Push(const TaskOwner& owner, absl::Duration now, absl::Duration patience, Task& task);

  // Takes a background task that continues something, even if the queue is full.
  void Add(const TaskOwner& owner, absl::Duration now, Task task);

  // A task that has left the queue with one whose turn it was.
  struct Rider {
    Task task;
    bool is_refused;
    absl::Duration waited;
  };

  // A task that has left the queue, to be run or, as kStandingQueue, to be refused.
  struct Next {
    TaskOwner owner;
    Task task;
    bool is_refused;
    absl::Duration since;   // When it left.
    absl::Duration waited;  // Until then.
    std::vector<Rider> riders;
  };

  // Whether Pop() would take a task out.
  bool HasNext();

  // Takes the next task out, if one may run.
  std::optional<Next> Pop(absl::Duration now);

  // A task that Pop() gave to be run has ended.
  void Finish(const Next& ended, absl::Duration now);

  // When to come again after a refusal.
  absl::Duration RetryDelay(TaskKind kind) const;

  size_t queued(TaskKind kind) const { return kinds_.at(static_cast<size_t>(kind)).queued; }
  size_t queued() const { return queued_; }
  size_t running(TaskKind kind) const { return kinds_.at(static_cast<size_t>(kind)).running; }

 private:
  struct Waiting {
    Task task;
    absl::Duration since;
    int64_t number;  // In the order of coming.
  };

  // What waits for one caller, account, kind and gathering.
  struct Line {
    Gathering* gathering;
    std::deque<Waiting> tasks;
  };

  // What waits for one caller, account and kind. Exists while something does.
  struct AccountQueue {
    std::string account_id;
    Codel codel;
    std::vector<Line> lines;  // None is empty.
    size_t queued = 0;

    // The line of a gathering, and the one whose first task came first.
    std::optional<size_t> Find(const Gathering* gathering) const;
    size_t First() const;
  };

  // What waits for one caller and kind. Callers are few, so it stays, and its Codel keeps what it knows.
  struct CallerQueue {
    std::string caller;
    Codel codel;
    std::list<AccountQueue> accounts;  // In the order of their turns.
    std::unordered_map<std::string, std::list<AccountQueue>::iterator> by_account;
    size_t queued = 0;
  };

  struct KindQueue {
    explicit KindQueue(const Codel& its_codel) : codel(its_codel) {}

    Codel codel;
    std::list<CallerQueue> callers;  // In the order of their turns. Some may have nothing that waits.
    std::unordered_map<std::string, std::list<CallerQueue>::iterator> by_caller;
    size_t queued = 0;
    size_t running = 0;
    absl::Duration duration;  // Of a task, the mean of the last ones.
  };

  // A number of tasks, and of which kinds they are.
  struct Count {
    size_t all = 0;
    std::array<size_t, kTaskKinds> of_kind{};

    void Add(size_t kind) { ++all, ++of_kind.at(kind); }
    void Remove(size_t kind) { --all, --of_kind.at(kind); }
    bool IsBelow(size_t kind, size_t most, const std::array<size_t, kTaskKinds>& most_of_kind) const {
      return all < most && of_kind.at(kind) < most_of_kind.at(kind);
    }
  };

  // The tasks of a caller or an account. Exists while there are any.
  struct Tasks {
    Count queued;
    Count running;
  };
  using TasksByName = std::unordered_map<std::string, Tasks>;

  // A place in the tree.
  struct Place {
    size_t kind;
    std::list<CallerQueue>::iterator caller;
    std::list<AccountQueue>::iterator account;
    size_t line;
  };

  std::optional<Refusal> Refuses(const TaskOwner& owner, absl::Duration patience) const;
  // How long a further task of this owner would wait.
  absl::Duration ExpectedWait(const TaskOwner& owner) const;
  // Where the next task is that may run.
  std::optional<Place> Find();
  std::optional<Place> FindIn(size_t kind);
  static void Forget(TasksByName& all, const std::string& name, Count Tasks::*count, size_t kind);
  // Lets tasks of `next.owner.gathering` ride along.
  void TakeRiders(Next& next);
  // Takes the first task of the place's line out of the queue, and asks whether it is refused.
  Rider Take(const Place& place, absl::Duration now);

  const QueueOptions options_;
  const Shares of_workers_;
  const Shares of_queue_;
  std::vector<KindQueue> kinds_;
  size_t turn_ = 0;  // The kind whose turn it is.
  TasksByName callers_;
  TasksByName accounts_;
  size_t queued_ = 0;
  int64_t pushed_ = 0;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_CALL_QUEUE_H_
