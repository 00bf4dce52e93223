#include "server/rpc/server.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "proto/status.h"
#include "proto/status_macros.h"
#include "server/rpc/metric_sources.h"
#include "server/rpc/services.h"
#include "spdlog/spdlog.h"
#include "storage/connection/purge.h"
#include "storage/tables/name_keys.h"

namespace agreements {
namespace {

using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

constexpr char kDatabaseHealth[] = "db";
// A host that falls silent costs calls this and DatabaseOptions::check_timeout.
constexpr absl::Duration kCheckInterval = absl::Milliseconds(500);
// A server without a database is of no use, but to send calls to others helps only if these are better off.
constexpr absl::Duration kMaxGone = absl::Seconds(30);
// More than a request may have, so that it gets an error of the service (messages.h) before gRPC's, which clients take
// for one that may pass.
constexpr int kMaxMessageSize = 4 << 20;
constexpr absl::Duration kPurgeInterval = absl::Minutes(1);
constexpr absl::Duration kMinPurgePause = absl::Milliseconds(10);
constexpr absl::Duration kMinPingInterval = absl::Seconds(9);  // Callers' libraries allow 10 seconds.
constexpr absl::Duration kNameRefreshInterval = absl::Minutes(1);
// Time for the last answers to reach their callers. Afterwards it cuts off streams that never end by themselves, such
// as Health.Watch, and streams whose callers take no messages.
constexpr absl::Duration kFlushTimeout = absl::Seconds(2);

// gRPC's own greatest number stands for ever.
int ToMilliseconds(absl::Duration duration) {
  return static_cast<int>(std::min<int64_t>(absl::ToInt64Milliseconds(duration), std::numeric_limits<int>::max()));
}

std::unique_ptr<Acceptor> NewAcceptor(grpc::ServerBuilder& builder,
                                      const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  return builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials);
}

void LimitConnections(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, ToMilliseconds(options.max_connection_idle));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, ToMilliseconds(options.max_connection_age));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, ToMilliseconds(options.max_connection_age_grace));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, ToMilliseconds(options.handshake_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, ToMilliseconds(options.keepalive_time));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ToMilliseconds(options.keepalive_timeout));
  // Pings even without a call, and without limit.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Callers may ping, too. The connection of one that pings more often is closed.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, ToMilliseconds(kMinPingInterval));
}

}  // namespace

