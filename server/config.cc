#include "server/config.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/files/certificates.h"
#include "proto/files/watched_files.h"
#include "proto/status_macros.h"
#include "server/access/policy.h"
#include "server/ops/clock_file.h"
#include "server/ops/descriptors.h"
#include "spdlog/spdlog.h"

namespace agreements {
namespace {

// The names of our flags. Abseil has some of its own.
std::set<std::string>& SettingNames() {
  static auto* const names = new std::set<std::string>;
  return *names;
}

}  // namespace
}  // namespace agreements

// A flag that AGREEMENTS_<NAME> sets, too, and that --print_config prints.
#define SETTING(type, name, default_value, help) \
  ABSL_FLAG(type, name, default_value, help);    \
  static const bool is_setting_##name = agreements::SettingNames().insert(#name).second

SETTING(
    std::string, db_host, "127.0.0.1",
    "Database hosts, separated by commas, each with an optional :port. All servers use the same one: the first that "
    "takes writes, until another one takes over, which is recorded in the database.");
SETTING(std::string, db_socket, "", "Path of the database's Unix socket, instead of --db_host.");
SETTING(std::string, db_user, "agreements", "Database user.");
SETTING(std::string, db_password_file, "",
        "File with the database user's password; none if empty. It is read again for each new connection.");
SETTING(std::string, db_tls_ca_file, "",
        "Authorities of the certificate of the database, PEM. Connections to --db_host are encrypted then, and the "
        "certificate must have the host's name. Empty: they are not.");
SETTING(std::string, db_name, "agreements", "Name of the database.");
SETTING(absl::Duration, db_unreachable_after, absl::Seconds(8),
        "How long calls wait during an outage of the database, before they are answered UNAVAILABLE. Longer than a "
        "fail-over takes: then it costs no error. At most 30s.");
SETTING(
    std::string, time_zone, "Europe/Oslo",
    "Time zone in which days are computed. It is recorded with the schema; a server with another one does not start.");
SETTING(std::string, currency, "NOK",
        "Currency of all prices and amounts, ISO 4217. It is recorded with the schema; a server with another one does "
        "not start.");
SETTING(std::string, listen, "127.0.0.1:50051",
        "Address for gRPC: HOST:PORT, where port 0 takes a free one, or unix:PATH.");
SETTING(std::string, tls_cert_file, "",
        "Certificate of the server and those that lead to its authority, PEM. It is read again when it changes, as are "
        "the other files for TLS and the policy.");
SETTING(std::string, tls_key_file, "", "Private key of --tls_cert_file, PEM.");
SETTING(std::string, tls_client_ca_file, "", "Authorities whose certificates callers must show, PEM.");
SETTING(std::string, policy_file, "", "Who may call what, for which accounts: JSON, see the README.");
SETTING(bool, insecure, false,
        "Serve without TLS: anyone who reaches the port may do everything. For tests and demonstrations.");
SETTING(int32_t, workers, 16, "Calls that run at once, each with a database connection.");
SETTING(int32_t, max_queue, 1024, "Calls that may wait for a worker. The next one is answered RESOURCE_EXHAUSTED.");
SETTING(absl::Duration, queue_target, absl::Milliseconds(5),
        "How long a call may wait for a worker. When each one has waited longer for --queue_interval, those that have "
        "waited for twice as long are answered RESOURCE_EXHAUSTED. inf: they may wait until their deadlines.");
SETTING(absl::Duration, queue_interval, absl::Milliseconds(100), "See --queue_target.");
SETTING(int32_t, max_connections, 0,
        "Connections that may be open at the same time. The next one is closed. 0: as many as the limit of file "
        "descriptors allows, at most 10000.");
SETTING(absl::Duration, max_connection_idle, absl::Minutes(15),
        "How long a connection stays open without a call; 1s to 24h.");
SETTING(
    absl::Duration, max_connection_age, absl::Minutes(30),
    "How old a connection gets; then it takes no further calls, and those that run have "
    "--max_connection_age_grace to end. So load spreads over servers, and callers show their certificates again. At "
    "least 10s; inf: any age.");
SETTING(absl::Duration, max_connection_age_grace, absl::Minutes(10), "See --max_connection_age.");
SETTING(int32_t, max_concurrent_streams, 256, "Calls at once on one connection; further ones wait at the client.");
SETTING(int64_t, max_buffers, int64_t{256} << 20,
        "Bytes that gRPC may hold for all connections together; at least 16777216.");
