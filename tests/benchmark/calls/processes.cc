#include "tests/benchmark/calls/processes.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/benchmark/figures.h"

namespace agreements::benchmark {
namespace {

// "voluntary_ctxt_switches:" and "nonvoluntary_ctxt_switches:" of a thread; 0 if it has just ended.
double SwitchesOf(const std::filesystem::path& thread) {
  std::ifstream status(thread / "status");
  double switches = 0;
  std::string word;
  while (status >> word) {
    double number = 0;
    if (absl::EndsWith(word, "voluntary_ctxt_switches:") && status >> number) switches += number;
  }
  return switches;
}

}  // namespace

Usage operator-(const Usage& later, const Usage& earlier) {
  return {.cpu = later.cpu - earlier.cpu, .switches = later.switches - earlier.switches};
}

Usage UsageOf(pid_t pid) {
  clockid_t clock = 0;
  timespec time = {};
  Require(clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &time) == 0,
          absl::StrCat("process ", pid, " has ended"));
  Usage usage = {.cpu = absl::DurationFromTimespec(time)};
  for (const auto& thread : std::filesystem::directory_iterator(absl::StrCat("/proc/", pid, "/task"))) {
    usage.switches += SwitchesOf(thread.path());
  }
  return usage;
}

Usage OwnUsage() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return {.cpu = absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime),
          .switches = static_cast<double>(usage.ru_nvcsw + usage.ru_nivcsw)};
}

pid_t ListenerAt(const std::string& socket) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  Require(socket.size() < sizeof(address.sun_path), "too long for a socket: " + socket);
  socket.copy(address.sun_path, socket.size());
  const int connection = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ucred peer = {};
  socklen_t size = sizeof(peer);
  const bool known = connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
                     getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  close(connection);
  Require(known, "nobody listens at " + socket);
  return peer.pid;
}

}  // namespace agreements::benchmark
