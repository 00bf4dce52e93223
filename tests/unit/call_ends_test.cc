// What ends a stream before its last message: its client, its deadline, the server.
#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/unit/calls_fixture.h"

namespace agreements::testing {
namespace {

TEST_F(CallsTest, AStreamWhoseClientHasGoneEndsWhetherItIsWorkedOnOrNotTaken) {
  std::promise<void> let_go;
  const std::shared_future<void> may_go = let_go.get_future().share();
  Serve([may_go](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    may_go.wait();
    return absl::StrCat(i);
  });
  Call worked_on(*stub_);
  source_->WaitForReads(1);
  worked_on.Cancel();
  EXPECT_TRUE(absl::IsCancelled(worked_on.Finish()));
  let_go.set_value();
  source_->WaitForEnd();

  Serve(ThreeLargeOnes);
  Call not_taken(*stub_);
  source_->WaitForReads(1);
  not_taken.Cancel();
  EXPECT_TRUE(absl::IsCancelled(not_taken.Finish()));
  source_->WaitForEnd();
  EXPECT_EQ(source_->reads(), 1);
}

TEST_F(CallsTest, AStreamEndsWhenItsDeadlineHasPassed) {
  Serve([](int i, const storage::Call& call) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 1) absl::SleepFor(call.deadline - absl::Now());
    return absl::StrCat(i);
  });
  Call slow(*stub_, absl::Milliseconds(200));
  EXPECT_TRUE(absl::IsDeadlineExceeded(slow.Finish()));
  source_->WaitForEnd();
  EXPECT_LE(source_->reads(), 2);

  Serve(ThreeLargeOnes);
  Call not_taken(*stub_, absl::Seconds(2));
  source_->WaitForReads(1);
  source_->WaitForEnd();
  EXPECT_EQ(source_->reads(), 1);
}

TEST_F(CallsTest, StoppingEndsStreamsAtTheirNextMessage) {
  Serve(Endless);
  Call call(*stub_);
  source_->WaitForReads(1);
  std::jthread stopper([this] { workers_.Stop(); });
  const std::vector<std::string> taken = call.ReadAll();
  const absl::Status status = call.Finish();
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_SERVER_STOPPING) << status;
  EXPECT_EQ(static_cast<int>(taken.size()), source_->reads()) << "each message that was made was sent";
  stopper.join();
  EXPECT_EQ(ReasonOf(Call(*stub_).Finish()), v1::ERROR_REASON_SERVER_STOPPING);
  EXPECT_EQ(ReasonOf(Get()), v1::ERROR_REASON_SERVER_STOPPING);
}

TEST_F(CallsTest, StoppingWaitsForNoClientThatTakesNoMessages) {
  Serve(ThreeLargeOnes);
  Call call(*stub_);
  source_->WaitForReads(1);
  workers_.Stop();
  EXPECT_EQ(call.ReadAll().size(), 1U);
  EXPECT_EQ(ReasonOf(call.Finish()), v1::ERROR_REASON_SERVER_STOPPING);
}

TEST_F(CallsTest, AServerShutsDownUnderAClientThatTakesNoMessages) {
  Serve(ThreeLargeOnes);
  Call call(*stub_);
  source_->WaitForReads(1);
  workers_.Stop();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + absl::Milliseconds(100)));
  source_->WaitForEnd();
  EXPECT_FALSE(call.Finish().ok());
}

// Ends that meet at random: what was opened is always closed, once.
TEST_F(CallsTest, EveryStreamEndsHoweverItsEndsMeet) {
  Serve([](int i, const storage::Call&) -> absl::StatusOr<std::optional<std::string>> {
    if (i == 3) return std::nullopt;
    return std::string(i == 2 ? kLarge : 1, 'x');
  });
  std::vector<std::jthread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([this, client] {
      for (int i = 0; i < 50; ++i) {
        Call call(*stub_, absl::Microseconds(200 + 37 * (client * 50 + i) % 3000));
        if ((client + i) % 2 == 0) call.Read();
        if ((client + i) % 3 == 0) call.Cancel();
      }
    });
  }
  for (std::jthread& client : clients) client.join();
  source_->WaitForEnd();
  // What is late is still in the queue.
  absl::Status status;
  do {
    status = Get();
  } while (ReasonOf(status) == v1::ERROR_REASON_SERVER_BUSY);
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace agreements::testing