SETTING(absl::Duration, request_retention, absl::Hours(96),
        "How long the response to a request_id is remembered; at least 72h.");
SETTING(absl::Duration, audit_retention, absl::InfiniteDuration(),
        "How long entries of the trail are kept; inf: for ever. At least as long as --request_retention.");
SETTING(absl::Duration, drain_delay, absl::Seconds(5),
        "How long calls are still served after SIGTERM, while health and /readyz say already that it is over: the time "
        "that balancers need to see it. A second signal ends the server at once.");
SETTING(absl::Duration, drain_time, absl::Milliseconds(500),
        "How long calls are then answered UNAVAILABLE SERVER_STOPPING, before connections are closed.");
SETTING(
    std::string, http_listen, "127.0.0.1:9464",
    "Address for HTTP: /metrics for Prometheus, /healthz, /readyz. HOST:PORT, where port 0 takes a free one; empty: "
    "none.");
SETTING(std::string, log_format, "auto", "text, json (an object each line), or auto: text at a terminal, else JSON.");
SETTING(int32_t, log_successes, 10,
        "Successful calls that get a line in the log each second, at the most. Each failed one gets one.");
SETTING(bool, reflection, true, "Serve gRPC reflection, by which grpcurl finds methods.");
SETTING(bool, channelz, false, "Serve channelz, gRPC's own figures of channels and sockets.");
SETTING(std::string, clock_file, "",
        "For demonstrations only: a file with an RFC 3339 time, which the server takes for the present. While the file "
        "is missing or empty, the server takes the real time.");
SETTING(bool, print_config, false, "Print the settings and exit.");

