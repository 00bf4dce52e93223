#include "tests/benchmark/calls/turns.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "tests/benchmark/figures.h"

namespace agreements::benchmark {
namespace {

struct Reading {
  absl::Duration time;
  Usage server;
  Usage database;
  Usage client;
};

Reading Read(const Processes& processes) {
  return {.time = Elapsed(),
          .server = UsageOf(processes.server),
          .database = UsageOf(processes.database),
          .client = OwnUsage()};
}

// Of sorted latencies.
absl::Duration Percentile(const Load::Latencies& latencies, size_t percent) {
  return absl::Microseconds(latencies[std::min(latencies.size() * percent / 100, latencies.size() - 1)]);
}

Usage PerCall(const Usage& usage, double calls) {
  return {.cpu = usage.cpu / calls, .switches = usage.switches / calls};
}

template <typename Get>
auto MedianBy(const std::vector<Turn>& turns, Get get) {
  std::vector<decltype(get(turns.front()))> values;
  values.reserve(turns.size());
  for (const Turn& turn : turns) values.push_back(get(turn));
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Usage MedianUsage(const std::vector<Turn>& turns, Usage Turn::*usage) {
  return {.cpu = MedianBy(turns, [&](const Turn& turn) { return (turn.*usage).cpu; }),
          .switches = MedianBy(turns, [&](const Turn& turn) { return (turn.*usage).switches; })};
}

}  // namespace

Turn TakeTurn(Load& load, const Processes& processes, absl::Duration time) {
  load.Begin();
  absl::SleepFor(time / 5);
  const Reading begin = Read(processes);
  load.BeginToCount();
  absl::SleepFor(time);
  while (!load.HasCounted() && !load.HasFailed()) absl::SleepFor(absl::Milliseconds(1));
  load.EndToCount();
  const Reading end = Read(processes);
  load.End();

  Load::Latencies latencies = load.Counted();
  Require(!latencies.empty(), "no call was counted");
  std::sort(latencies.begin(), latencies.end());
  const auto calls = static_cast<double>(latencies.size());
  return {.rate = calls / absl::ToDoubleSeconds(end.time - begin.time),
          .p50 = Percentile(latencies, 50),
          .p99 = Percentile(latencies, 99),
          .server = PerCall(end.server - begin.server, calls),
          .database = PerCall(end.database - begin.database, calls),
          .client = PerCall(end.client - begin.client, calls)};
}

Turn MedianOf(const std::vector<Turn>& turns) {
  Require(!turns.empty(), "nothing was measured");
  return {.rate = MedianBy(turns, [](const Turn& turn) { return turn.rate; }),
          .p50 = MedianBy(turns, [](const Turn& turn) { return turn.p50; }),
          .p99 = MedianBy(turns, [](const Turn& turn) { return turn.p99; }),
          .server = MedianUsage(turns, &Turn::server),
          .database = MedianUsage(turns, &Turn::database),
          .client = MedianUsage(turns, &Turn::client)};
}

}  // namespace agreements::benchmark