Server::Server(const ServerOptions& options, storage::Database& database, Context context,
               std::unique_ptr<Metrics> metrics, std::unique_ptr<Authorizer> authorizer)
    : database_(database),
      context_(std::move(context)),
      drain_delay_(options.drain_delay),
      drain_time_(options.drain_time),
      metrics_(std::move(metrics)),
      authorizer_(std::move(authorizer)),
      workers_(options.queue),
      methods_(database_, context_, workers_, {database_, *authorizer_, *metrics_, options.call_log}) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, storage::Database& database,
                                                      Context context) {
  auto metrics = std::make_unique<Metrics>(context.currency);
  auto authorizer = std::make_unique<Authorizer>(*metrics);
  std::unique_ptr<TlsCredentials> tls;
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (const auto& access = options.access) {
    ASSIGN_OR_RETURN(authorizer, Authorizer::Create(access->policy_file, access->check_interval, *metrics));
    ASSIGN_OR_RETURN(tls, TlsCredentials::Create(access->tls, access->check_interval));
    credentials = tls->credentials();
    credentials->SetAuthMetadataProcessor(authorizer->ForOtherServices());
  }
  std::unique_ptr<Server> server(
      new Server(options, database, std::move(context), std::move(metrics), std::move(authorizer)));
  server->tls_ = std::move(tls);
  ASSIGN_OR_RETURN(server->services_, BindServices(server->methods_));
  grpc::EnableDefaultHealthCheckService(true);
  // Plugins are process-wide: later servers of this process have them, too.
  if (options.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  if (options.channelz) grpc::channelz::experimental::InitChannelzService();

  ASSIGN_OR_RETURN(server->listener_, Listener::Listen(options.listen));
  grpc::ServerBuilder builder;
  server->acceptor_ = NewAcceptor(builder, credentials);
  server->own_acceptor_ = NewAcceptor(builder, grpc::InsecureServerCredentials());
  LimitConnections(options, builder);
  builder.SetMaxReceiveMessageSize(kMaxMessageSize);
  builder.SetResourceQuota(grpc::ResourceQuota().Resize(options.max_buffers));
  for (const auto& service : server->services_) builder.RegisterService(service.get());
  server->grpc_server_ = builder.BuildAndStart();
  if (server->grpc_server_ == nullptr) return absl::UnavailableError("gRPC does not start");
  server->listener_->Start(options.max_connections, [running = server.get()](int fd, bool is_own) {
    Acceptor::NewConnectionParameters connection;
    connection.fd = fd;
    (is_own ? running->own_acceptor_ : running->acceptor_)->HandleNewConnection(&connection);
  });
  Server* running = server.get();
  running->SetServing(true);
  AddMetricSources({.workers = running->workers_,
                    .database = database,
                    .authorizer = *running->authorizer_,
                    .tls = running->tls_.get(),
                    .readiness = [running] { return running->Readiness(); }},
                   *running->metrics_);
  server->database_check_ = std::make_unique<PeriodicTask>(kCheckInterval, [running] { running->CheckDatabase(); });
  server->purge_ = std::make_unique<PeriodicTask>(
      kPurgeInterval, [running, requests = options.request_retention, changes = options.audit_retention] {
        running->Purge(requests, changes);
      });
  server->name_refresh_ = std::make_unique<PeriodicTask>(kNameRefreshInterval, [running] { running->RefreshNames(); });
  return server;
}

Server::~Server() { Stop(); }

absl::Status Server::Probe(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  ASSIGN_OR_RETURN(const int fd, listener_->Connect(deadline));
  const auto health = grpc::health::v1::Health::NewStub(grpc::CreateInsecureChannelFromFd("the server itself", fd));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  grpc::health::v1::HealthCheckResponse response;
  return FromGrpcStatus(health->Check(&context, {}, &response));
}

void Server::Shutdown() {
  Announce();
  absl::SleepFor(drain_delay_);
  Stop();
}

void Server::Announce() {
  stopping_ = true;
  if (grpc_server_ != nullptr) grpc_server_->GetHealthCheckService()->Shutdown();
}

void Server::Stop() {
  if (grpc_server_ == nullptr) return;
  Announce();
  workers_.Stop();
  // Only now, since housekeeping can wait for rows, or for a database that hangs. Calls are refused already.
  database_check_.reset();
  purge_.reset();
  name_refresh_.reset();
  absl::SleepFor(drain_time_);
  listener_->Stop();
  grpc_server_->Shutdown(absl::ToChronoTime(absl::Now() + kFlushTimeout));
  grpc_server_.reset();
}

absl::Status Server::Readiness() const {
  if (stopping_) return absl::UnavailableError("the server is stopping");
  const absl::Time gone_since = database_.figures().gone_since;
  if (absl::Now() - gone_since < kMaxGone) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the database has taken no writes since ", absl::FormatTime(gone_since)));
}

void Server::SetServing(bool is_serving) {
  grpc::HealthCheckServiceInterface& health = *grpc_server_->GetHealthCheckService();
  for (const std::string& service :
       {std::string(), AgreementServiceDescriptor().full_name(), CompanyServiceDescriptor().full_name()}) {
    health.SetServingStatus(service, is_serving);
  }
}

void Server::CheckDatabase() {
  grpc_server_->GetHealthCheckService()->SetServingStatus(kDatabaseHealth, database_.Check().ok());
  SetServing(Readiness().ok());
}

void Server::Purge(absl::Duration request_retention, absl::Duration audit_retention) {
  const absl::Time now = absl::Now();  // Records have real times.
  absl::Status status = PurgeAll([&] { return storage::PurgeRequests(database_, now - request_retention); });
  // Only what has no request any more.
  if (status.ok() && audit_retention != absl::InfiniteDuration()) {
    status = PurgeAll([&] { return storage::PurgeChanges(database_, now - audit_retention); });
  }
  if (status.ok()) {
    not_purged_.IsWell();
  } else {
    not_purged_.Happened(status.ToString());
  }
}

absl::Status Server::PurgeAll(absl::FunctionRef<absl::StatusOr<int64_t>()> purge_some) const {
  for (;;) {
    const absl::Time begin = absl::Now();
    ASSIGN_OR_RETURN(const int64_t purged, purge_some());
    if (purged == 0 || stopping_) return absl::OkStatus();
    absl::SleepFor(std::max(kMinPurgePause, absl::Now() - begin));  // So it takes half of the time at the most.
  }
}

// Servers of an older version may still write while this one replaces them.
void Server::RefreshNames() {
  const absl::StatusOr<storage::RefreshedNames> refreshed =
      storage::RefreshNames(database_, [this] { return !stopping_; });
  if (!refreshed.ok()) {
    names_not_refreshed_.Happened(refreshed.status().ToString());
    return;
  }
  names_not_refreshed_.IsWell();
  if (refreshed->agreements + refreshed->companies > 0) {
    spdlog::info("computed the keys of the names of {} agreements and {} companies", refreshed->agreements,
                 refreshed->companies);
  }
}

}  // namespace agreements