namespace agreements {
namespace {

constexpr absl::string_view kEnvironmentPrefix = "AGREEMENTS_";
constexpr int64_t kMinBuffers = int64_t{16} << 20;

}  // namespace

void SetUsage(absl::string_view message) {
  absl::SetProgramUsageMessage(message);
  // Abseil chooses by file. Its own rule is a file that is named after the program.
  absl::FlagsUsageConfig config;
  config.contains_help_flags = [](absl::string_view file) {
    return file == absl::FindCommandLineFlag(*SettingNames().begin())->Filename();
  };
  absl::SetFlagsUsageConfig(config);
}

absl::Status SetFlagsFromEnvironment() {
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::pair<std::string, std::string> entry = absl::StrSplit(*variable, absl::MaxSplits('=', 1));
    if (!absl::StartsWith(entry.first, kEnvironmentPrefix)) continue;
    const std::string name = absl::AsciiStrToLower(entry.first.substr(kEnvironmentPrefix.size()));
    if (SettingNames().count(name) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("unknown setting ", entry.first));
    }
    if (std::string error; !absl::FindCommandLineFlag(name)->ParseFrom(entry.second, &error)) {
      return absl::InvalidArgumentError(absl::StrCat(entry.first, ": ", error));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<storage::DatabaseOptions> DatabaseOptionsFromFlags() {
  storage::DatabaseOptions options;
  options.hosts = absl::StrSplit(absl::GetFlag(FLAGS_db_host), ',', absl::SkipWhitespace());
  options.socket = absl::GetFlag(FLAGS_db_socket);
  options.user = absl::GetFlag(FLAGS_db_user);
  options.schema = absl::GetFlag(FLAGS_db_name);
  options.unreachable_after = absl::GetFlag(FLAGS_db_unreachable_after);
  if (options.unreachable_after < absl::ZeroDuration() || options.unreachable_after > absl::Seconds(30)) {
    return absl::InvalidArgumentError("--db_unreachable_after must be 0s to 30s");
  }
  options.tls_ca_file = absl::GetFlag(FLAGS_db_tls_ca_file);
  if (!options.tls_ca_file.empty()) {
    if (!options.socket.empty()) return absl::InvalidArgumentError("--db_tls_ca_file goes with --db_host only");
    const absl::StatusOr<std::string> authorities = ReadFile(options.tls_ca_file);
    const absl::Status status = authorities.ok() ? CheckAuthorities(*authorities, absl::Now()) : authorities.status();
    if (!status.ok()) return absl::InvalidArgumentError(absl::StrCat("--db_tls_ca_file: ", status.message()));
  }
  if (const std::string path = absl::GetFlag(FLAGS_db_password_file); !path.empty()) {
    if (const auto content = ReadFile(path); !content.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--db_password_file: ", content.status().message()));
    }
    options.password = [path] {
      // A file that is gone for a moment is as good as one with a wrong password: the one before is used.
      return std::string(absl::StripTrailingAsciiWhitespace(ReadFile(path).value_or("")));
    };
  }
  return options;
}

namespace {

// Says whose file it is, if the file cannot be used. `status` names its path already if that is not given.
absl::Status Of(absl::string_view flag, const absl::Status& status, const std::string& path = "") {
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(flag, ": ", path, path.empty() ? "" : ": ", status.message()));
}

// Whoever reads them later does not know the flags. So early that no database is needed to hear what is wrong.
absl::Status CheckFiles(const AccessOptions& options) {
  const auto& [certificate_file, key_file, authorities_file] = options.tls;
  const absl::StatusOr<std::string> certificate = ReadFile(certificate_file);
  RETURN_IF_ERROR(Of("--tls_cert_file", certificate.status()));
  const absl::StatusOr<std::string> key = ReadFile(key_file);
  RETURN_IF_ERROR(Of("--tls_key_file", key.status()));
  RETURN_IF_ERROR(Of("--tls_cert_file", CheckCertificate(*certificate, *key, absl::Now()), certificate_file));
  const absl::StatusOr<std::string> authorities = ReadFile(authorities_file);
  RETURN_IF_ERROR(Of("--tls_client_ca_file", authorities.status()));
  RETURN_IF_ERROR(Of("--tls_client_ca_file", CheckAuthorities(*authorities, absl::Now()), authorities_file));
  const absl::StatusOr<std::string> policy = ReadFile(options.policy_file);
  RETURN_IF_ERROR(Of("--policy_file", policy.status()));
  return Of("--policy_file", Policy::Parse(*policy).status(), options.policy_file);
}

// What is set for TLS, all of it or nothing.
absl::StatusOr<std::optional<AccessOptions>> AccessOptionsFromFlags() {
  AccessOptions options;
  std::vector<std::string> missing;
  const auto take = [&missing](const absl::Flag<std::string>& flag, std::string& value) {
    value = absl::GetFlag(flag);
    if (value.empty()) missing.push_back(absl::StrCat("--", absl::GetFlagReflectionHandle(flag).Name()));
  };
  take(FLAGS_tls_cert_file, options.tls.certificate);
  take(FLAGS_tls_key_file, options.tls.key);
  take(FLAGS_tls_client_ca_file, options.tls.client_authorities);
  take(FLAGS_policy_file, options.policy_file);
  const bool insecure = absl::GetFlag(FLAGS_insecure);
  if (missing.empty() && !insecure) {
    RETURN_IF_ERROR(CheckFiles(options));
    return options;
  }
  if (missing.size() == 4 && insecure) return std::nullopt;
  if (insecure) {
    return absl::InvalidArgumentError("--insecure goes with none of the files for TLS and the policy");
  }
  return absl::InvalidArgumentError(absl::StrCat(absl::StrJoin(missing, ", "),
                                                 " missing: who may call is told by TLS and a policy. To serve without "
                                                 "them, to anyone who reaches the port, set --insecure."));
}

}  // namespace

absl::StatusOr<ServerOptions> ServerOptionsFromFlags(int64_t descriptor_limit) {
  ServerOptions options{.listen = absl::GetFlag(FLAGS_listen),
                        .queue = {.workers = absl::GetFlag(FLAGS_workers),
                                  .target = absl::GetFlag(FLAGS_queue_target),
                                  .interval = absl::GetFlag(FLAGS_queue_interval)},
                        .max_connections = absl::GetFlag(FLAGS_max_connections),
                        .max_connection_idle = absl::GetFlag(FLAGS_max_connection_idle),
                        .max_connection_age = absl::GetFlag(FLAGS_max_connection_age),
                        .max_connection_age_grace = absl::GetFlag(FLAGS_max_connection_age_grace),
                        .max_concurrent_streams = absl::GetFlag(FLAGS_max_concurrent_streams),
                        .request_retention = absl::GetFlag(FLAGS_request_retention),
                        .audit_retention = absl::GetFlag(FLAGS_audit_retention),
                        .drain_delay = absl::GetFlag(FLAGS_drain_delay),
                        .drain_time = absl::GetFlag(FLAGS_drain_time),
                        .reflection = absl::GetFlag(FLAGS_reflection),
                        .channelz = absl::GetFlag(FLAGS_channelz)};
  if (options.queue.workers < 1) return absl::InvalidArgumentError("--workers must be at least 1");
  const int max_queue = absl::GetFlag(FLAGS_max_queue);
  if (max_queue < 1) return absl::InvalidArgumentError("--max_queue must be at least 1");
  options.queue.max_queue = static_cast<size_t>(max_queue);
  if (options.queue.target <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--queue_target must be more than 0");
  }
  if (options.queue.interval < absl::Milliseconds(1) || options.queue.interval > absl::Minutes(1)) {
    return absl::InvalidArgumentError("--queue_interval must be 1ms to 1m");
  }
  if (options.max_connections < 0) return absl::InvalidArgumentError("--max_connections must be at least 0");
  if (options.max_connection_idle < absl::Seconds(1) || options.max_connection_idle > absl::Hours(24)) {
    return absl::InvalidArgumentError("--max_connection_idle must be 1s to 24h");
  }
  if (options.max_connection_age < absl::Seconds(10)) {
    return absl::InvalidArgumentError("--max_connection_age must be at least 10s");
  }
  if (options.max_connection_age_grace < absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--max_connection_age_grace must be at least 0s");
  }
  if (options.max_concurrent_streams < 1) {
    return absl::InvalidArgumentError("--max_concurrent_streams must be at least 1");
  }
  const int64_t max_buffers = absl::GetFlag(FLAGS_max_buffers);
  if (max_buffers < kMinBuffers) return absl::InvalidArgumentError("--max_buffers must be at least 16777216");
  options.max_buffers = static_cast<size_t>(max_buffers);
  if (options.drain_delay < absl::ZeroDuration() || options.drain_delay > absl::Minutes(5)) {
    return absl::InvalidArgumentError("--drain_delay must be 0s to 5m");
  }
  if (options.request_retention < absl::Hours(72)) {
    return absl::InvalidArgumentError("--request_retention must be at least 72h");
  }
  if (options.audit_retention < options.request_retention) {
    return absl::InvalidArgumentError("--audit_retention must not be less than --request_retention");
  }
  ASSIGN_OR_RETURN(options.access, AccessOptionsFromFlags());
  ASSIGN_OR_RETURN(options.max_connections,
                   MaxConnections(descriptor_limit, options.queue.workers, options.max_connections));
  return options;
}

HttpServerOptions HttpOptionsFromFlags() { return {.listen = absl::GetFlag(FLAGS_http_listen)}; }

absl::StatusOr<LogOptions> LogOptionsFromFlags() {
  const absl::StatusOr<LogFormat> format = LogFormatNamed(absl::GetFlag(FLAGS_log_format));
  if (!format.ok()) return absl::InvalidArgumentError(absl::StrCat("--log_format ", format.status().message()));
  const LogOptions options = {.format = *format, .successes_per_second = absl::GetFlag(FLAGS_log_successes)};
  if (options.successes_per_second < 0) return absl::InvalidArgumentError("--log_successes must be at least 0");
  return options;
}

absl::StatusOr<absl::TimeZone> TimeZoneFromFlags() {
  absl::TimeZone time_zone;
  if (absl::LoadTimeZone(absl::GetFlag(FLAGS_time_zone), &time_zone)) return time_zone;
  return absl::InvalidArgumentError(absl::StrCat("--time_zone: this machine does not know ",
                                                 absl::GetFlag(FLAGS_time_zone), "; is tzdata installed?"));
}

absl::StatusOr<std::string> CurrencyFromFlags() {
  std::string currency = absl::GetFlag(FLAGS_currency);
  if (currency.size() == 3 && std::all_of(currency.begin(), currency.end(), absl::ascii_isupper)) return currency;
  return absl::InvalidArgumentError("--currency must be three capital letters, e.g. NOK");
}

std::function<absl::Time()> ClockFromFlags() {
  const std::string path = absl::GetFlag(FLAGS_clock_file);
  if (path.empty()) return absl::Now;
  spdlog::warn("--clock_file: the present is what {} says; for demonstrations only", path);
  return ClockFromFile(path, absl::Now);
}

std::string PrintedConfig() {
  std::string config;
  for (const std::string& name : SettingNames()) {
    if (name == "print_config") continue;
    absl::StrAppend(&config, "--", name, "=", absl::FindCommandLineFlag(name)->CurrentValue(), "\n");
  }
  return config;
}

}  // namespace agreements
