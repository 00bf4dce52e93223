// File descriptors: how many this process may have, and how many of them connections get.
#ifndef AGREEMENTS_SERVER_OPS_DESCRIPTORS_H_
#define AGREEMENTS_SERVER_OPS_DESCRIPTORS_H_

#include <cstdint>

#include "absl/status/statusor.h"

namespace agreements {

// Raises the process's soft limit to its hard one. Returns the limit.
int64_t RaiseDescriptorLimit();

// How many connections may be open at once with `limit` descriptors. If `wanted` is 0: as many as `workers` and the
// rest of the process leave room for, at most 10,000. INVALID_ARGUMENT if there is not enough room.
absl::StatusOr<int> MaxConnections(int64_t limit, int workers, int wanted);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_DESCRIPTORS_H_
