// Controlled Delay: tells a queue that stands from one that a burst has filled.
#ifndef AGREEMENTS_SERVER_RPC_CODEL_H_
#define AGREEMENTS_SERVER_RPC_CODEL_H_

#include <cstddef>

#include "absl/time/time.h"

namespace agreements {

// A burst is good: it keeps the workers busy and is gone soon. A queue in which even the luckiest task of a whole
// interval has waited for longer than the target only makes every call late. Then what has waited for twice the target
// is refused, so that the calls that are taken are answered in time. After Nichols and Jacobson (RFC 8289), in the form
// for servers that answer requests (Maurer, "Fail at Scale", ACM Queue 2015). The last one in a queue is never refused:
// nobody would gain by it, and a machine that is slow makes even a lone call wait.
//
// Not thread-safe. Times are those of one steady clock.
class Codel {
 public:
  Codel(absl::Duration target, absl::Duration interval) : target_(target), interval_(interval) {}

  // Whether a task is refused that leaves the queue at `now`, after it has waited for `waited`. `queued`: how many
  // there were, itself included. Ask for each task that leaves, in the order in which they do.
  bool Refuses(absl::Duration now, absl::Duration waited, size_t queued);

 private:
  const absl::Duration target_;
  const absl::Duration interval_;
  absl::Duration interval_end_ = -absl::InfiniteDuration();
  absl::Duration least_wait_;  // Of the tasks of this interval.
  bool stands_ = false;        // By the interval before.
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_CODEL_H_
