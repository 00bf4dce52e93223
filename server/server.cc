#include "server/server.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/malformed_requests.h"
#include "spdlog/spdlog.h"
#include "storage/requests.h"

namespace agreements {
namespace {

constexpr char kDatabaseHealth[] = "db";
constexpr absl::Duration kCheckInterval = absl::Seconds(2);
constexpr absl::Duration kPurgeInterval = absl::Minutes(1);
// For answers that are on their way when every call has one. What is cut off then are streams that never end by
// themselves, such as Health.Watch, and those whose callers take no messages.
constexpr absl::Duration kFlushTimeout = absl::Seconds(2);

}  // namespace

Server::Server(const ServerOptions& options, Environment& env)
    : env_(env),
      drain_time_(options.drain_time),
      workers_(options.workers, static_cast<size_t>(options.max_queue)),
      dispatcher_(env_, workers_),
      agreement_service_(dispatcher_),
      company_service_(dispatcher_) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Environment& env) {
  std::unique_ptr<Server> server(new Server(options, env));
  grpc::EnableDefaultHealthCheckService(true);
  // Plugins are process-wide: a server that the process starts later has them, too.
  if (options.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  if (options.channelz) grpc::channelz::experimental::InitChannelzService();

  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &port);
  // Two servers on one port would share its calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<MalformedRequestsFactory>());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  builder.RegisterService(&server->agreement_service_);
  builder.RegisterService(&server->company_service_);
  server->grpc_server_ = builder.BuildAndStart();
  if (server->grpc_server_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen));
  }
  server->address_ = absl::StrCat(options.listen.substr(0, options.listen.rfind(':')), ":", port);
  for (const char* service : {v1::AgreementService::service_full_name(), v1::CompanyService::service_full_name()}) {
    server->grpc_server_->GetHealthCheckService()->SetServingStatus(service, true);
  }
  Server* running = server.get();
  server->database_check_ = std::make_unique<PeriodicTask>(kCheckInterval, [running] { running->CheckDatabase(); });
  server->purge_ = std::make_unique<PeriodicTask>(
      kPurgeInterval, [running, retention = options.request_retention] { running->PurgeRequests(retention); });
  return server;
}

Server::~Server() { Shutdown(); }

void Server::Shutdown() {
  if (grpc_server_ == nullptr) return;
  database_check_.reset();
  purge_.reset();
  grpc_server_->GetHealthCheckService()->Shutdown();
  dispatcher_.Stop();
  absl::SleepFor(drain_time_);
  grpc_server_->Shutdown(absl::ToChronoTime(absl::Now() + kFlushTimeout));
  grpc_server_.reset();
}

void Server::CheckDatabase() {
  grpc_server_->GetHealthCheckService()->SetServingStatus(kDatabaseHealth, env_.database.Check().ok());
}

void Server::PurgeRequests(absl::Duration retention) {
  absl::StatusOr<int64_t> purged = 0;
  do {
    purged = storage::PurgeRequests(env_.database, absl::Now() - retention);  // They are recorded in real time.
    if (!purged.ok()) spdlog::warn("purging old requests: {}", purged.status().ToString());
  } while (purged.ok() && *purged > 0);
}

}  // namespace agreements
