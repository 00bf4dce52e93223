#include "tests/benchmark/calls/load.h"

#include "tests/benchmark/figures.h"

namespace agreements::benchmark {

void Load::End() {
  Stop();
  Join();
  Require(error_.empty(), error_);
}

Load::Latencies Load::Counted() const {
  Latencies all;
  for (const Caller& caller : callers_) all.insert(all.end(), caller.latencies.begin(), caller.latencies.end());
  return all;
}

void Load::Fail(const std::string& error) {
  Stop();
  const std::lock_guard lock(mutex_);
  if (error_.empty()) error_ = error;
}

}  // namespace agreements::benchmark
