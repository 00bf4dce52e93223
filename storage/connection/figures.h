// What calls use of the database, for the log and for metrics.
#ifndef AGREEMENTS_STORAGE_CONNECTION_FIGURES_H_
#define AGREEMENTS_STORAGE_CONNECTION_FIGURES_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/connection/mysql_errors.h"

namespace agreements::storage {

// Why a transaction ran again.
enum class RerunCause {
  kConflict,         // A deadlock, the time limit of a statement, or a statement that was killed.
  kRowLocked,        // A row was locked by another transaction.
  kTransactionLost,  // The transaction had ended unnoticed.
  kConnectionLost,
  kServerRefuses,  // The server takes no writes, e.g. after a fail-over.
  kCannotWrite,    // The server's disk is full.
  kDuplicate,      // Another server had made the same id.
  kStartedOver,    // The transaction itself found that another one had changed what it read.
};
inline constexpr size_t kRerunCauses = 8;

// The cause as text, e.g. "row_locked". For the log and for labels of metrics.
absl::string_view NameOf(RerunCause cause);

// The cause that an error of this kind is. REQUIRES: it is not kDefect.
RerunCause CauseOf(ErrorKind kind);

// What a call has used of the database. Not thread-safe.
struct CallFigures {
  // Statements, commands and, on a connection that the call has opened, the login and what prepares the connection.
  int64_t round_trips = 0;
  absl::Duration database_time;                   // Of the round trips, on the steady clock.
  std::array<int64_t, kRerunCauses> reruns = {};  // By RerunCause.
  bool replayed = false;                          // The response was that of an earlier call with the same request_id.

  int64_t rerun_count() const {
    int64_t sum = 0;
    for (const int64_t count : reruns) sum += count;
    return sum;
  }
};

// Counts its life as a round trip to the database.
class RoundTrip {
 public:
  // Adds to `figures` and to `nanoseconds`. Either may be null.
  explicit RoundTrip(CallFigures* figures, std::atomic<int64_t>* nanoseconds = nullptr)
      : figures_(figures), nanoseconds_(nanoseconds) {}
  ~RoundTrip() {
    const absl::Duration time = absl::FromChrono(std::chrono::steady_clock::now() - begin_);
    if (nanoseconds_ != nullptr) *nanoseconds_ += absl::ToInt64Nanoseconds(time);
    if (figures_ == nullptr) return;
    ++figures_->round_trips;
    figures_->database_time += time;
  }
  RoundTrip(const RoundTrip&) = delete;
  RoundTrip& operator=(const RoundTrip&) = delete;

 private:
  CallFigures* const figures_;
  std::atomic<int64_t>* const nanoseconds_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// The state of a Database. Counts are since it was made.
struct DatabaseFigures {
  int64_t idle_connections = 0;
  int64_t connections_in_use = 0;
  int64_t connections_opened = 0;
  int64_t connects_failed = 0;    // One for each host that was tried.
  int64_t fail_overs = 0;         // From one host to another.
  int64_t statements_killed = 0;  // Because their callers went away.
  // Since when no host takes writes. InfiniteFuture if one does.
  absl::Time gone_since = absl::InfiniteFuture();
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_FIGURES_H_
