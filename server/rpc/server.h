// The running service: gRPC server, workers, health and housekeeping.
#ifndef AGREEMENTS_SERVER_RPC_SERVER_H_
#define AGREEMENTS_SERVER_RPC_SERVER_H_

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/files/periodic_task.h"
#include "server/access/authorizer.h"
#include "server/operations/context.h"
#include "server/ops/call_log.h"
#include "server/ops/metrics.h"
#include "server/ops/tls_credentials.h"
#include "server/rpc/listener.h"
#include "server/rpc/methods.h"
#include "server/rpc/workers.h"
#include "storage/connection/trouble_log.h"

namespace agreements {

// Who is let in, and what they may do.
struct AccessOptions {
  TlsFiles tls;
  std::string policy_file;
  absl::Duration check_interval = absl::Seconds(1);  // How often these files are looked at.
};

struct ServerOptions {
  std::string listen = "127.0.0.1:0";                      // Port 0 takes a free one.
  std::optional<AccessOptions> access = {};                // None: no TLS, and everyone may do everything.
  QueueOptions queue = {};                                 // Each worker has a connection to the database.
  int max_connections = 10000;                             // More are closed at once.
  absl::Duration max_connection_idle = absl::Minutes(15);  // Then a connection without calls is closed.
  // Then a connection takes no further calls, so that load spreads over servers and certificates are shown again; its
  // calls have the grace to end. Each connection's age is a tenth more or less.
  absl::Duration max_connection_age = absl::Minutes(30);
  absl::Duration max_connection_age_grace = absl::Minutes(10);
  int max_concurrent_streams = 256;                      // Calls on one connection; further ones wait at the client.
  size_t max_buffers = size_t{256} << 20;                // Bytes that gRPC holds for all connections; more are refused.
  absl::Duration handshake_timeout = absl::Seconds(20);  // Then a connection that has not begun HTTP/2.
  // A silent connection is pinged, and closed if it does not answer.
  absl::Duration keepalive_time = absl::Minutes(1);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  absl::Duration request_retention = absl::Hours(96);  // How long responses are remembered; at least 72 hours.
  // How long entries of the trail are kept; at least as long as responses.
  absl::Duration audit_retention = absl::InfiniteDuration();
  // How long calls are still served at shutdown, while health and readiness say already that it is over: the time that
  // balancers need to see it.
  absl::Duration drain_delay = absl::ZeroDuration();
  // How long calls are then answered UNAVAILABLE SERVER_STOPPING. Later ones may end as CANCELLED, gRPC's
  // own answer while it closes connections.
  absl::Duration drain_time = absl::ZeroDuration();
  bool reflection = true;
  bool channelz = false;
  CallLog* call_log = nullptr;  // Outlives the server. nullptr: no line for a call.
};

// Health: "db" is SERVING while the database takes writes, "" and each service until it has not done so for 30 seconds,
// or the server stops.
class Server {
 public:
  // Starts to serve. UNAVAILABLE if the address cannot be listened on, INVALID_ARGUMENT if a file for TLS or the policy
  // cannot be used. `database` must outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, storage::Database& database,
                                                       Context context);

  // Shuts down, without ServerOptions::drain_delay.
  ~Server();

  // Where it listens, with the port that it took, e.g. "127.0.0.1:50051".
  const std::string& address() const { return listener_->address(); }

  // Thread-safe.
  const Metrics& metrics() const { return *metrics_; }

  // OK while it serves: it is not stopping, and the database has taken writes within the last 30 seconds. UNAVAILABLE
  // says why not. Thread-safe.
  absl::Status Readiness() const;

  // Calls itself over a new connection, as a caller would. OK if it gets any answer.
  absl::Status Probe(absl::Duration timeout);

  // Says that it is over, goes on for ServerOptions::drain_delay, refuses new calls as UNAVAILABLE, and returns when
  // every earlier call has its answer. Idempotent.
  void Shutdown();

 private:
  Server(const ServerOptions& options, storage::Database& database, Context context, std::unique_ptr<Metrics> metrics,
         std::unique_ptr<Authorizer> authorizer);

  // Says that it stops.
  void Announce();
  // The rest of Shutdown(). Idempotent.
  void Stop();
  void CheckDatabase();
  void SetServing(bool is_serving);
  void Purge(absl::Duration request_retention, absl::Duration audit_retention);
  // Calls `purge_some`, which returns how many it purged, until there is none. Pauses between the calls.
  absl::Status PurgeAll(absl::FunctionRef<absl::StatusOr<int64_t>()> purge_some) const;
  void RefreshNames();

  storage::Database& database_;
  const Context context_;
  const absl::Duration drain_delay_;
  const absl::Duration drain_time_;
  const std::unique_ptr<Metrics> metrics_;
  const std::unique_ptr<Authorizer> authorizer_;
  std::unique_ptr<TlsCredentials> tls_;
  Workers workers_;
  Methods methods_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<Listener> listener_;
  storage::TroubleLog not_purged_{"old requests and entries of the trail cannot be purged"};
  storage::TroubleLog names_not_refreshed_{"the keys of names cannot be computed"};
  std::unique_ptr<grpc::Server> grpc_server_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  // For the connections of Probe(), which has no certificate. They have no name, and so may ask for health only.
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> own_acceptor_;
  std::unique_ptr<PeriodicTask> database_check_;
  std::unique_ptr<PeriodicTask> purge_;
  std::atomic<bool> stopping_ = false;
  std::unique_ptr<PeriodicTask> name_refresh_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_SERVER_H_
