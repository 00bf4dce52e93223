// Which of a database's hosts is used, after a look at each.
#ifndef AGREEMENTS_STORAGE_CONNECTION_HOST_CHOICE_H_
#define AGREEMENTS_STORAGE_CONNECTION_HOST_CHOICE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/connection/writer_record.h"

namespace agreements::storage {

// What a look at a host has found.
struct HostSight {
  std::string address;
  absl::Status status;     // OK if it answers and takes writes.
  bool is_silent = false;  // It has not answered in time.
  WriterRecord record;     // Of epoch 0 if it could not be read.
};

// Whether a host may be used, when `epoch` is the highest one that was ever seen on any host.
bool IsFit(const HostSight& sight, int64_t epoch);

// Of the hosts that are fit: the one that the record names, else the one that is used already, else the first. So all
// servers come to use the same host, and a host that has failed once is not gone back to before it has to be.
// std::nullopt if none is fit.
std::optional<size_t> ChooseHost(absl::Span<const HostSight> sights, std::optional<size_t> used, int64_t epoch);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_HOST_CHOICE_H_
