#include "storage/connection/pool.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "storage/connection/mysql_errors.h"

namespace agreements::storage {
namespace {

// A connection is taken for dead if it does not answer for this much longer than any statement may take.
constexpr absl::Duration kReadTimeoutSlack = absl::Seconds(5);

bool IsEncrypted(sql::Connection& connection) {
  const std::unique_ptr<sql::Statement> command(connection.createStatement());
  const std::unique_ptr<sql::ResultSet> status(command->executeQuery("SHOW SESSION STATUS LIKE 'Ssl_cipher'"));
  return status->next() && !status->getString(2)->empty();
}

}  // namespace

Pool::Pool(const DatabaseOptions& options) : options_(options) {
  if (!options_.socket.empty()) {
    hosts_.emplace_back(absl::StrCat("unix://", options_.socket));
    return;
  }
  for (const std::string& host : options_.hosts) {
    hosts_.emplace_back(absl::StrCat("tcp://", host, absl::StrContains(host, ':') ? "" : ":3306"));
  }
}

void Pool::InitializeLibrary() { get_driver_instance(); }

absl::Status Pool::Check() {
  const std::lock_guard lock(check_mutex_);
  // A node without quorum answers a ping, but fails this.
  if (check_session_ != nullptr && !check_session_->Prepare().ok()) check_session_.reset();
  if (check_session_ == nullptr) {
    auto session = Connect({.connect_timeout = options_.check_timeout,
                            .read_timeout = options_.check_timeout,
                            .prepare_statements = false});
    if (!session.ok()) return DatabaseUnavailable();
    check_session_ = *std::move(session);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Session>> Pool::Connect() {
  return Connect({.connect_timeout = options_.connect_timeout,
                  .read_timeout = options_.max_call + kReadTimeoutSlack,
                  .prepare_statements = false});
}

absl::StatusOr<std::unique_ptr<Session>> Pool::Connect(const Connecting& how) {
  absl::Status status = absl::UnavailableError("no database host is configured");
  for (Host& host : hosts_) {
    absl::StatusOr<std::unique_ptr<Session>> session = ConnectTo(host.address, how);
    if (session.ok()) {
      host.unreachable.IsWell();
      return session;
    }
    ++connects_failed_;
    host.unreachable.Happened(session.status().message());
    status = absl::UnavailableError(absl::StrCat("cannot connect to ", host.address, ": ", session.status().message()));
  }
  return status;
}

absl::StatusOr<std::unique_ptr<Session>> Pool::ConnectTo(const std::string& address, const Connecting& how) {
  try {
    std::unique_ptr<sql::Connection> connection = [&] {
      const RoundTrip trip(how.figures);
      return Login(address, how);
    }();
    auto session = std::make_unique<Session>(std::move(connection), options_.hooks);
    session->CountIn(how.figures);
    RETURN_IF_ERROR(session->Prepare());
    if (how.prepare_statements) RETURN_IF_ERROR(session->PrepareStatements());
    return session;
  } catch (const sql::SQLException& error) {
    return absl::UnavailableError(absl::StrCat(error.getErrorCode(), " ", error.what()));
  }
}

std::unique_ptr<sql::Connection> Pool::Login(const std::string& address, const Connecting& how) {
  const std::string password = options_.password ? options_.password() : "";
  std::string accepted;
  {
    const std::lock_guard lock(mutex_);
    accepted = accepted_password_;
  }
  std::unique_ptr<sql::Connection> connection;
  try {
    connection = Login(address, how, password);
    accepted = password;
  } catch (const sql::SQLException& error) {
    // A new password may come before the server knows it.
    if (error.getErrorCode() != kAccessDeniedError || accepted.empty() || accepted == password) throw;
    connection = Login(address, how, accepted);
  }
  const std::lock_guard lock(mutex_);
  accepted_password_ = accepted;
  return connection;
}

std::unique_ptr<sql::Connection> Pool::Login(const std::string& address, const Connecting& how,
                                             const std::string& password) const {
  const auto seconds = [](absl::Duration duration) { return static_cast<int>(absl::ToInt64Seconds(duration)); };
  sql::ConnectOptionsMap connect_options;
  connect_options["hostName"] = address;
  connect_options["userName"] = options_.user;
  connect_options["password"] = password;
  connect_options["schema"] = options_.schema;
  connect_options["OPT_CHARSET_NAME"] = "utf8mb4";
  connect_options["OPT_CONNECT_TIMEOUT"] = seconds(how.connect_timeout);
  connect_options["OPT_READ_TIMEOUT"] = seconds(how.read_timeout);
  connect_options["OPT_WRITE_TIMEOUT"] = seconds(how.read_timeout);
  if (!options_.tls_ca_file.empty()) {
    // Only both together refuse a connection in plain text.
    connect_options["sslCA"] = options_.tls_ca_file;
    connect_options["sslVerify"] = true;
  }
  std::unique_ptr<sql::Connection> connection(get_driver_instance()->connect(connect_options));
  if (!options_.tls_ca_file.empty() && !IsEncrypted(*connection)) {
    throw sql::SQLException("the connection is not encrypted");
  }
  return connection;
}

absl::StatusOr<Pooled> Pool::Acquire(bool autocommit, CallFigures* figures) {
  int generation = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      // Prefers one whose settings need not change.
      const auto fits = [autocommit](const Pooled& pooled) { return pooled.session->autocommit() == autocommit; };
      const auto found = std::find_if(idle_.rbegin(), idle_.rend(), fits);
      const auto taken = found == idle_.rend() ? std::prev(idle_.end()) : std::prev(found.base());
      Pooled pooled = std::move(*taken);
      idle_.erase(taken);
      pooled.session->CountIn(figures);
      return pooled;
    }
    generation = generation_;
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Session> session, Connect({.connect_timeout = options_.connect_timeout,
                                                              .read_timeout = options_.max_call + kReadTimeoutSlack,
                                                              .prepare_statements = true,
                                                              .figures = figures}));
  ++opened_;
  ++open_;
  return Pooled{.session = std::move(session), .generation = generation, .counted = {&open_, {}}};
}

void Pool::Release(Pooled pooled) {
  pooled.session->CountIn(nullptr);
  const std::lock_guard lock(mutex_);
  if (pooled.generation == generation_) idle_.push_back(std::move(pooled));
}

void Pool::DropAll() {
  std::vector<Pooled> dropped;
  const std::lock_guard lock(mutex_);
  ++generation_;
  dropped.swap(idle_);
}

DatabaseFigures Pool::figures() const {
  const std::lock_guard lock(mutex_);
  const auto idle = static_cast<int64_t>(idle_.size());
  return {.idle_connections = idle,
          .connections_in_use = open_ - idle,
          .connections_opened = opened_,
          .connects_failed = connects_failed_};
}

}  // namespace agreements::storage
