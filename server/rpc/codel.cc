#include "server/rpc/codel.h"

#include <algorithm>

namespace agreements {
namespace {

constexpr int kMemory = 10;  // Intervals

}  // namespace

bool Codel::Refuses(absl::Duration now, absl::Duration waited, size_t queued) {
  if (now < interval_end_) {
    least_wait_ = std::min(least_wait_, waited);
  } else {
    // What was long ago says nothing.
    stands_ = least_wait_ > target_ && now < interval_end_ + kMemory * interval_;
    interval_end_ = now + interval_;
    least_wait_ = waited;
  }
  return stands_ && waited > 2 * target_ && queued > 1;
}

}  // namespace agreements
