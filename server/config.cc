#include "server/config.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/status_macros.h"
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

SETTING(std::string, db_host, "127.0.0.1",
        "Database hosts, separated by commas, each with an optional :port. The first one that takes writes is used.");
SETTING(std::string, db_socket, "", "Path of the database's Unix socket, instead of --db_host.");
SETTING(std::string, db_user, "agreements", "Database user.");
SETTING(std::string, db_password_file, "", "File with the database user's password; none if empty.");
SETTING(std::string, db_name, "agreements", "Name of the database.");
SETTING(
    std::string, time_zone, "Europe/Oslo",
    "Time zone in which days are computed. It is recorded with the schema; a server with another one does not start.");
SETTING(std::string, currency, "NOK",
        "Currency of all prices and amounts, ISO 4217. It is recorded with the schema; a server with another one does "
        "not start.");
SETTING(std::string, listen, "127.0.0.1:50051",
        "Address for gRPC: HOST:PORT, where port 0 takes a free one, or unix:PATH.");
SETTING(int32_t, workers, 16, "Calls that run at once, each with a database connection.");
SETTING(int32_t, max_queue, 1024, "Calls that may wait for a worker. The next one is answered RESOURCE_EXHAUSTED.");
SETTING(int32_t, max_connections, 0,
        "Connections that may be open at the same time. The next one is closed. 0: as many as the limit of file "
        "descriptors allows, at most 10000.");
SETTING(absl::Duration, max_connection_idle, absl::Minutes(15),
        "How long a connection stays open without a call; 1s to 24h.");
SETTING(absl::Duration, request_retention, absl::Hours(96),
        "How long the response to a request_id is remembered; at least 72h.");
SETTING(absl::Duration, drain_time, absl::Milliseconds(500),
        "How long calls are answered UNAVAILABLE SERVER_STOPPING after SIGTERM, before connections are closed.");
SETTING(bool, reflection, true, "Serve gRPC reflection, by which grpcurl finds methods.");
SETTING(bool, channelz, false, "Serve channelz, gRPC's own figures of channels and sockets.");
SETTING(std::string, clock_file, "",
        "For demonstrations only: a file with an RFC 3339 time, which the server takes for the present. While the file "
        "is missing or empty, the server takes the real time.");
SETTING(bool, print_config, false, "Print the settings and exit.");

namespace agreements {
namespace {

constexpr absl::string_view kEnvironmentPrefix = "AGREEMENTS_";

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
  if (const std::string path = absl::GetFlag(FLAGS_db_password_file); !path.empty()) {
    std::ifstream file(path);
    std::stringstream content;
    content << file.rdbuf();
    if (!file) return absl::InvalidArgumentError(absl::StrCat("--db_password_file: cannot read ", path));
    options.password = std::string(absl::StripTrailingAsciiWhitespace(content.str()));
  }
  return options;
}

absl::StatusOr<ServerOptions> ServerOptionsFromFlags(int64_t descriptor_limit) {
  ServerOptions options{.listen = absl::GetFlag(FLAGS_listen),
                        .workers = absl::GetFlag(FLAGS_workers),
                        .max_queue = absl::GetFlag(FLAGS_max_queue),
                        .max_connections = absl::GetFlag(FLAGS_max_connections),
                        .max_connection_idle = absl::GetFlag(FLAGS_max_connection_idle),
                        .request_retention = absl::GetFlag(FLAGS_request_retention),
                        .drain_time = absl::GetFlag(FLAGS_drain_time),
                        .reflection = absl::GetFlag(FLAGS_reflection),
                        .channelz = absl::GetFlag(FLAGS_channelz)};
  if (options.workers < 1) return absl::InvalidArgumentError("--workers must be at least 1");
  if (options.max_queue < 1) return absl::InvalidArgumentError("--max_queue must be at least 1");
  if (options.max_connections < 0) return absl::InvalidArgumentError("--max_connections must be at least 0");
  if (options.max_connection_idle < absl::Seconds(1) || options.max_connection_idle > absl::Hours(24)) {
    return absl::InvalidArgumentError("--max_connection_idle must be 1s to 24h");
  }
  if (options.request_retention < absl::Hours(72)) {
    return absl::InvalidArgumentError("--request_retention must be at least 72h");
  }
  ASSIGN_OR_RETURN(options.max_connections, MaxConnections(descriptor_limit, options.workers, options.max_connections));
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
