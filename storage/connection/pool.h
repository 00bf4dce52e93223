// Connections to one database that calls share.
#ifndef AGREEMENTS_STORAGE_CONNECTION_POOL_H_
#define AGREEMENTS_STORAGE_CONNECTION_POOL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/connection/call.h"
#include "storage/connection/figures.h"
#include "storage/connection/hosts.h"
#include "storage/connection/session.h"

namespace agreements::storage {

// A connection of a Pool. Destroying it closes the connection, and the server rolls back. The pool must outlive it.
struct Pooled {
  struct CountsDown {
    void operator()(std::atomic<int64_t>* count) const { --*count; }
  };

  std::unique_ptr<Session> session;
  size_t host;         // See Hosts.
  bool is_background;  // Whether it waits for an answer as long as background work may take.
  int generation;
  std::unique_ptr<std::atomic<int64_t>, CountsDown> counted;  // The pool's number of connections.
  bool is_spoilt = false;                                     // It is closed instead of kept.
};

// It opens a connection when none is idle, so there are at most as many as threads that use it at once. Thread-safe.
class Pool {
 public:
  Pool(const DatabaseOptions& options, Hosts& hosts) : options_(options), hosts_(hosts) {}

  // An idle connection for such a call, or a new one if it `may_connect`. Prefers one that has `autocommit` already.
  // UNAVAILABLE if no host takes writes, RESOURCE_EXHAUSTED if the server has no room for a connection.
  absl::StatusOr<Pooled> Acquire(const Call& call, bool autocommit, bool may_connect);
  // Makes a connection idle again, on which the server has answered. REQUIRES: it is in no transaction.
  void Release(Pooled pooled);
  // Closes every connection: those that are idle now, those in use when they are released.
  void DropAll();

  // All but `statements_killed` and `gone_since`.
  DatabaseFigures figures() const;

 private:
  // Takes an idle connection out. std::nullopt if there is none.
  std::optional<Pooled> TakeIdle(const Call& call, bool autocommit);

  const DatabaseOptions options_;
  Hosts& hosts_;

  std::atomic<int64_t> open_ = 0;  // Idle or in use.
  std::atomic<int64_t> opened_ = 0;

  mutable std::mutex mutex_;
  std::vector<Pooled> idle_;
  int generation_ = 0;  // Connections of an earlier one are dropped: fail-over.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_POOL_H_
