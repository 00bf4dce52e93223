// Whether the database can be used: one state for all calls.
#ifndef AGREEMENTS_STORAGE_CONNECTION_AVAILABILITY_H_
#define AGREEMENTS_STORAGE_CONNECTION_AVAILABILITY_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "storage/connection/host_choice.h"
#include "storage/connection/hosts.h"
#include "storage/connection/pool.h"

namespace agreements::storage {

// Chooses the host that the pool uses. The host that it has is kept while it takes writes. When it does not, all hosts
// are looked at, and another one takes over (host_choice.h), which the database records (writer_record.h).
//
// An outage begins when a call or Check() finds that no host can be used. From then on one thread looks for one, with
// growing random pauses, and no call does. The outage ends when it has found one.
//
// Calls ride out the beginning of an outage, DatabaseOptions::unreachable_after, since a fail-over takes some seconds.
// After that the database is gone. Thread-safe.
class Availability {
 public:
  Availability(const DatabaseOptions& options, Hosts& hosts, Pool& pool);
  // Ends the thread, which may be waiting for a host that is silent.
  ~Availability();

  // Since when no host can be used. InfiniteFuture if one can, as far as is known.
  absl::Time gone_since() const;
  bool IsOutage() const { return gone_since() != absl::InfiniteFuture(); }
  // How often a host has taken over from another one.
  int64_t fail_overs() const { return fail_overs_; }

  // The host that calls use. Chooses one if there is none yet. UNAVAILABLE, with the reason for each host, if none can
  // be used.
  absl::StatusOr<size_t> EnsureHost();

  // No host can be used since then. Does nothing during an outage.
  void BeginOutage(absl::Time since);

  // Looks at the hosts, on connections of its own. OK if one can be used, UNAVAILABLE otherwise. Begins and ends
  // outages. Leaves a host that is silent, takes no writes, or has been succeeded by another one.
  absl::Status Check();

 private:
  static constexpr int64_t kNotGone = INT64_MAX;

  // What is kept of a host between two looks at it.
  struct Host {
    std::unique_ptr<Session> session;  // May be null.
    std::string refusal;               // The last one that was logged.
  };

  // Looks at these hosts at the same time. The sights of others have an error.
  std::vector<HostSight> LookAt(const std::vector<size_t>& hosts);
  HostSight LookAt(size_t host);
  // Brings the session of the host up to date. OK if it takes writes.
  absl::Status Ask(size_t host, WriterRecord& record);
  void LogRefusals(absl::Span<const HostSight> sights);
  // OK if the pool has a host now. REQUIRES: check_mutex_ is held, as for all that follow.
  absl::Status Choose();
  // Whether one of these could be chosen, and is used now.
  bool UseOneOf(absl::Span<HostSight> sights);
  // Makes the sights of hosts that lack changes errors.
  void RefuseOutdated(absl::Span<HostSight> sights);
  // Whether the host is recorded as the one that is written to. Records it, if it was not.
  bool IsRecorded(size_t host, HostSight& sight);

  void EndOutage() { gone_since_ = kNotGone; }
  // OK, or what calls are told during an outage.
  absl::Status State() const;
  void Reconnect();

  const DatabaseOptions options_;
  Hosts& hosts_;
  Pool& pool_;
  std::atomic<int64_t> gone_since_ = kNotGone;  // Microseconds since 1970.

  std::mutex check_mutex_;
  std::vector<Host> looked_at_;  // By the host's number. Each is of one thread at a time.
  int64_t epoch_ = 0;            // The highest one that was seen.
  std::optional<size_t> last_used_;

  std::atomic<int64_t> fail_overs_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread reconnecting_;  // Started by the first outage.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_AVAILABILITY_H_
