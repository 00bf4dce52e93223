// What a stream answers, and what it leaves to others.
#include "server/rpc/methods.h"

#include <latch>
#include <stdexcept>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/unit/calls_fixture.h"

namespace agreements::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(CallsTest, AStreamHasEveryMessageInOrderAndEndsWell) {
  Serve([](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 1000) return std::nullopt;
    return absl::StrCat(i);
  });
  Call call(*stub_);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call.Read(), absl::StrCat(i));
  EXPECT_EQ(call.Read(), std::nullopt);
  EXPECT_TRUE(call.Finish().ok());
  source_->WaitForEnd();
}

TEST_F(CallsTest, AStreamMayBeEmpty) {
  Serve([](int, const storage::Call&) { return std::nullopt; });
  Call call(*stub_);
  EXPECT_THAT(call.ReadAll(), IsEmpty());
  EXPECT_TRUE(call.Finish().ok());
}

TEST_F(CallsTest, EachMessageKnowsTheCall) {
  Serve([](int i, const storage::Call& call) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 2) return std::nullopt;
    const bool near = call.deadline <= absl::Now() + absl::Seconds(31);
    return absl::StrCat(call.account_id, call.validate_only ? " checks only" : "", near ? " in time" : "");
  });
  Call call(*stub_);
  EXPECT_THAT(call.ReadAll(), ElementsAre("acct-1 checks only in time", "acct-1 checks only in time"));
}

TEST_F(CallsTest, AStreamWhoseSourceFailsEndsWithThatError) {
  Serve([](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 2) return OrderBasisNotFound("ord-1");
    return absl::StrCat(i);
  });
  Call call(*stub_);
  EXPECT_THAT(call.ReadAll(), ElementsAre("0", "1"));
  EXPECT_EQ(ReasonOf(call.Finish()), v1::ERROR_REASON_ORDER_BASIS_NOT_FOUND);
  EXPECT_EQ(source_->reads(), 3);
}

TEST_F(CallsTest, ASourceThatThrowsCostsItsOwnStreamOnly) {
  Serve([](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 1) throw std::runtime_error("a defect");
    return absl::StrCat(i);
  });
  Call call(*stub_);
  EXPECT_THAT(call.ReadAll(), ElementsAre("0"));
  const absl::Status status = call.Finish();
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_INTERNAL_ERROR) << status;
  EXPECT_TRUE(Get().ok());
}

TEST_F(CallsTest, AnInvalidRequestOpensNoStream) {
  Serve(Endless);
  Call call(*stub_, absl::Seconds(30), "");
  EXPECT_EQ(ReasonOf(call.Finish()), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(source_->reads(), 0);
}

TEST_F(CallsTest, AStreamWithoutEndStarvesNobody) {
  Serve(Endless);
  Call call(*stub_);
  std::jthread reader([&] { call.ReadAll(); });
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(Get().ok());
  const int reads = source_->reads();
  source_->WaitForReads(reads + 100);
  call.Cancel();
  reader.join();
  EXPECT_TRUE(absl::IsCancelled(call.Finish()));
  source_->WaitForEnd();
}

TEST_F(CallsTest, AClientThatTakesNoMessagesKeepsNoWorkerAndGetsNoFurtherOnes) {
  Serve(ThreeLargeOnes);
  Call call(*stub_);
  source_->WaitForReads(1);
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(Get().ok());
  EXPECT_EQ(source_->reads(), 1);
  EXPECT_EQ(call.ReadAll().size(), 3U);
  EXPECT_TRUE(call.Finish().ok());
}

TEST_F(CallsTest, AFullQueueRefusesANewStreamAndNotTheNextMessageOfAnother) {
  Serve(ThreeLargeOnes);
  Call begun(*stub_);
  source_->WaitForReads(1);
  std::latch held_up(1);
  std::latch let_go(1);
  const TaskOwner someone = {.caller = "one", .account_id = "acct-2", .kind = TaskKind::kRead};
  workers_.GoOn(someone, [&](const Admission&) {
    held_up.count_down();
    let_go.wait();
  });
  held_up.wait();
  const TaskOwner someone_else = {.caller = "other", .account_id = "acct-3", .kind = TaskKind::kChange};
  for (const TaskOwner& owner : {someone, someone, someone_else, someone_else}) {
    workers_.Run(owner, absl::InfiniteDuration(), [](const Admission& admission) { EXPECT_FALSE(admission.refusal); });
  }
  EXPECT_EQ(ReasonOf(Call(*stub_).Finish()), v1::ERROR_REASON_SERVER_BUSY);
  EXPECT_EQ(begun.Read()->size(), kLarge);
  let_go.count_down();
  EXPECT_EQ(begun.ReadAll().size(), 2U);
  EXPECT_TRUE(begun.Finish().ok());
}

}  // namespace
}  // namespace agreements::testing
