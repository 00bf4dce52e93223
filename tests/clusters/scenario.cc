#include "tests/clusters/scenario.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/testing/raw_connection.h"

namespace agreements::testing {

std::string TestEngine() {
  const char* engine = std::getenv("AGREEMENTS_TEST_ENGINE");
  if (engine == nullptr) throw std::runtime_error("AGREEMENTS_TEST_ENGINE is not set: run tests through tests/run");
  return engine;
}

ClockFile::ClockFile() : directory_(std::filesystem::temp_directory_path() / "agreements-clock.XXXXXX") {
  if (mkdtemp(directory_.data()) == nullptr) throw std::runtime_error(directory_);
}

ClockFile::~ClockFile() { std::filesystem::remove_all(directory_); }

Scene::Scene(const std::string& engine, int size, const std::vector<int>& nodes)
    : cluster(engine, size), server(FlagsOf(cluster, nodes)) {
  if (server.Address().empty()) throw std::runtime_error(server.Output());
}

bool MoreIsDone(const Load& load, int64_t count) {
  const int64_t before = load.done();
  const absl::Time patience = absl::Now() + absl::Seconds(30);
  while (load.done() < before + count) {
    if (absl::Now() > patience) return false;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return true;
}

void RenewConnections(const Cluster& cluster, int node, absl::Duration duration) {
  const absl::Time end = absl::Now() + duration;
  while (absl::Now() < end) {
    cluster.KillIdleConnections(node);
    absl::SleepFor(absl::Milliseconds(500));
  }
}

std::vector<std::string> FlagsOf(const Cluster& cluster, const std::vector<int>& nodes,
                                 const std::vector<std::string>& more) {
  std::vector<std::string> flags = cluster.Flags(nodes);
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

int64_t MetricSum(ServerProcess& server, const std::string& name) {
  RawConnection http(server.HttpAddress());
  http.Say("GET /metrics HTTP/1.0\r\n\r\n");
  const std::string text = http.ReadToEnd();
  double sum = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StartsWith(line, name + "{") && !absl::StartsWith(line, name + " ")) continue;
    double value = 0;
    if (absl::SimpleAtod(absl::StripAsciiWhitespace(line.substr(line.rfind(' ') + 1)), &value)) sum += value;
  }
  return static_cast<int64_t>(sum);
}

void Tell(const std::string& figures) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::cout << "FIGURES " << TestEngine() << " " << test->name() << ": " << figures << std::endl;
}

}  // namespace agreements::testing
