// File descriptors: how many this process may have, and how many of them connections get.
#ifndef AGREEMENTS_SERVER_OPS_DESCRIPTORS_H_
#define AGREEMENTS_SERVER_OPS_DESCRIPTORS_H_

#include <cstdint>

#include "absl/status/statusor.h"

namespace agreements {

// Raises the process's limit to the most that it may have. Returns the limit.
int64_t RaiseDescriptorLimit();

// How many connections may be open at once where there are `limit` descriptors: `wanted`, or as many as there is room
// for beside what `workers` and the rest of the process need, if `wanted` is 0, but not more than 10,000.
// INVALID_ARGUMENT if there is no room.
absl::StatusOr<int> MaxConnections(int64_t limit, int workers, int wanted);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_DESCRIPTORS_H_
