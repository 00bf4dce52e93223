// Callers of the bare connector, each with a thread and a connection of its own.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_BARE_LOAD_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_BARE_LOAD_H_

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "tests/benchmark/calls/bare_connection.h"
#include "tests/benchmark/calls/load.h"

namespace agreements::benchmark {

class BareLoad : public Load {
 public:
  // What a call does. It is called by all callers at the same time.
  using Work = std::function<void(BareConnection& connection, int caller)>;

  // As many callers as `connections`, which must outlive it.
  BareLoad(std::vector<std::unique_ptr<BareConnection>>& connections, int callers, Work work);

  ~BareLoad() override { Stop(); }

  void Begin() override;

 private:
  void Join() override { threads_.clear(); }
  void Run(int caller);

  std::vector<std::unique_ptr<BareConnection>>& connections_;
  const Work work_;
  std::vector<std::jthread> threads_;
};

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_BARE_LOAD_H_
