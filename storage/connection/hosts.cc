#include "storage/connection/hosts.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/status_macros.h"
#include "storage/connection/mysql_errors.h"

namespace agreements::storage {
namespace {

constexpr absl::Duration kClockSlack = absl::Milliseconds(100);

bool IsEncrypted(sql::Connection& connection) {
  const std::unique_ptr<sql::Statement> command(connection.createStatement());
  const std::unique_ptr<sql::ResultSet> status(command->executeQuery("SHOW SESSION STATUS LIKE 'Ssl_cipher'"));
  return status->next() && !status->getString(2)->empty();
}

absl::Status ConnectError(int error_number, absl::string_view text) {
  return IsWithoutRoom(error_number) ? absl::ResourceExhaustedError(text) : absl::UnavailableError(text);
}

}  // namespace

Hosts::Hosts(const DatabaseOptions& options) : options_(options) {
  if (!options_.socket.empty()) {
    hosts_.emplace_back(absl::StrCat("unix://", options_.socket));
    return;
  }
  for (const std::string& host : options_.hosts) {
    hosts_.emplace_back(absl::StrCat("tcp://", host, absl::StrContains(host, ':') ? "" : ":3306"));
  }
}

void Hosts::InitializeLibrary() { get_driver_instance(); }

absl::StatusOr<std::unique_ptr<Session>> Hosts::Open(size_t number, const Connecting& how) {
  Host& host = hosts_[number];
  const RoundTrip trip(how.figures);
  const PeerAddresses peers = ResolvePeer(host.address);
  const SocketIds before = SocketsTo(peers);
  try {
    auto session = std::make_unique<Session>(Login(host.address, how), options_.hooks);
    // Those of logins at the same time are among them: they are to the same host.
    SocketIds sockets = SocketsTo(peers);
    const std::lock_guard lock(mutex_);
    std::erase_if(host.sockets, [&](uint64_t socket) { return sockets.count(socket) == 0; });
    std::set_difference(sockets.begin(), sockets.end(), before.begin(), before.end(),
                        std::inserter(host.sockets, host.sockets.end()));
    return session;
  } catch (const sql::SQLException& error) {
    return Failed(host, error.getErrorCode(), absl::StrCat(error.getErrorCode(), " ", error.what()));
  }
}

absl::StatusOr<std::unique_ptr<Session>> Hosts::Connect(size_t number, const Connecting& how) {
  const absl::Time begin = absl::Now();
  absl::StatusOr<std::unique_ptr<Session>> session = Open(number, how);
  if (session.ok()) {
    (*session)->Serve(how.figures, nullptr);
    absl::Status status = (*session)->Prepare();
    if (status.ok() && how.prepare_statements) status = (*session)->PrepareStatements();
    if (!status.ok()) {
      const auto& failure = (*session)->failure();
      session = Failed(hosts_[number], failure ? failure->number : 0, status.message());
    }
  }
  if (session.ok()) {
    Answered(number);
  } else if (HasMet(std::min(how.connect_timeout, how.read_timeout), absl::Now() - begin) &&
             !AnsweredSince(number, begin)) {
    FellSilent(number);
  }
  return session;
}

absl::Status Hosts::Failed(Host& host, int error_number, absl::string_view text) {
  ++connects_failed_;
  host.unreachable.Happened(text);
  return ConnectError(error_number, absl::StrCat("cannot connect to ", host.address, ": ", text));
}

bool Hosts::HasMet(absl::Duration timeout, absl::Duration took) { return took >= timeout - kClockSlack; }

void Hosts::Answered(size_t host) {
  hosts_[host].answered = absl::ToUnixMicros(absl::Now());
  hosts_[host].unreachable.IsWell();
}

bool Hosts::AnsweredSince(size_t host, absl::Time time) const {
  return hosts_[host].answered > absl::ToUnixMicros(time);
}

void Hosts::FellSilent(size_t host) {
  hosts_[host].fell_silent = absl::ToUnixMicros(absl::Now());
  hosts_[host].unreachable.Happened("it does not answer");
}

bool Hosts::WasSilent(size_t host, absl::Duration memory) const {
  return hosts_[host].fell_silent > absl::ToUnixMicros(absl::Now() - memory);
}

void Hosts::Disconnect(size_t host) {
  SocketIds sockets;
  {
    const std::lock_guard lock(mutex_);
    sockets.swap(hosts_[host].sockets);
  }
  ShutDown(sockets);
}

std::unique_ptr<sql::Connection> Hosts::Login(const std::string& address, const Connecting& how) {
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

std::unique_ptr<sql::Connection> Hosts::Login(const std::string& address, const Connecting& how,
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

}  // namespace agreements::storage
