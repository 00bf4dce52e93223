// What is printed of calls: a table in Markdown, and all figures as CSV.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_CALLS_TABLE_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_CALLS_TABLE_H_

#include <optional>
#include <string>

#include "tests/benchmark/calls/turns.h"

namespace agreements::benchmark {

// The same number of callers in each way, the median of their turns.
struct Comparison {
  std::string method;
  int callers;
  Turn service;
  Turn empty;  // An RPC that does nothing, of the same server.
  Turn bare;   // The bare connector, with as many connections, or as many as the server has workers.
  std::optional<Turn> other = {};  // The method on another server, if there is one to compare with.
};

// The head of the table. `other`: what the other server is called; empty if there is none.
std::string TableHead(const std::string& other);
std::string TableRow(const Comparison& comparison);

std::string CsvHead();
// A line for each way.
std::string CsvLines(const Comparison& comparison);

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_CALLS_TABLE_H_
