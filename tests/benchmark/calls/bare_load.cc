#include "tests/benchmark/calls/bare_load.h"

#include <exception>
#include <utility>

namespace agreements::benchmark {

BareLoad::BareLoad(std::vector<std::unique_ptr<BareConnection>>& connections, int callers, Work work)
    : Load(callers), connections_(connections), work_(std::move(work)) {}

void BareLoad::Begin() {
  for (int i = 0; i < callers(); ++i) threads_.emplace_back([this, i] { Run(i); });
}

void BareLoad::Run(int caller) {
  try {
    while (!ends()) {
      const absl::Duration begin = Elapsed();
      work_(*connections_[static_cast<size_t>(caller)], caller);
      Count(caller, Elapsed() - begin);
    }
  } catch (const std::exception& error) {
    Fail(error.what());
  }
}

}  // namespace agreements::benchmark
