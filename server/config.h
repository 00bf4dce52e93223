// The programs' settings: Abseil flags, each also from the environment as AGREEMENTS_<NAME>, and from a --flagfile.
#ifndef AGREEMENTS_SERVER_CONFIG_H_
#define AGREEMENTS_SERVER_CONFIG_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/flags/declare.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/ops/call_log.h"
#include "server/ops/http_server.h"
#include "server/rpc/server.h"
#include "storage/connection/database.h"

ABSL_DECLARE_FLAG(std::string, time_zone);
ABSL_DECLARE_FLAG(bool, print_config);

namespace agreements {

// What --help prints: `message`, and all flags of ours. Call it before absl::ParseCommandLine.
void SetUsage(absl::string_view message);

// Sets the flags that the environment has a variable for. Call it before absl::ParseCommandLine, which then overrides
// them. INVALID_ARGUMENT for a variable AGREEMENTS_... that no flag has, or a value that does not parse.
absl::Status SetFlagsFromEnvironment();

// The settings of the database. Secrets come from files only; INVALID_ARGUMENT if one cannot be read.
absl::StatusOr<storage::DatabaseOptions> DatabaseOptionsFromFlags();

// INVALID_ARGUMENT for a number out of its range, if what TLS needs is set in part or beside --insecure, or if
// `descriptor_limit`, the number of file descriptors that the process may have, is too low for them.
absl::StatusOr<ServerOptions> ServerOptionsFromFlags(int64_t descriptor_limit);

// Where metrics and health are served over HTTP; nowhere if its address is empty.
HttpServerOptions HttpOptionsFromFlags();

// INVALID_ARGUMENT for a format that is none.
absl::StatusOr<LogOptions> LogOptionsFromFlags();

// INVALID_ARGUMENT if this machine does not know the zone.
absl::StatusOr<absl::TimeZone> TimeZoneFromFlags();

// INVALID_ARGUMENT unless it has the form of ISO 4217.
absl::StatusOr<std::string> CurrencyFromFlags();

// The real time, or that of --clock_file, with a warning in the log.
std::function<absl::Time()> ClockFromFlags();

// Every flag of ours with its value, one a line, as a --flagfile has them. Secrets are in files, so none is shown.
std::string PrintedConfig();

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_CONFIG_H_
