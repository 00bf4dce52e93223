#include "proto/days.h"
#include "server/rules/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace agreements::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::TimeZone Oslo() {
  absl::TimeZone oslo;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Oslo", &oslo));
  return oslo;
}

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

std::string DayInOslo(const std::string& instant) { return FormatDay(DayOf(At(instant), Oslo())); }

TEST(C1OrganizationNumber, TheVectorsOfTheDomainHold) {
  EXPECT_TRUE(IsOrganizationNumber("974760673"));
  EXPECT_FALSE(IsOrganizationNumber("974760674"));
}

TEST(C1OrganizationNumber, HasNineDigitsAndBeginsWith8Or9) {
  EXPECT_TRUE(IsOrganizationNumber("889640782"));
  EXPECT_FALSE(IsOrganizationNumber("123456785")) << "a valid check digit, but begins with 1";
  EXPECT_FALSE(IsOrganizationNumber(""));
  EXPECT_FALSE(IsOrganizationNumber("97476067"));
  EXPECT_FALSE(IsOrganizationNumber("9747606730"));
  EXPECT_FALSE(IsOrganizationNumber("97476067x"));
  EXPECT_FALSE(IsOrganizationNumber("974 760 673"));
}

// The oracle adds the check digit with weight 1: the whole sum is then divisible by 11.
TEST(C1OrganizationNumber, EveryNumberOfAWideSampleAgreesWithTheWholeSum) {
  int valid = 0;
  for (int number = 900'000'000; number < 999'999'999; number += 7'919) {
    const std::string text = std::to_string(number);
    const int weights[] = {3, 2, 7, 6, 5, 4, 3, 2, 1};
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += weights[i] * (text[static_cast<size_t>(i)] - '0');
    EXPECT_EQ(IsOrganizationNumber(text), sum % 11 == 0) << text;
    if (sum % 11 == 0) ++valid;
  }
  EXPECT_GT(valid, 1000);
}

TEST(C1OrganizationNumber, ARemainderOfTenIsValidWithNoCheckDigit) {
  // 8 * 3 + 1 * 2 + 4 * 2 = 34 = 3 * 11 + 1: the check digit would be 10.
  for (char digit = '0'; digit <= '9'; ++digit) EXPECT_FALSE(IsOrganizationNumber(std::string("81000004") + digit));
}

TEST(C2Draft, OnlyTheNameIsNeeded) {
  v1::CompanyDraft draft;
  draft.set_organization_number("974760673");
  EXPECT_THAT(MissingFields(draft), ElementsAre("display_name"));
  draft.set_display_name("Nordlys Bakeri AS");
  draft.clear_organization_number();
  EXPECT_THAT(MissingFields(draft), IsEmpty());
}

TEST(D1Day, IsTheDayInOsloInWinterAndSummer) {
  EXPECT_EQ(DayInOslo("2026-03-31T22:30:00Z"), "2026-04-01");
  EXPECT_EQ(DayInOslo("2026-03-31T21:59:59.999999Z"), "2026-03-31");
  EXPECT_EQ(DayInOslo("2026-01-31T22:59:59Z"), "2026-01-31");
  EXPECT_EQ(DayInOslo("2026-01-31T23:00:00Z"), "2026-02-01");
}

TEST(D1Day, OfTheNightsInWhichTheClockChangesHasNoGap) {
  EXPECT_EQ(DayInOslo("2026-03-28T22:59:59Z"), "2026-03-28");
  EXPECT_EQ(DayInOslo("2026-03-28T23:00:00Z"), "2026-03-29");
  EXPECT_EQ(DayInOslo("2026-03-29T22:00:00Z"), "2026-03-30");
  EXPECT_EQ(DayInOslo("2026-10-24T22:00:00Z"), "2026-10-25");
  EXPECT_EQ(DayInOslo("2026-10-25T22:59:59Z"), "2026-10-25");
  EXPECT_EQ(DayInOslo("2026-10-25T23:00:00Z"), "2026-10-26");
}

TEST(D2FirstDay, IsTodayUnlessSettledOrBeforeWhatItReplaces) {
  const absl::CivilDay today(2026, 11, 16);
  EXPECT_EQ(FormatDay(FirstDay(today, {absl::CivilDay(2026, 11, 1)})), "2026-11-16");
  EXPECT_EQ(FormatDay(FirstDay(today, {absl::CivilDay(2026, 11, 1), absl::CivilDay(2026, 12, 1)})), "2026-12-01");
  EXPECT_EQ(FormatDay(FirstDay(today, {absl::CivilDay(2026, 11, 16)})), "2026-11-16");
  EXPECT_EQ(FormatDay(FirstDay(today, {absl::CivilDay(2026, 11, 1)}, absl::CivilDay(2026, 11, 20))), "2026-11-20");
}

TEST(D2LastDay, IsTodayUnlessSettledOrBeforeItsOwnBeginning) {
  const absl::CivilDay today(2026, 11, 16);
  EXPECT_EQ(FormatDay(LastDay(today, absl::CivilDay(2026, 11, 1), absl::CivilDay(2026, 1, 1))), "2026-11-16");
  EXPECT_EQ(FormatDay(LastDay(today, absl::CivilDay(2026, 11, 17), absl::CivilDay(2026, 1, 1))), "2026-11-16");
  EXPECT_EQ(FormatDay(LastDay(today, absl::CivilDay(2026, 11, 18), absl::CivilDay(2026, 1, 1))), "2026-11-17");
  EXPECT_EQ(FormatDay(LastDay(today, absl::CivilDay(2026, 11, 1), absl::CivilDay(2026, 11, 20))), "2026-11-20");
}

TEST(Revision, IsComparedOnlyIfTheRequestHasOne) {
  struct Request {
    bool has_revision() const { return value.has_value(); }
    int64_t revision() const { return *value; }
    std::optional<int64_t> value;
  };
  EXPECT_TRUE(CheckRevision(Request{}, "cmp-1", 7).ok());
  EXPECT_TRUE(CheckRevision(Request{.value = 7}, "cmp-1", 7).ok());
  EXPECT_EQ(ReasonOf(CheckRevision(Request{.value = 6}, "cmp-1", 7)), v1::ERROR_REASON_STALE_REVISION);
}

}  // namespace
}  // namespace agreements::rules
