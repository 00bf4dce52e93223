// Charging, all of it (domain.md U1 to U3, B1 to B9, T1 to T4, O1 to O8, D2): random histories over several months,
// against an oracle that was written from domain.md alone.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/testing/billing_generator.h"
#include "tests/testing/billing_history.h"

namespace agreements::testing {
namespace {

constexpr int kHistories = 2000;  // A tenth in CI.

// "" if service and oracle agree on the history of a seed; else how they differ, and the history as a test, shrunk.
std::string RunSeed(Service& service, unsigned seed) {
  Generator generator(seed);
  History history;
  Replay replay(service, FreshAccount());
  std::string difference;
  while (difference.empty() && static_cast<int>(history.steps().size()) < generator.steps()) {
    generator.Add(replay.oracle(), history);
    difference = history.steps().back().run(replay);
  }
  if (difference.empty()) difference = replay.Check();
  if (difference.empty()) return "";
  const History shrunk = history.Shrunk(service);
  return absl::StrCat("seed ", seed, ": ", history.steps().size(), " steps, of which these are enough:\n\n",
                      "TEST(BillingProperty, Seed", seed, ") {\n", shrunk.Text(), "}\n\n", shrunk.Run(service));
}

TEST(BillingProperty, EveryHistoryIsChargedAsTheOracleSays) {
  Service service;
  for (int seed = 1; seed <= Rounds(kHistories); ++seed) {
    const std::string difference = RunSeed(service, static_cast<unsigned>(seed));
    ASSERT_TRUE(difference.empty()) << difference;
  }
  EXPECT_EQ(service.Breaches(), "");
}

}  // namespace
}  // namespace agreements::testing
