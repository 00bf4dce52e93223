// How the benchmark measures, and how it prints what it has measured.
#ifndef AGREEMENTS_TESTS_BENCHMARK_FIGURES_H_
#define AGREEMENTS_TESTS_BENCHMARK_FIGURES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace agreements::benchmark {

// Throws unless `holds`: what was measured was not what it is said to be.
void Require(bool holds, absl::string_view what);

absl::Duration TimeOf(const std::function<void()>& work);

// Of two ways to do something, the median each.
struct Medians {
  absl::Duration service;
  absl::Duration bare;
};

// Runs both by turns, each first every other time, so that what else goes on in the machine meets them alike. Neither
// function counts what it does before it starts its own clock: each returns how long it took.
Medians Compare(int repetitions, const std::function<absl::Duration()>& service,
                const std::function<absl::Duration()>& bare);

absl::Duration MedianOf(std::vector<absl::Duration> durations);

// This process's memory, in MiB.
struct Memory {
  double resident;
  double peak;  // Since ResetPeak().
};

Memory ReadMemory();
void ResetPeak();

// What is printed, in the end, as tables in Markdown.
class Report {
 public:
  // `units`: how many things each duration is for.
  void AddTimes(absl::string_view what, Medians medians, int64_t units = 1);
  void AddRates(absl::string_view what, Medians medians, int64_t units);
  // A ratio of its own, of two durations of the service's.
  void AddGrowth(absl::string_view what, double service, double bare);
  // What a part needed at most, in MiB, beyond what the process had before it; and, as it is now, what it has after it.
  void AddMemory(absl::string_view what, double needed);

  // Throws if a ratio is not above 0.
  std::string Text() const;

 private:
  struct Row {
    std::string what;
    std::string service;
    std::string bare;
    double ratio;
  };

  std::vector<Row> rows_;
  std::vector<std::string> memory_;
};

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_FIGURES_H_
