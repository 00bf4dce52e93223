// The methods that are called, each beside the fewest statements that could do the same.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_METHODS_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_METHODS_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/benchmark/calls/bare_connection.h"

namespace agreements::benchmark {

// Thread-safe for calls of different callers, of which there are kAgreements.
class Method {
 public:
  virtual ~Method() = default;

  virtual std::string name() const = 0;
  // "/agreements.v1.AgreementService/GetAgreement"
  virtual std::string path() const = 0;
  virtual bool writes() const = 0;

  // The caller's next request, serialized.
  virtual std::string NextRequest(int caller) = 0;

  // Says what is wrong with a response that is no error; "" if nothing is.
  virtual std::string WrongIn(const std::string& response) const { return response.empty() ? "empty response" : ""; }

  // Does what the caller's next call would do.
  virtual void Execute(BareConnection& connection, int caller) = 0;
};

std::vector<std::unique_ptr<Method>> ReadingMethods();
std::vector<std::unique_ptr<Method>> ChangingMethods();
std::unique_ptr<Method> RecordTransactions();

// All of them, in the order of the table.
std::vector<std::unique_ptr<Method>> AllMethods();

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_METHODS_H_
