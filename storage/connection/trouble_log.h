// Log lines about trouble that lasts.
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

// Something that goes wrong again and again while the cause lasts, however many callers meet it. The log gets a line
// when it begins, one a minute while it lasts, with how often it has happened, and one when it is over:
//
//   cannot connect to tcp://db-1:3306: connection refused
//   cannot connect to tcp://db-1:3306: 5893 times more in 1m; now: connection refused
//   cannot connect to tcp://db-1:3306: over; 9021 times in 1m35s
//
// One object for each kind of trouble, told of it by Happened(), and of what goes well by IsWell(). Thread-safe.
class TroubleLog {
 public:
  static constexpr absl::Duration kInterval = absl::Minutes(1);
  // Trouble is not over before it has stayed away for so long: what comes and goes is one trouble.
  static constexpr absl::Duration kQuiet = absl::Seconds(10);

  // `what` begins each line. `now` is the real time, for tests another one.
  explicit TroubleLog(std::string what, std::function<absl::Time()> now = absl::Now);

  // It has gone wrong, as `detail` says.
  void Happened(absl::string_view detail);

  // It has gone well. Cheap while there is no trouble.
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
