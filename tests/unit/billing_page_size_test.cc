#include "server/operations/billing_page_size.h"

#include <gtest/gtest.h>

namespace agreements {
namespace {

constexpr absl::Duration kAim = BillingPageSize::kAim;

std::deque<storage::BillableAgreement> Agreements(size_t count, int64_t companies) {
  return std::deque<storage::BillableAgreement>(
      count, {.agreement_id = "agr-1", .settled_until = absl::CivilDay(2026, 11, 1), .companies = companies});
}

TEST(BillingPageSize, BeginsWithAFewAgreements) {
  EXPECT_EQ(BillingPageSize(100).Next(Agreements(1000, 10)), 10u);
  EXPECT_EQ(BillingPageSize(100).Next(Agreements(3, 10)), 3u);
  EXPECT_EQ(BillingPageSize(1).Next(Agreements(1000, 10)), 1u);
}

TEST(BillingPageSize, FollowsTheTimeThatPagesTake) {
  BillingPageSize size(100);
  size.Settled(10, 100, kAim / 4);
  EXPECT_EQ(size.Next(Agreements(1000, 10)), 20u) << "twice as large at the most";
  size.Settled(20, 200, kAim / 2);
  EXPECT_EQ(size.Next(Agreements(1000, 10)), 40u);
  size.Settled(40, 400, kAim);
  EXPECT_EQ(size.Next(Agreements(1000, 10)), 40u);
  size.Settled(40, 400, kAim * 100);
  EXPECT_EQ(size.Next(Agreements(1000, 10)), 20u) << "half as large at the least, since it may have waited";
}

TEST(BillingPageSize, StaysAFewAgreementsWhereEachStatementIsSlow) {
  BillingPageSize size(100);
  for (int i = 0; i < 10; ++i) size.Settled(10, 100, kAim * 100);
  EXPECT_EQ(size.Next(Agreements(1000, 10)), 10u);
}

TEST(BillingPageSize, NeverHasMoreThanTheMost) {
  BillingPageSize size(100);
  for (int i = 0; i < 50; ++i) size.Settled(100, 0, absl::ZeroDuration());
  EXPECT_EQ(size.Next(Agreements(1000, 0)), 100u);
}

TEST(BillingPageSize, AnAgreementWithManyCompaniesIsAPageByItself) {
  const BillingPageSize size(100);
  EXPECT_EQ(size.Next(Agreements(10, 10'000)), 1u);
  auto agreements = Agreements(5, 10);
  agreements.push_back(Agreements(1, 10'000).front());
  EXPECT_EQ(size.Next(agreements), 5u);
}

TEST(BillingPageSize, IsHalvedDownToOneWhilePagesMeetOthers) {
  BillingPageSize size(100);
  size.Conflicted(10);
  EXPECT_EQ(size.Next(Agreements(1000, 10)), 5u);
  size.Conflicted(5);
  size.Conflicted(2);
  EXPECT_EQ(size.Next(Agreements(1000, 10)), 1u);
  size.Conflicted(1);
  EXPECT_EQ(size.Next(Agreements(1000, 10)), 1u);
  for (int i = 0; i < 3; ++i) size.Settled(1, 10, kAim / 10);
  EXPECT_EQ(size.Next(Agreements(1000, 10)), 8u) << "and grows again";
}

}  // namespace
}  // namespace agreements
