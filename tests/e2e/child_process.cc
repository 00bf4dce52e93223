#include "tests/e2e/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

#include "absl/strings/match.h"

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

ChildProcess::ChildProcess(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  // setpriv: the process must not outlive a test that is killed.
  std::vector<std::string> arguments = {"setpriv", "--pdeathsig", "KILL"};
  arguments.insert(arguments.end(), command.begin(), command.end());
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

ChildProcess::~ChildProcess() {
  if (pid_ != 0) {
    kill(pid_, SIGKILL);
    Wait();
  }
  close(pipe_);
}

std::string ChildProcess::After(absl::string_view text) {
  if (!WaitForOutput(text)) return "";
  const std::string output = Output();
  const size_t begin = output.find(std::string(text)) + text.size();
  return output.substr(begin, output.find('\n', begin) - begin);
}

bool ChildProcess::WaitForOutput(absl::string_view text) {
  std::unique_lock lock(mutex_);
  const auto printed = [&] {
    const size_t begin = output_.find(text.data(), 0, text.size());
    return begin != std::string::npos && output_.find('\n', begin) != std::string::npos;
  };
  changed_.wait(lock, [&] { return ended_ || printed(); });
  return printed();
}

void ChildProcess::Signal(int number) {
  if (pid_ != 0) kill(pid_, number);
}

int ChildProcess::Wait() {
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) std::abort();  // A child that nobody else waits for.
  pid_ = 0;
  reader_.join();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string ChildProcess::Output() {
  const std::lock_guard lock(mutex_);
  return output_;
}

void ChildProcess::Read() {
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
