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
#include "absl/time/time.h"
#include "storage/connection/figures.h"
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
  absl::Duration max_call = absl::Seconds(30);  // The longest that a call may take, whatever its deadline.
  // The longest that a statement may take, unless the call is background work. It also bounds how long a server that
  // has fallen silent holds a call. Longer than `row_wait`, so that a call that waits for a row is told so.
  absl::Duration max_statement = absl::Seconds(6);
  absl::Duration unreachable_after = absl::Seconds(5);   // Without a server that takes writes: then UNAVAILABLE.
  absl::Duration max_backoff = absl::Milliseconds(100);  // Longest pause before a re-run; the first is up to 1 ms.
  // How long a call waits for a row that others have locked, before it fails with ROW_LOCKED. Whole seconds.
  absl::Duration row_wait = absl::Seconds(5);
  // A server is silent if it sends no answer for this long. Whole seconds.
  absl::Duration check_timeout = absl::Seconds(2);
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

  struct Connected {
    std::unique_ptr<Session> session;
    size_t host;  // Its number, from 0.
  };

  explicit Hosts(const DatabaseOptions& options);

  // See Database.
  static void InitializeLibrary();

  // Connects to the first host that takes writes, in the order of preference, and prepares the session. Tries hosts
  // that are avoided last. RESOURCE_EXHAUSTED if a host has no room for the connection, otherwise UNAVAILABLE.
  absl::StatusOr<Connected> Connect(const Connecting& how);

  // Connects to this host, whether it takes writes or not. Prepares nothing but what the session knows of itself.
  absl::StatusOr<std::unique_ptr<Session>> ConnectTo(size_t host, const Connecting& how);

  // Whether what took so long and failed has met this time-out. It may seem to have failed a moment earlier: its clock
  // is another one.
  static bool HasMet(absl::Duration timeout, absl::Duration took);

  // The host has sent an answer just now.
  void Answered(size_t host);
  // Whether any host has sent one since then.
  bool AnsweredSince(absl::Time time) const;

  // The host takes connections or statements and does not answer. Avoids it for some seconds.
  void IsSilent(size_t host);

  int64_t connects_failed() const { return connects_failed_; }

 private:
  struct Host {
    explicit Host(std::string address_of_it) : address(std::move(address_of_it)) {}

    const std::string address;
    TroubleLog unreachable{"cannot connect to " + address};
    std::atomic<int64_t> answered = 0;       // When, in microseconds since 1970.
    std::atomic<int64_t> avoided_until = 0;  // Likewise.
  };

  static void Avoid(Host& host);
  // The hosts' numbers in the order in which to try them.
  std::vector<size_t> Order() const;
  absl::StatusOr<std::unique_ptr<Session>> Open(const std::string& address, const Connecting& how);
  static absl::Status PrepareFor(Session& session, const Connecting& how);
  // Tries the current password and, if the server refuses it, the one before. Throws sql::SQLException.
  std::unique_ptr<sql::Connection> Login(const std::string& address, const Connecting& how);
  std::unique_ptr<sql::Connection> Login(const std::string& address, const Connecting& how,
                                         const std::string& password) const;

  const DatabaseOptions options_;
  std::deque<Host> hosts_;  // In the order of preference.
  std::atomic<int64_t> connects_failed_ = 0;

  std::mutex mutex_;
  std::string accepted_password_;  // The last one that a server took.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_HOSTS_H_
