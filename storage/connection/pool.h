// Connections to one host of a database that calls share.
#ifndef AGREEMENTS_STORAGE_CONNECTION_POOL_H_
#define AGREEMENTS_STORAGE_CONNECTION_POOL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "storage/connection/call.h"
#include "storage/connection/figures.h"
#include "storage/connection/hosts.h"
#include "storage/connection/session.h"

namespace agreements::storage {

// The time during which a Pool uses a host.
struct Tenure {
  Tenure(size_t host_used, int64_t epoch_of_host) : host(host_used), epoch(epoch_of_host) {}

  const size_t host;    // See Hosts.
  const int64_t epoch;  // See WriterRecord.
  std::atomic<bool> is_over = false;
};

// A connection of a Pool. Destroying it closes the connection, and the server rolls back. The pool must outlive it.
struct Pooled {
  struct CountsDown {
    void operator()(std::atomic<int64_t>* count) const { --*count; }
  };

  std::shared_ptr<const Tenure> tenure;
  std::unique_ptr<Session> session;
  bool is_background;  // Whether it waits for an answer as long as background work may take.
  std::unique_ptr<std::atomic<int64_t>, CountsDown> counted;  // The pool's number of connections.
  bool is_spoilt = false;                                     // It is closed instead of kept.
};

// It uses one host at a time, and leaves it as a whole: two hosts that take writes may not know of each other's. It
// opens a connection when none is idle, so there are at most as many as threads that use it at once. Thread-safe.
class Pool {
 public:
  Pool(const DatabaseOptions& options, Hosts& hosts) : options_(options), hosts_(hosts) {}

  // The host that is used. std::nullopt if none is.
  std::optional<size_t> host() const;
  // Uses this host from now on. REQUIRES: none is used. A connection to it whose record has a lower epoch is refused.
  void Use(size_t host, int64_t epoch);
  // Uses no host any more. Closes the connections that are idle and breaks those in use, so that nobody waits for an
  // answer of a host that is silent.
  void Leave();
  // The same, unless that time is over already: what a connection meets says nothing of a later one.
  void Leave(const Tenure& tenure);

  // An idle connection for such a call, or a new one if it `may_connect`. Prefers one that has `autocommit` already.
  // UNAVAILABLE if no host is used, or if it takes no writes. RESOURCE_EXHAUSTED if it has no room for a connection.
  absl::StatusOr<Pooled> Acquire(const Call& call, bool autocommit, bool may_connect);
  // Makes a connection idle again, on which the server has answered. REQUIRES: it is in no transaction.
  void Release(Pooled pooled);
  // All but `fail_overs`, `statements_killed` and `gone_since`.
  DatabaseFigures figures() const;

 private:
  void LeaveIf(absl::FunctionRef<bool(const Tenure&)> is_meant);
  // Takes an idle connection out. std::nullopt if there is none.
  std::optional<Pooled> TakeIdle(const Call& call, bool autocommit);

  const DatabaseOptions options_;
  Hosts& hosts_;

  std::atomic<int64_t> open_ = 0;  // Idle or in use.
  std::atomic<int64_t> opened_ = 0;

  mutable std::mutex mutex_;
  std::shared_ptr<Tenure> tenure_;  // Null if no host is used.
  std::vector<Pooled> idle_;        // All of this tenure.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_POOL_H_
