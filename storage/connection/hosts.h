// The servers of one database, and how to connect to them.
#ifndef AGREEMENTS_STORAGE_CONNECTION_HOSTS_H_
#define AGREEMENTS_STORAGE_CONNECTION_HOSTS_H_

#include <atomic>
#include <cstddef>
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
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/connection/figures.h"
#include "storage/connection/peer_sockets.h"
#include "storage/connection/session.h"
#include "storage/connection/trouble_log.h"

namespace agreements::storage {

struct DatabaseOptions {
  std::vector<std::string> hosts;  // "db-1" or "db-1:3307". One of them is used, see Availability.
  std::string socket;              // Path of a Unix socket, instead of hosts.
  std::string user;
  // Asked at each connection, so that it may change. Must be thread-safe. Empty: there is none.
  std::function<std::string()> password;
  // PEM. The connection is encrypted then, and the server shows a certificate of these authorities, with its name.
  std::string tls_ca_file;
  std::string schema;
  absl::Duration connect_timeout = absl::Seconds(3);
  absl::Duration max_call = absl::Seconds(30);  // The longest that a call may take, whatever its deadline.
  // The longest that a statement may take, unless the call is background work. It also bounds how long a server that
  // has fallen silent holds a call. Longer than `row_wait`, so that a call that waits for a row is told so.
  absl::Duration max_statement = absl::Seconds(6);
  absl::Duration unreachable_after = absl::Seconds(8);   // Without a server that takes writes: then UNAVAILABLE.
  absl::Duration max_backoff = absl::Milliseconds(100);  // Longest pause before a re-run; the first is up to 1 ms.
  // How long a call waits for a row that others have locked, before it fails with ROW_LOCKED. Whole seconds.
  absl::Duration row_wait = absl::Seconds(5);
  // A server is silent if it sends no answer for this long. Whole seconds.
  absl::Duration check_timeout = absl::Seconds(2);
  // Whether it records that another host is used from now on, see writer_record.h. Not for programs that only read, or
  // that may not write.
  bool records_writer = true;
  const TestHooks* hooks = nullptr;
};

// Thread-safe.
class Hosts {
 public:
  // How to connect. A time-out has whole seconds.
  struct Connecting {
    absl::Duration connect_timeout;
    absl::Duration read_timeout;  // For any answer. The connection is of no use afterwards.
    bool prepare_statements = false;
    CallFigures* figures = nullptr;  // May be null.
  };

  explicit Hosts(const DatabaseOptions& options);

  // See Database.
  static void InitializeLibrary();

  size_t size() const { return hosts_.size(); }
  const std::string& address(size_t host) const { return hosts_[host].address; }

  // Logs in to a host, and does nothing else. RESOURCE_EXHAUSTED if it has no room for the connection, otherwise
  // UNAVAILABLE. Errors name the host.
  absl::StatusOr<std::unique_ptr<Session>> Open(size_t host, const Connecting& how);

  // Opens and prepares a session. The same errors. It is an error that the host takes no writes.
  absl::StatusOr<std::unique_ptr<Session>> Connect(size_t host, const Connecting& how);

  // Whether what took so long and failed has met this time-out. It may seem to have failed a moment earlier: its clock
  // is another one.
  static bool HasMet(absl::Duration timeout, absl::Duration took);

  // The host has sent an answer just now.
  void Answered(size_t host);
  // Whether it has sent one since then.
  bool AnsweredSince(size_t host, absl::Time time) const;

  // The host takes connections or statements and does not answer.
  void FellSilent(size_t host);
  // Whether that was less than `memory` ago.
  bool WasSilent(size_t host, absl::Duration memory) const;

  // Breaks all connections to the host, so that no thread waits any longer for an answer from it.
  void Disconnect(size_t host);

  int64_t connects_failed() const { return connects_failed_; }

 private:
  struct Host {
    explicit Host(std::string address_of_it) : address(std::move(address_of_it)) {}

    const std::string address;
    TroubleLog unreachable{"cannot connect to " + address};
    std::atomic<int64_t> answered = 0;     // When, in microseconds since 1970.
    std::atomic<int64_t> fell_silent = 0;  // Likewise.
    SocketIds sockets;                     // Connected to it. Guarded by mutex_.
  };

  // Counts, logs and returns a failed attempt to connect.
  absl::Status Failed(Host& host, int error_number, absl::string_view text);
  // Tries the current password and, if the server refuses it, the one before. Throws sql::SQLException.
  std::unique_ptr<sql::Connection> Login(const std::string& address, const Connecting& how);
  std::unique_ptr<sql::Connection> Login(const std::string& address, const Connecting& how,
                                         const std::string& password) const;

  const DatabaseOptions options_;
  std::deque<Host> hosts_;
  std::atomic<int64_t> connects_failed_ = 0;

  std::mutex mutex_;
  std::string accepted_password_;  // The last one that a server took.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_HOSTS_H_
