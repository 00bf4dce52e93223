#include "agreements/testing/local_service.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "proto/status_macros.h"

namespace agreements::testing {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(2);
constexpr absl::string_view kServing = "serving on ";
constexpr size_t kShownLog = 2000;  // Bytes of a log in an error.

// Where a program is: by the environment, else by PATH.
std::string Program(const char* variable, const char* otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

std::string Contents(const std::string& path) {
  std::ostringstream contents;
  contents << std::ifstream(path).rdbuf();
  return contents.str();
}

// Starts a command whose output goes to the file `log`, and that ends with this process.
absl::StatusOr<pid_t> Spawn(const std::vector<std::string>& command, const std::string& log) {
  std::vector<std::string> arguments = {"setpriv", "--pdeathsig", "KILL"};
  arguments.insert(arguments.end(), command.begin(), command.end());
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t process = 0;
  const int failure = posix_spawnp(&process, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) return absl::ErrnoToStatus(failure, absl::StrJoin(command, " "));
  return process;
}

absl::Status Failed(const std::string& program, const std::string& log) {
  const std::string output = Contents(log);
  return absl::UnavailableError(
      absl::StrCat(program, " has failed: ", output.substr(output.size() - std::min(output.size(), kShownLog))));
}

// Runs a command to its end.
absl::Status Run(const std::vector<std::string>& command, const std::string& log) {
  ASSIGN_OR_RETURN(const pid_t process, Spawn(command, log));
  int status = 0;
  if (waitpid(process, &status, 0) != process || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Failed(command[0], log);
  }
  return absl::OkStatus();
}

std::string DatabaseScript() { return Program("AGREEMENTS_DATABASE", "agreements-database"); }

}  // namespace

LocalService::LocalService(std::string directory) : directory_(std::move(directory)) {}

LocalService::~LocalService() {
  if (server_ != 0) {
    kill(server_, SIGTERM);
    waitpid(server_, nullptr, 0);
  }
  Run({DatabaseScript(), "stop", "--dir", directory_}, directory_ + "/stopping.log").IgnoreError();
  std::error_code error;  // What cannot be removed stays, in a directory for such things.
  std::filesystem::remove_all(directory_, error);
}

absl::StatusOr<std::unique_ptr<LocalService>> LocalService::Start(const std::vector<std::string>& flags) {
  std::string directory = (std::filesystem::temp_directory_path() / "agreements-service.XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) return absl::ErrnoToStatus(errno, directory);
  std::unique_ptr<LocalService> service(new LocalService(directory));
  const std::string log = directory + "/starting.log";
  RETURN_IF_ERROR(Run({DatabaseScript(), "start", "--engine", "mariadb", "--dir", directory, "--test"}, log));
  service->socket_ = std::string(absl::StripAsciiWhitespace(Contents(directory + "/socket-path")));
  RETURN_IF_ERROR(Run({"mariadb", "--no-defaults", "--user=root", absl::StrCat("--socket=", service->socket_),
                       "--execute=CREATE DATABASE agreements"},
                      log));
  RETURN_IF_ERROR(Run({Program("AGREEMENTS_ADMIN", "agreements-admin"), "migrate",
                       absl::StrCat("--db_socket=", service->socket_), "--db_user=root", "--db_name=agreements"},
                      log));
  RETURN_IF_ERROR(service->StartServer(flags));
  return service;
}

absl::Status LocalService::StartServer(const std::vector<std::string>& flags) {
  const std::string path = directory_ + "/server.log";
  std::vector<std::string> command = {Program("AGREEMENTS_SERVER", "agreements-server"),
                                      "--listen=127.0.0.1:0",
                                      "--http_listen=127.0.0.1:0",
                                      "--insecure",
                                      "--log_format=text",
                                      "--drain_delay=0s",
                                      absl::StrCat("--db_socket=", socket_),
                                      "--db_user=root",
                                      "--db_name=agreements"};
  command.insert(command.end(), flags.begin(), flags.end());
  ASSIGN_OR_RETURN(server_, Spawn(command, path));
  for (const absl::Time begin = absl::Now(); absl::Now() - begin < kPatience; absl::SleepFor(absl::Milliseconds(10))) {
    const std::string output = log();
    const size_t found = output.find(std::string(kServing));
    const size_t end = found == std::string::npos ? found : output.find('\n', found);
    if (end != std::string::npos) {
      address_ = output.substr(found + kServing.size(), end - found - kServing.size());
      return absl::OkStatus();
    }
    if (waitpid(server_, nullptr, WNOHANG) == server_) {
      server_ = 0;
      return Failed(command[0], path);
    }
  }
  return Failed(command[0], path);
}

ClientOptions LocalService::options() const {
  ClientOptions options;
  options.endpoint = address_;
  options.insecure = true;
  return options;
}

std::string LocalService::log() const { return Contents(directory_ + "/server.log"); }

}  // namespace agreements::testing
