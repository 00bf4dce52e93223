// Ids that the service makes: a prefix and 16 characters of lower-case Crockford base32. Ids sort by creation time. No
// library in Debian makes sortable ids of this length.
#ifndef AGREEMENTS_STORAGE_CONNECTION_IDS_H_
#define AGREEMENTS_STORAGE_CONNECTION_IDS_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace agreements::storage {

// Makes ids. A test can pass another source to choose them. Thread-safe.
class IdSource {
 public:
  virtual ~IdSource() = default;
  // Returns an id that was never returned before. It is greater than all that this source returned with `prefix`.
  virtual std::string Next(absl::string_view prefix) = 0;
};

// An id has 45 bits of milliseconds since 1970, which last until the year 3084, and 35 random bits. Within a
// millisecond, or after the clock has stepped back, the next id is the last one plus 1. Ids of several servers sort by
// their clocks.
class ClockIdSource : public IdSource {
 public:
  explicit ClockIdSource(std::function<absl::Time()> now) : now_(std::move(now)) {}
  std::string Next(absl::string_view prefix) override;

 private:
  std::function<absl::Time()> now_;
  std::mutex mutex_;
  uint64_t last_milliseconds_ = 0;
  uint64_t last_random_ = 0;
};

// When an id was made. absl::InfinitePast() if `id` is not one of ours.
absl::Time TimeOfId(absl::string_view id);

// The lowest id that can be made at `time` or later, in whole milliseconds. Ids are compared with it to find those of a
// time.
std::string FirstId(absl::string_view prefix, absl::Time time);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_IDS_H_
