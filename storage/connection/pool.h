// Connections to one database.
#ifndef AGREEMENTS_STORAGE_CONNECTION_POOL_H_
#define AGREEMENTS_STORAGE_CONNECTION_POOL_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/connection/session.h"
#include "storage/connection/trouble_log.h"

namespace agreements::storage {

struct DatabaseOptions {
  std::vector<std::string> hosts;  // "db-1" or "db-1:3307"; the first one that takes writes is used.
  std::string socket;              // Path of a Unix socket, instead of hosts.
  std::string user;
  // Asked at each connection, so that it may change. Must be thread-safe. Empty: there is none.
  std::function<std::string()> password;
  // PEM. The connection is encrypted then, and the server shows a certificate of these authorities, with its name.
  std::string tls_ca_file;
  std::string schema;
  absl::Duration connect_timeout = absl::Seconds(3);
  absl::Duration max_call = absl::Seconds(30);           // The longest that a call may take, whatever its deadline.
  absl::Duration unreachable_after = absl::Seconds(5);   // Without a server that takes writes: then UNAVAILABLE.
  absl::Duration max_backoff = absl::Milliseconds(100);  // Longest pause before a re-run; the first is up to 1 ms.
  // How long a call waits for a row that others have locked, before it fails with ROW_LOCKED. Whole seconds.
  absl::Duration row_wait = absl::Seconds(5);
  absl::Duration check_timeout = absl::Seconds(2);  // For each answer that Check() waits for. Whole seconds.
  const TestHooks* hooks = nullptr;
};

// A connection of a Pool. Destroying it closes the connection, and the server rolls back. The pool must outlive it.
struct Pooled {
  struct CountsDown {
    void operator()(std::atomic<int64_t>* count) const { --*count; }
  };

  std::unique_ptr<Session> session;
  int generation;
  std::unique_ptr<std::atomic<int64_t>, CountsDown> counted;  // The pool's number of connections.
};

// A pool of connections. It opens one when none is idle, so there are at most as many as threads that use it at once.
// Thread-safe.
class Pool {
 public:
  explicit Pool(const DatabaseOptions& options);

  // See Database.
  static void InitializeLibrary();
  absl::Status Check();
  absl::StatusOr<std::unique_ptr<Session>> Connect();

  // An idle connection, or a new one. Prefers one that has `autocommit` already. Counts round trips in `figures`, which
  // may be null. UNAVAILABLE if no host takes writes.
  absl::StatusOr<Pooled> Acquire(bool autocommit, CallFigures* figures);
  // Makes a connection idle again. REQUIRES: it is in no transaction.
  void Release(Pooled pooled);
  // Closes every connection: those that are idle now, those in use when they are released.
  void DropAll();

  // All but `statements_killed` and `gone_since`.
  DatabaseFigures figures() const;

 private:
  // A database server.
  struct Host {
    explicit Host(std::string address_of_it) : address(std::move(address_of_it)) {}

    const std::string address;
    TroubleLog unreachable{"cannot connect to " + address};
  };

  // How to connect.
  struct Connecting {
    absl::Duration connect_timeout;
    absl::Duration read_timeout;  // For any answer.
    bool prepare_statements;
    CallFigures* figures = nullptr;  // May be null.
  };

  absl::StatusOr<std::unique_ptr<Session>> Connect(const Connecting& how);
  absl::StatusOr<std::unique_ptr<Session>> ConnectTo(const std::string& address, const Connecting& how);
  // The same with this password. Throws sql::SQLException.
  std::unique_ptr<sql::Connection> Login(const std::string& address, const Connecting& how,
                                         const std::string& password) const;
  std::unique_ptr<sql::Connection> Login(const std::string& address, const Connecting& how);

  const DatabaseOptions options_;
  std::deque<Host> hosts_;  // In the order of preference.

  std::mutex check_mutex_;
  std::unique_ptr<Session> check_session_;  // May be null.

  std::atomic<int64_t> open_ = 0;  // Of the pool, idle or in use.
  std::atomic<int64_t> opened_ = 0;
  std::atomic<int64_t> connects_failed_ = 0;

  mutable std::mutex mutex_;
  std::string accepted_password_;  // The last one that a server took.
  std::vector<Pooled> idle_;
  int generation_ = 0;  // Connections of an earlier one are dropped: fail-over.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_POOL_H_
