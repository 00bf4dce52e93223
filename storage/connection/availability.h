// Whether the database can be used: one state for all calls.
#ifndef AGREEMENTS_STORAGE_CONNECTION_AVAILABILITY_H_
#define AGREEMENTS_STORAGE_CONNECTION_AVAILABILITY_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/connection/hosts.h"
#include "storage/connection/pool.h"

namespace agreements::storage {

// An outage begins when a call or Check() finds that no host takes writes. From then on one thread looks for a host,
// with growing random pauses, and no call does. The outage ends when it has found one.
//
// Calls ride out the beginning of an outage, DatabaseOptions::unreachable_after, since a fail-over takes some seconds.
// After that the database is gone. Thread-safe.
class Availability {
 public:
  Availability(const DatabaseOptions& options, Hosts& hosts, Pool& pool)
      : options_(options), hosts_(hosts), pool_(pool) {}
  // Ends the thread, which may be waiting for a host that is silent.
  ~Availability();

  // Since when no host takes writes. InfiniteFuture if one does, as far as is known.
  absl::Time gone_since() const;
  bool IsOutage() const { return gone_since() != absl::InfiniteFuture(); }

  // No host takes writes since then. Does nothing during an outage.
  void BeginOutage(absl::Time since);

  // Queries the database on a connection of its own. OK if a host takes writes, UNAVAILABLE otherwise. Begins and ends
  // outages. Drops the pool's connections if their host is silent.
  absl::Status Check();

 private:
  static constexpr int64_t kNotGone = INT64_MAX;

  // Whether the check's connection still works. Takes a silent host out of use.
  bool CheckedSessionAnswers();
  void EndOutage() { gone_since_ = kNotGone; }
  // OK, or what calls are told during an outage.
  absl::Status State() const;
  void Reconnect();

  const DatabaseOptions options_;
  Hosts& hosts_;
  Pool& pool_;
  std::atomic<int64_t> gone_since_ = kNotGone;  // Microseconds since 1970.

  std::mutex check_mutex_;
  std::unique_ptr<Session> session_;  // The check's. May be null.
  size_t session_host_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread reconnecting_;  // Started by the first outage.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_AVAILABILITY_H_
