// agreements-server: serves AgreementService and CompanyService until SIGTERM or SIGINT.
#include <google/protobuf/stubs/logging.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "proto/status_macros.h"
#include "server/config.h"
#include "server/ops/call_log.h"
#include "server/ops/descriptors.h"
#include "server/ops/grpc_log.h"
#include "server/ops/http_server.h"
#include "server/ops/watchdog.h"
#include "server/rpc/server.h"
#include "spdlog/spdlog.h"
#include "storage/migrations/migrations.h"
#include "storage/tables/settings.h"

namespace agreements {
namespace {

constexpr int64_t kLowDescriptorLimit = 4096;

// Ends at once, since a server that does not answer cannot be shut down in order either. What it answered is stored.
[[noreturn]] void GiveUp(const absl::Status& status) {
  spdlog::critical("ending: the server does not answer on its own address: {}", std::string(status.message()));
  spdlog::default_logger()->flush();
  _exit(EXIT_FAILURE);
}

// Whoever asks twice does not want to wait. What calls were told is stored.
void EndAtNextSignal(const sigset_t& stop_signals) {
  struct sigaction action = {};
  action.sa_handler = [](int signal) { _exit(128 + signal); };
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &stop_signals, nullptr);
}

absl::Status Serve(const sigset_t& stop_signals, const LogOptions& log_options) {
  const int64_t descriptor_limit = RaiseDescriptorLimit();
  ASSIGN_OR_RETURN(ServerOptions server_options, ServerOptionsFromFlags(descriptor_limit));
  if (descriptor_limit < kLowDescriptorLimit) {
    spdlog::warn("the limit of file descriptors is low: {} (ulimit -Hn). At most {} connections are taken.",
                 descriptor_limit, server_options.max_connections);
  }
  ASSIGN_OR_RETURN(const storage::DatabaseOptions database_options, DatabaseOptionsFromFlags());
  ASSIGN_OR_RETURN(const absl::TimeZone time_zone, TimeZoneFromFlags());
  ASSIGN_OR_RETURN(const std::string currency, CurrencyFromFlags());
  if (!server_options.access) {
    spdlog::warn("--insecure: without TLS, anyone who reaches {} may do everything", server_options.listen);
  }
  TlsCredentials::RequireTls13();
  TakeGrpcLog();
  storage::Database::InitializeLibrary();
  storage::ClockIdSource ids(absl::Now);
  storage::Database database(database_options, ids, absl::Now);
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<storage::Session> session, database.Connect());
    RETURN_IF_ERROR(storage::CheckSchema(*session, storage::EmbeddedMigrations()));
    RETURN_IF_ERROR(storage::CheckSettings(*session, {.time_zone = time_zone.name(), .currency = currency}));
  }
  const Context context{.clock = {.now = ClockFromFlags(), .time_zone = time_zone}, .currency = currency};
  CallLog call_log(log_options);
  server_options.call_log = &call_log;
  ASSIGN_OR_RETURN(const std::unique_ptr<Server> server, Server::Start(server_options, database, context));
  std::unique_ptr<HttpServer> http_server;
  if (const HttpServerOptions options = HttpOptionsFromFlags(); !options.listen.empty()) {
    ASSIGN_OR_RETURN(http_server, HttpServer::Start(options, {.metrics = [&server] { return server->metrics().Text(); },
                                                              .readiness = [&server] { return server->Readiness(); }}));
    spdlog::info("metrics and health on http://{}", http_server->address());
  }
  spdlog::info("serving on {}", server->address());

  int received = 0;
  {
    const Watchdog watchdog(
        {}, [&server](absl::Duration timeout) { return server->Probe(timeout); }, GiveUp);
    sigwait(&stop_signals, &received);
  }
  spdlog::info("{}: draining", received == SIGTERM ? "SIGTERM" : "SIGINT");
  EndAtNextSignal(stop_signals);
  server->Shutdown();
  spdlog::info("stopped: every call has its answer");
  return absl::OkStatus();
}

}  // namespace
}  // namespace agreements

int main(int argc, char** argv) {
  // Blocked here, so that all threads inherit it. Serve() waits for them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

  agreements::SetUpLog(agreements::LogFormat::kText);  // Until the flags are known.
  // Debian's Abseil looks for a deadlock at each lock of a mutex, and gRPC has many.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // protobuf would log each string that is not UTF-8. The caller gets an error instead.
  google::protobuf::SetLogHandler(nullptr);
  agreements::SetUsage("Serves customer agreements over gRPC. Each flag is also read from AGREEMENTS_<NAME>.");
  absl::Status status = agreements::SetFlagsFromEnvironment();
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  if (arguments.size() > 1)
    status.Update(absl::InvalidArgumentError(absl::StrCat("no argument is expected: ", arguments[1])));
  if (status.ok() && absl::GetFlag(FLAGS_print_config)) {
    std::cout << agreements::PrintedConfig();
    return EXIT_SUCCESS;
  }
  const absl::StatusOr<agreements::LogOptions> log_options = agreements::LogOptionsFromFlags();
  status.Update(log_options.status());
  if (log_options.ok()) agreements::SetUpLog(log_options->format);
  if (status.ok()) status = agreements::Serve(stop_signals, *log_options);
  if (status.ok()) return EXIT_SUCCESS;
  spdlog::error("{}", std::string(status.message()));
  return EXIT_FAILURE;
}
