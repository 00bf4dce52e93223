// Ids that the service makes: a prefix and 16 characters of lower-case Crockford base32 that sort by creation time. Own
// code, since no library in Debian makes sortable ids of this length.
#ifndef AGREEMENTS_STORAGE_CONNECTION_IDS_H_
#define AGREEMENTS_STORAGE_CONNECTION_IDS_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace agreements::storage {

// Where an operation gets ids from, so that a test can choose them. Thread-safe.
class IdSource {
 public:
  virtual ~IdSource() = default;
  // An id that was never given before, greater than all that this source gave with the same prefix.
  virtual std::string Next(absl::string_view prefix) = 0;
};

// 45 bits of milliseconds since 1970 (until the year 3084) and 35 random bits. Within a millisecond, or when the clock
// steps back, it counts up from the last one. Ids of several servers sort by their clocks.
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

// When an id of ours was made. The beginning of time for any other text.
absl::Time TimeOfId(absl::string_view id);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_IDS_H_
