// What queue, metrics and log call the tasks of calls.
#ifndef AGREEMENTS_SERVER_OPS_TASK_KINDS_H_
#define AGREEMENTS_SERVER_OPS_TASK_KINDS_H_

#include <cstddef>
#include <cstdint>

namespace agreements {

// What a task does.
enum class TaskKind : std::uint8_t {
  kRead,
  kChange,      // Can wait for a row that another transaction has locked.
  kBackground,  // Long work, for which no person waits.
};
inline constexpr size_t kTaskKinds = 3;

// Why a task is not run.
enum class Refusal : std::uint8_t {
  kFull,           // The queue is full.
  kShare,          // The kind's, the caller's or the account's part of the queue is.
  kExpectedWait,   // It would not have ended before its deadline.
  kStandingQueue,  // It has waited, and the queue does not get shorter. See Codel.
  kStopping,       // The server stops.
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_TASK_KINDS_H_
