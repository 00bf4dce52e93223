// A turn: a load for some time, and what it came to.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_TURNS_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_TURNS_H_

#include <sys/types.h>

#include <vector>

#include "absl/time/time.h"
#include "tests/benchmark/calls/load.h"
#include "tests/benchmark/calls/processes.h"

namespace agreements::benchmark {

// Whose cost is measured. The client is this process.
struct Processes {
  pid_t server;
  pid_t database;
};

struct Turn {
  double rate = 0;  // Calls a second.
  absl::Duration p50;
  absl::Duration p99;
  // A call's.
  Usage server;
  Usage database;
  Usage client;
};

// Runs the load for a fifth of `time` without looking, and then for `time`, or until a call has ended. Throws if a call
// fails.
Turn TakeTurn(Load& load, const Processes& processes, absl::Duration time);

// The median of each figure by itself. Throws if there is no turn.
Turn MedianOf(const std::vector<Turn>& turns);

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_TURNS_H_
