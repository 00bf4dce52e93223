#include "tests/benchmark/figures.h"

#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace agreements::benchmark {
namespace {

constexpr double kKibibytesPerMebibyte = 1024;

std::string TextOf(absl::Duration duration) {
  const double milliseconds = absl::ToDoubleMilliseconds(duration);
  if (milliseconds >= 10) return absl::StrFormat("%.0f ms", milliseconds);
  return absl::StrFormat("%.2f ms", milliseconds);
}

}  // namespace

void Require(bool holds, absl::string_view what) {
  if (!holds) throw std::runtime_error(std::string(what));
}

absl::Duration TimeOf(const std::function<void()>& work) {
  const absl::Time begin = absl::Now();
  work();
  return absl::Now() - begin;
}

Medians Compare(int repetitions, const std::function<absl::Duration()>& service,
                const std::function<absl::Duration()>& bare) {
  std::vector<absl::Duration> services;
  std::vector<absl::Duration> bares;
  for (int i = 0; i < repetitions; ++i) {
    if (i % 2 == 0) services.push_back(service());
    bares.push_back(bare());
    if (i % 2 == 1) services.push_back(service());
  }
  return {.service = MedianOf(services), .bare = MedianOf(bares)};
}

absl::Duration MedianOf(std::vector<absl::Duration> durations) {
  Require(!durations.empty(), "nothing was measured");
  std::sort(durations.begin(), durations.end());
  return durations[durations.size() / 2];
}

Memory ReadMemory() {
  Memory memory = {};
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "VmRSS:") status >> memory.resident;
    if (word == "VmHWM:") status >> memory.peak;
  }
  return {.resident = memory.resident / kKibibytesPerMebibyte, .peak = memory.peak / kKibibytesPerMebibyte};
}

void ResetPeak() {
  // What the bare SQL has left in the heap is not the service's.
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

void Report::AddTimes(absl::string_view what, Medians medians, int64_t units) {
  rows_.push_back({.what = std::string(what),
                   .service = TextOf(medians.service / units),
                   .bare = TextOf(medians.bare / units),
                   .ratio = absl::FDivDuration(medians.service, medians.bare)});
}

void Report::AddRates(absl::string_view what, Medians medians, int64_t units) {
  const auto rate = [units](absl::Duration duration) {
    return absl::StrFormat("%.0f/s", static_cast<double>(units) / absl::ToDoubleSeconds(duration));
  };
  rows_.push_back({.what = std::string(what),
                   .service = rate(medians.service),
                   .bare = rate(medians.bare),
                   .ratio = absl::FDivDuration(medians.service, medians.bare)});
}

void Report::AddGrowth(absl::string_view what, double service, double bare) {
  rows_.push_back({.what = std::string(what),
                   .service = absl::StrFormat("x %.2f", service),
                   .bare = absl::StrFormat("x %.2f", bare),
                   .ratio = service / bare});
}

void Report::AddMemory(absl::string_view what, double needed) {
  memory_.push_back(absl::StrFormat("| %s | %.1f MiB | %.1f MiB |\n", what, needed, ReadMemory().resident));
}

std::string Report::Text() const {
  std::string text = "| | service | bare SQL | ratio |\n|---|---|---|---|\n";
  for (const Row& row : rows_) {
    Require(std::isfinite(row.ratio) && row.ratio > 0, "no sane ratio: " + row.what);
    absl::StrAppendFormat(&text, "| %s | %s | %s | %.2f |\n", row.what, row.service, row.bare, row.ratio);
  }
  absl::StrAppend(&text, "\n| memory of the process | needed meanwhile | afterwards |\n|---|---|---|\n");
  for (const std::string& row : memory_) text += row;
  return text;
}

}  // namespace agreements::benchmark
