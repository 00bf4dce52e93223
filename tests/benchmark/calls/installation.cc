#include "tests/benchmark/calls/installation.h"

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/benchmark/calls/data.h"
#include "tests/benchmark/figures.h"

namespace agreements::benchmark {
namespace {

constexpr char kCaller[] = "spiffe://agreements.local/portal/benchmark";

std::shared_ptr<grpc::ChannelCredentials> CallerCredentials(const testing::Authority& authority) {
  const testing::Identity identity = authority.Sign({.sans = {absl::StrCat("URI:", kCaller)}});
  return grpc::SslCredentials({.pem_root_certs = authority.certificate(),
                               .pem_private_key = identity.key,
                               .pem_cert_chain = identity.certificate});
}

std::string NewDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "agreements-calls.XXXXXX";
  Require(mkdtemp(name.data()) != nullptr, "no temporary directory");
  return name;
}

std::string Socket() {
  const char* socket = std::getenv("AGREEMENTS_TEST_DB_SOCKET");
  Require(socket != nullptr && *socket != '\0',
          "AGREEMENTS_TEST_DB_SOCKET is not set: call tests/benchmark/run, or start a database with "
          "deploy/local/database, which prints its socket");
  return socket;
}

std::vector<std::string> FlagsOf(const storage::DatabaseOptions& options) {
  return {options.socket.empty() ? absl::StrCat("--db_host=", absl::StrJoin(options.hosts, ","))
                                 : absl::StrCat("--db_socket=", options.socket),
          absl::StrCat("--db_user=", options.user), absl::StrCat("--db_name=", options.schema)};
}

}  // namespace

Installation::Installation(absl::Duration latency)
    : options_(database_.options()), database_pid_(ListenerAt(Socket())), files_(NewDirectory()) {
  LoadData(database_);
  if (latency == absl::ZeroDuration()) return;
  // A process of its own, so that its cost is not the client's.
  relay_ = std::make_unique<testing::ChildProcess>(
      std::vector<std::string>{AGREEMENTS_SLOW_RELAY, options_.socket, absl::FormatDuration(latency / 2)});
  options_.hosts = {relay_->After("relaying on ")};
  options_.socket.clear();
  Require(!options_.hosts.front().empty(), "the relay did not start: " + relay_->Output());
}

Installation::~Installation() { std::filesystem::remove_all(files_); }

void Installation::WriteFile(const std::string& name, const std::string& content) const {
  std::ofstream(absl::StrCat(files_, "/", name)) << content;
}

Served Installation::Serve(bool tls) {
  std::vector<std::string> flags = FlagsOf(options_);
  // Calls wait here, and are not refused: 1,024 callers are what the benchmark wants, not an overload.
  flags.insert(flags.end(), {absl::StrCat("--workers=", kWorkers), "--queue_target=inf", "--max_queue=8192"});
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (tls) {
    const testing::Identity server = authority_.Sign({.sans = {"IP:127.0.0.1"}});
    WriteFile("authority.pem", authority_.certificate());
    WriteFile("server.pem", server.certificate);
    WriteFile("server.key", server.key);
    flags.insert(flags.end(), {"--insecure=false", absl::StrCat("--tls_cert_file=", files_, "/server.pem"),
                               absl::StrCat("--tls_key_file=", files_, "/server.key"),
                               absl::StrCat("--tls_client_ca_file=", files_, "/authority.pem"),
                               absl::StrCat("--policy_file=", AGREEMENTS_EXAMPLE_POLICY)});
    credentials = CallerCredentials(authority_);
  }
  auto process = std::make_unique<testing::ServerProcess>(flags);
  const std::string address = process->Address();
  Require(!address.empty(), "the server did not start: " + process->Output());
  return {.process = std::move(process), .channels = std::make_unique<Channels>(address, credentials)};
}

Served Installation::ServeOther(const std::string& program) {
  auto process =
      std::make_unique<testing::ChildProcess>(std::vector<std::string>{program, options_.socket, options_.schema});
  const std::string address = process->After("serving on ");
  Require(!address.empty(), absl::StrCat(program, " did not start: ", process->Output()));
  return {.process = std::move(process),
          .channels = std::make_unique<Channels>(address, grpc::InsecureChannelCredentials())};
}

std::vector<std::unique_ptr<BareConnection>>& Installation::BareConnections(bool writes) {
  std::vector<std::unique_ptr<BareConnection>>& connections = connections_[writes];
  while (connections.size() < kWorkers) connections.push_back(std::make_unique<BareConnection>(options_, writes));
  return connections;
}

Processes Installation::ProcessesOf(const Served& served) const {
  return {.server = served.process->pid(), .database = database_pid_};
}

}  // namespace agreements::benchmark
