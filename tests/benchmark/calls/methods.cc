#include "tests/benchmark/calls/methods.h"

#include <iterator>

namespace agreements::benchmark {

std::vector<std::unique_ptr<Method>> AllMethods() {
  std::vector<std::unique_ptr<Method>> methods = ReadingMethods();
  std::vector<std::unique_ptr<Method>> changing = ChangingMethods();
  std::move(changing.begin(), changing.end(), std::back_inserter(methods));
  methods.push_back(RecordTransactions());
  return methods;
}

}  // namespace agreements::benchmark
