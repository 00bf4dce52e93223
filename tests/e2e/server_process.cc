#include "tests/e2e/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace agreements::testing {
namespace {

// As posix_spawn takes them.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::vector<std::string> DatabaseFlags(const TestDatabase& database) {
  const storage::DatabaseOptions options = database.options();
  return {absl::StrCat("--db_socket=", options.socket), absl::StrCat("--db_user=", options.user),
          absl::StrCat("--db_name=", options.schema)};
}

ServerProcess::ServerProcess(std::vector<std::string> flags, const std::vector<std::string>& environment,
                             const std::string& descriptor_limits) {
  // setpriv: the server must not outlive a test that is killed.
  std::vector<std::string> arguments = {"setpriv", "--pdeathsig", "KILL"};
  if (!descriptor_limits.empty()) {
    arguments.insert(arguments.end(), {"prlimit", absl::StrCat("--nofile=", descriptor_limits)});
  }
  arguments.insert(arguments.end(), {AGREEMENTS_SERVER, "--listen=127.0.0.1:0", "--http_listen=127.0.0.1:0",
                                     "--drain_delay=0s", "--log_format=text", "--insecure"});
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  std::vector<std::string> variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!absl::StartsWith(*variable, "AGREEMENTS_")) variables.emplace_back(*variable);
  }

  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  const int failure = posix_spawnp(&pid_, arguments[0].c_str(), &actions, nullptr, Pointers(arguments).data(),
                                   Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  pipe_ = ends[0];
  if (failure != 0) throw std::runtime_error("posix_spawnp");
  reader_ = std::thread([this] { Read(); });
}

ServerProcess::~ServerProcess() {
  if (pid_ != 0) {
    kill(pid_, SIGKILL);
    Wait();
  }
  close(pipe_);
}

std::string ServerProcess::Address() { return After("serving on "); }

std::string ServerProcess::HttpAddress() { return After("metrics and health on http://"); }

std::string ServerProcess::After(absl::string_view text) {
  if (!WaitForOutput(text)) return "";
  const std::string output = Output();
  const size_t begin = output.find(std::string(text)) + text.size();
  return output.substr(begin, output.find('\n', begin) - begin);
}

bool ServerProcess::WaitForOutput(absl::string_view text) {
  std::unique_lock lock(mutex_);
  const auto printed = [&] {
    const size_t begin = output_.find(text.data(), 0, text.size());
    return begin != std::string::npos && output_.find('\n', begin) != std::string::npos;
  };
  changed_.wait(lock, [&] { return ended_ || printed(); });
  return printed();
}

void ServerProcess::Signal(int number) {
  if (pid_ != 0) kill(pid_, number);
}

int ServerProcess::Wait() {
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) std::abort();  // A child that nobody else waits for.
  pid_ = 0;
  reader_.join();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string ServerProcess::Output() {
  const std::lock_guard lock(mutex_);
  return output_;
}

void ServerProcess::Read() {
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = read(pipe_, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    const std::lock_guard lock(mutex_);
    if (size > 0) output_.append(buffer.data(), static_cast<size_t>(size));
    ended_ = size <= 0;
    changed_.notify_all();
    if (ended_) return;
  }
}

}  // namespace agreements::testing
