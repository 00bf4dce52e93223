#include "client/cli/export/order_numbers.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "proto/id_prefixes.h"
#include "storage/connection/ids.h"

namespace agreements::cli {
namespace {

int64_t NumberOf(const absl::StatusOr<std::string>& number) {
  int64_t value = -1;
  EXPECT_TRUE(number.ok() && absl::SimpleAtoi(*number, &value)) << number.status();
  return value;
}

// The ids that a server makes one after the other; the clock moves on by `step` after each.
std::vector<std::string> Ids(int count, absl::Time time, absl::Duration step) {
  storage::ClockIdSource source([&] { return time; });
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i, time += step) ids.push_back(source.Next(kOrderBasisPrefix));
  return ids;
}

absl::Time In2026() { return absl::FromUnixMillis(1'795'669'260'123); }

TEST(OrderNumber, IsTheSameForEver) {
  EXPECT_EQ(OrderNumber("ord-1m84e76f91jab764").value(), "217608663529172");
  EXPECT_EQ(OrderNumber("ord-1m84e76f91jab765").value(), "217608663529173");
  EXPECT_EQ(ShortOrderNumber("ord-1m84e76f91jab764").value(), "715849200");
}

TEST(OrderNumber, BeginsWithTheTimeAndIsExactInASpreadsheet) {
  const std::vector<std::string> ids = Ids(1, In2026(), absl::ZeroDuration());
  const int64_t number = NumberOf(OrderNumber(ids[0]));
  EXPECT_EQ(number / 1'000, absl::ToUnixMillis(In2026()) - 1'577'836'800'000);
  EXPECT_EQ(absl::StrCat(number).size(), 15);
  EXPECT_EQ(static_cast<int64_t>(static_cast<double>(number)), number);
}

TEST(OrderNumber, IsAnotherOneForEachDocumentOfAMillisecond) {
  std::set<std::string> numbers;
  for (const std::string& id : Ids(1'000, In2026(), absl::ZeroDuration())) numbers.insert(OrderNumber(id).value());
  EXPECT_EQ(numbers.size(), 1'000);
}

TEST(OrderNumber, GrowsWithTime) {
  int64_t last = 0;
  for (const std::string& id : Ids(1'000, In2026(), absl::Milliseconds(1))) {
    const int64_t number = NumberOf(OrderNumber(id));
    EXPECT_GT(number, last);
    last = number;
  }
}

TEST(OrderNumber, IsThereFrom2020To2051) {
  const absl::Time first = absl::FromUnixMillis(1'577'836'800'000);
  EXPECT_TRUE(OrderNumber(storage::FirstId(kOrderBasisPrefix, first)).ok());
  EXPECT_FALSE(OrderNumber(storage::FirstId(kOrderBasisPrefix, first - absl::Milliseconds(1))).ok());
  const absl::Time end = first + absl::Milliseconds(1'000'000'000'000);
  EXPECT_EQ(OrderNumber(storage::FirstId(kOrderBasisPrefix, end - absl::Milliseconds(1))).value(), "999999999999000");
  EXPECT_EQ(OrderNumber(storage::FirstId(kOrderBasisPrefix, end)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(OrderNumber, IsOnlyForIdsOfOrderBases) {
  for (const char* id : {"", "ord-", "ord-1m84e76f91jab76", "ord-1m84e76f91jab7644", "agr-1m84e76f91jab764",
                         "ord-1m84e76f91jab76u", "ord-1M84E76F91JAB764", "1m84e76f91jab764", "ord-1m84e76f9 jab764"}) {
    EXPECT_EQ(OrderNumber(id).status().code(), absl::StatusCode::kInvalidArgument) << id;
    EXPECT_EQ(ShortOrderNumber(id).status().code(), absl::StatusCode::kInvalidArgument) << id;
  }
}

TEST(ShortOrderNumber, HasNineDigitsAndIsSpreadEvenly) {
  std::set<std::string> numbers;
  int64_t below_the_middle = 0;
  constexpr int kIds = 10'000;
  for (const std::string& id : Ids(kIds, In2026(), absl::ZeroDuration())) {
    const std::string number = ShortOrderNumber(id).value();
    EXPECT_EQ(number.size(), 9);
    EXPECT_NE(number.front(), '0');
    below_the_middle += NumberOf(number) < 550'000'000 ? 1 : 0;
    numbers.insert(number);
  }
  EXPECT_GE(numbers.size(), kIds - 2U);
  EXPECT_NEAR(static_cast<double>(below_the_middle), kIds / 2.0, 300);
}

}  // namespace
}  // namespace agreements::cli
