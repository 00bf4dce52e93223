#include "tests/cli/ctl_process.h"

#include <pty.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace agreements::testing {
namespace {

// A file in memory with this content, at its beginning.
int FileWith(const std::string& content) {
  const int file = memfd_create("ctl", MFD_CLOEXEC);
  if (file < 0 || write(file, content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      lseek(file, 0, SEEK_SET) != 0) {
    throw std::runtime_error("memfd_create");
  }
  return file;
}

// Closes it.
std::string ContentOf(int file) {
  std::string content(static_cast<size_t>(lseek(file, 0, SEEK_END)), '\0');
  if (pread(file, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
    throw std::runtime_error("pread");
  }
  close(file);
  return content;
}

// A command and its environment, as exec takes them.
struct Program {
  Program(const std::vector<std::string>& words, const std::vector<std::string>& environment)
      : arguments({AGREEMENTSCTL}), variables(environment) {
    arguments.insert(arguments.end(), words.begin(), words.end());
    for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
      if (const char* value = std::getenv(name)) variables.push_back(absl::StrCat(name, "=", value));
    }
    for (std::string& argument : arguments) argv.push_back(argument.data());
    for (std::string& variable : variables) envp.push_back(variable.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
  }

  std::vector<std::string> arguments;
  std::vector<std::string> variables;
  std::vector<char*> argv;
  std::vector<char*> envp;
};

int StatusOf(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) throw std::runtime_error("waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Ended RunCtl(const std::vector<std::string>& words, const std::vector<std::string>& environment,
             const std::string& input) {
  Program program(words, environment);
  const int files[] = {FileWith(input), FileWith(""), FileWith("")};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i) posix_spawn_file_actions_adddup2(&actions, files[i], i);
  pid_t pid = 0;
  const int failure = posix_spawn(&pid, AGREEMENTSCTL, &actions, nullptr, program.argv.data(), program.envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error("posix_spawn");
  const int status = StatusOf(pid);
  close(files[0]);
  return {status, ContentOf(files[1]), ContentOf(files[2])};
}

Ended RunCtlOnTerminal(const std::vector<std::string>& words, const std::vector<std::string>& environment,
                       const std::string& question, const std::string& answer) {
  Program program(words, environment);
  int terminal = 0;
  const pid_t pid = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid < 0) throw std::runtime_error("forkpty");
  if (pid == 0) {
    execve(AGREEMENTSCTL, program.argv.data(), program.envp.data());
    _exit(127);
  }
  Ended ended;
  bool answered = false;
  char buffer[1024];
  // Ends with an error when the other side is closed.
  for (ssize_t size = 0; (size = read(terminal, buffer, sizeof(buffer))) > 0;) {
    ended.output.append(buffer, static_cast<size_t>(size));
    if (answered || ended.output.find(question) == std::string::npos) continue;
    const std::string line = answer + "\n";
    answered = write(terminal, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  }
  close(terminal);
  ended.status = StatusOf(pid);
  return ended;
}

}  // namespace agreements::testing
