// What processes cost the machine.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_PROCESSES_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_PROCESSES_H_

#include <sys/types.h>

#include <string>

#include "absl/time/time.h"

namespace agreements::benchmark {

// What a process has used since it began, or within some time.
struct Usage {
  absl::Duration cpu;   // Of all its threads, in user and kernel mode.
  double switches = 0;  // Context switches of its threads, voluntary and not.
};

Usage operator-(const Usage& later, const Usage& earlier);

// Of a process whose threads go on: switches of those that have ended are not counted. Throws if there is no such
// process.
Usage UsageOf(pid_t pid);

// Of this process, with threads that have ended.
Usage OwnUsage();

// The process that listens at a Unix socket. Throws if there is none.
pid_t ListenerAt(const std::string& socket);

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_PROCESSES_H_
