#include "tests/e2e/server_process.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace agreements::testing {
namespace {

std::vector<std::string> Command(const std::vector<std::string>& flags, const std::string& descriptor_limits) {
  std::vector<std::string> command;
  if (!descriptor_limits.empty()) command = {"prlimit", absl::StrCat("--nofile=", descriptor_limits)};
  command.insert(command.end(), {AGREEMENTS_SERVER, "--listen=127.0.0.1:0", "--http_listen=127.0.0.1:0",
                                 "--drain_delay=0s", "--log_format=text", "--insecure"});
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

}  // namespace

std::vector<std::string> DatabaseFlags(const TestDatabase& database) {
  const storage::DatabaseOptions options = database.options();
  return {options.socket.empty() ? absl::StrCat("--db_host=", absl::StrJoin(options.hosts, ","))
                                 : absl::StrCat("--db_socket=", options.socket),
          absl::StrCat("--db_user=", options.user), absl::StrCat("--db_name=", options.schema)};
}

ServerProcess::ServerProcess(const std::vector<std::string>& flags, const std::vector<std::string>& environment,
                             const std::string& descriptor_limits)
    : ChildProcess(Command(flags, descriptor_limits), environment) {}

std::string ServerProcess::Address() { return After("serving on "); }

std::string ServerProcess::HttpAddress() { return After("metrics and health on http://"); }

}  // namespace agreements::testing
