#include "server/operations/explanation_memory.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace agreements {
namespace {

using Share = ExplanationMemory::Share;

constexpr int kLargeOnes = ExplanationMemory::kInAll / ExplanationMemory::kMost;

TEST(ExplanationMemory, GivesMuchWhileThereIsMuchAndAlittleAlways) {
  ExplanationMemory memory;
  std::vector<Share> shares;
  for (int i = 0; i < kLargeOnes; ++i) EXPECT_EQ(shares.emplace_back(memory.Take()).rows(), ExplanationMemory::kMost);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(shares.emplace_back(memory.Take()).rows(), ExplanationMemory::kLeast);
  shares.clear();
  for (int i = 0; i < kLargeOnes; ++i) EXPECT_EQ(shares.emplace_back(memory.Take()).rows(), ExplanationMemory::kMost);
}

TEST(ExplanationMemory, TakesBackWhatIsNotKept) {
  ExplanationMemory memory;
  std::vector<Share> shares;
  for (int i = 0; i < 3 * kLargeOnes; ++i) {
    EXPECT_EQ(shares.emplace_back(memory.Take()).rows(), ExplanationMemory::kMost);
    shares.back().Keep(1);
    EXPECT_EQ(shares.back().rows(), 1);
  }
}

TEST(ExplanationMemory, AShareIsGivenBackOnceHoweverOftenItMoves) {
  ExplanationMemory memory;
  for (int i = 0; i < 2 * kLargeOnes; ++i) {
    Share share = memory.Take();
    EXPECT_EQ(share.rows(), ExplanationMemory::kMost);
    Share moved = std::move(share);
    share = memory.Take();
    share = std::move(moved);
    EXPECT_EQ(share.rows(), ExplanationMemory::kMost);
  }
}

}  // namespace
}  // namespace agreements
