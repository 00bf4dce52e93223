// Log lines about errors that last.
#ifndef AGREEMENTS_STORAGE_CONNECTION_TROUBLE_LOG_H_
#define AGREEMENTS_STORAGE_CONNECTION_TROUBLE_LOG_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace agreements::storage {

// Logs an error that recurs while its cause lasts, however many callers meet it. The log gets a line when it begins, a
// line with a count each minute while it lasts, and a line when it is over:
//
//   cannot connect to tcp://db-1:3306: connection refused
//   cannot connect to tcp://db-1:3306: 5893 times more in 1m; now: connection refused
//   cannot connect to tcp://db-1:3306: over; 9021 times in 1m35s
//
// Use one object for each kind of error. Call Happened() on each error and IsWell() on each success. Thread-safe.
class TroubleLog {
 public:
  static constexpr absl::Duration kInterval = absl::Minutes(1);
  // The error is over when it has not happened for this long. Until then, a success changes nothing.
  static constexpr absl::Duration kQuiet = absl::Seconds(10);

  // `what` begins each line. `now` is the real time. Tests pass another clock.
  explicit TroubleLog(std::string what, std::function<absl::Time()> now = absl::Now);

  // Reports an error. `detail` ends the line.
  void Happened(absl::string_view detail);

  // Reports a success. Cheap while no error lasts.
  void IsWell();

 private:
  const std::string what_;
  const std::function<absl::Time()> now_;

  std::atomic<bool> lasts_ = false;
  std::mutex mutex_;
  absl::Time begin_;
  absl::Time last_;      // When it happened last.
  absl::Time reported_;  // When the log got its last line.
  int64_t count_ = 0;
  int64_t unreported_ = 0;  // Of `count_`, since the last line.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_TROUBLE_LOG_H_
