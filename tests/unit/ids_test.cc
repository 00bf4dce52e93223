#include "storage/connection/ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "proto/id_prefixes.h"

namespace agreements::storage {
namespace {

using ::testing::MatchesRegex;

TEST(Ids, ArePrefixesAnd16CharactersOfCrockfordBase32) {
  ClockIdSource ids([] { return absl::FromUnixMillis(1'795'431'600'000); });
  EXPECT_THAT(ids.Next(kAgreementPrefix), MatchesRegex("agr-[0-9abcdefghjkmnpqrstvwxyz]{16}"));
  EXPECT_EQ(ids.Next(kCompanyPrefix).size(), static_cast<size_t>(kIdLength));
}

TEST(Ids, SortByTime) {
  absl::Time now = absl::FromUnixMillis(1'795'431'600'000);
  ClockIdSource ids([&now] { return now; });
  std::string last = ids.Next("agr-");
  for (int i = 0; i < 1000; ++i) {
    now += absl::Milliseconds(i % 3);
    const std::string next = ids.Next("agr-");
    EXPECT_LT(last, next);
    last = next;
  }
}

TEST(Ids, TellWhenTheyWereMade) {
  const absl::Time now = absl::FromUnixMillis(1'795'431'600'123);
  EXPECT_EQ(TimeOfId(ClockIdSource([now] { return now; }).Next("agr-")), now);
  for (const char* other : {"", "accounting", "agr-U00000000000000u"}) {
    EXPECT_EQ(TimeOfId(other), absl::InfinitePast()) << other;
  }
}

TEST(Ids, SortEvenWhenTheClockStepsBack) {
  absl::Time now = absl::FromUnixMillis(1'795'431'600'000);
  ClockIdSource ids([&now] { return now; });
  const std::string before = ids.Next("agr-");
  now -= absl::Seconds(10);
  EXPECT_LT(before, ids.Next("agr-"));
}

TEST(Ids, OfTwoSourcesAtOneInstantDiffer) {
  const auto now = [] { return absl::FromUnixMillis(1'795'431'600'000); };
  ClockIdSource first(now);
  ClockIdSource second(now);
  EXPECT_NE(first.Next("agr-"), second.Next("agr-"));
}

TEST(Ids, AreUniqueAmongThreads) {
  ClockIdSource ids([] { return absl::FromUnixMillis(1'795'431'600'000); });
  std::vector<std::vector<std::string>> made(8);
  std::vector<std::jthread> threads;
  threads.reserve(made.size());
  for (auto& mine : made) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) mine.push_back(ids.Next("cmp-"));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 8000u);
}

}  // namespace
}  // namespace agreements::storage
