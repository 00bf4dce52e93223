// What a call and a database tell of themselves, for the log and for metrics.
#include "storage/connection/figures.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "proto/errors.h"
#include "tests/storage/database_fixture.h"

namespace agreements::storage {
namespace {

using Phase = StatementEvent::Phase;

const Statement kSleep = {"sleep", "SELECT SLEEP(0.1)"};

int64_t ReadNumber(const Row& row) { return row.GetInt64(1); }

// "conflict 2, duplicate 1"
std::string RerunsOf(const CallFigures& figures) {
  std::string text;
  for (size_t i = 0; i < kRerunCauses; ++i) {
    if (figures.reruns[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::string(NameOf(static_cast<RerunCause>(i))) + " " + std::to_string(figures.reruns[i]);
  }
  return text;
}

class FiguresTest : public DatabaseTest {
 protected:
  Call CountedCall() {
    Call call = NewCall();
    call.figures = &figures_;
    return call;
  }

  CallFigures figures_;
};

TEST_F(FiguresTest, CountRoundTripsAndTheirTime) {
  ASSERT_TRUE(database_.ReadWrite(NewCall(), Insert).ok());
  ASSERT_TRUE(database_.ReadWrite(CountedCall(), Insert).ok());
  EXPECT_EQ(figures_.round_trips, 4) << "the request, the agreement, the change, COMMIT";
  EXPECT_GT(figures_.database_time, absl::ZeroDuration());
  const absl::Duration slept = kSleep.time();
  const auto sleep = [](ReadTransaction& tx) { return tx.QueryOne(kSleep, {}, ReadNumber); };
  ASSERT_TRUE(database_.ReadOnly(CountedCall(), sleep).ok());
  EXPECT_GE(figures_.database_time, absl::Milliseconds(100));
  EXPECT_GE(kSleep.time() - slept, absl::Milliseconds(100));
}

TEST_F(FiguresTest, CountTheConnectionThatACallOpens) {
  ASSERT_TRUE(database_.ReadWrite(CountedCall(), Insert).ok());
  EXPECT_GT(figures_.round_trips, static_cast<int64_t>(Statement::All().size()));
}

TEST_F(FiguresTest, TellWhyACallRanAgain) {
  for (const auto& [error, causes] : {std::pair{1213, "conflict 1"},
                                      {1205, "row_locked 1"},
                                      {2013, "connection_lost 1"},
                                      {1290, "server_refuses 1"},
                                      {1026, "cannot_write 1"},
                                      {0, ""}}) {
    figures_ = {};
    std::atomic<int> commits = 0;
    on_statement_ = [&, number = error](const StatementEvent& event) {
      return event.name == "COMMIT" && event.phase == Phase::kBefore && ++commits == 1 ? number : 0;
    };
    EXPECT_TRUE(database_.ReadWrite(CountedCall(), Insert).ok());
    EXPECT_EQ(RerunsOf(figures_), causes) << error;
    EXPECT_EQ(figures_.rerun_count(), *causes == '\0' ? 0 : 1);
  }
}

TEST_F(FiguresTest, TellThatATransactionStartedOver) {
  int runs = 0;
  EXPECT_TRUE(database_
                  .ReadWrite(CountedCall(),
                             [&](Transaction& tx) -> absl::StatusOr<v1::CreateAgreementResponse> {
                               if (++runs < 3) return StartOver();
                               return Insert(tx);
                             })
                  .ok());
  EXPECT_EQ(RerunsOf(figures_), "started_over 2");
}

TEST_F(FiguresTest, TellWhetherTheResponseIsThatOfAnEarlierCall) {
  Call call = CountedCall();
  call.request_id = "first";
  ASSERT_TRUE(database_.ReadWrite(call, Insert).ok());
  EXPECT_FALSE(figures_.replayed);
  call.request_hash = "another";
  EXPECT_EQ(ReasonOf(database_.ReadWrite(call, Insert).status()), v1::ERROR_REASON_REQUEST_ID_REUSED);
  EXPECT_FALSE(figures_.replayed);
  call.request_hash = "h";
  ASSERT_TRUE(database_.ReadWrite(call, Insert).ok());
  EXPECT_TRUE(figures_.replayed);
}

TEST_F(FiguresTest, OfTheDatabaseCountItsConnections) {
  DatabaseFigures inside;
  const auto look = [&](ReadTransaction& tx) {
    inside = database_.figures();
    return tx.QueryOne(kSleep, {}, ReadNumber);
  };
  ASSERT_TRUE(database_.ReadOnly(NewCall(), look).ok());
  EXPECT_EQ(inside.connections_in_use, 1);
  EXPECT_EQ(inside.idle_connections, 0);
  EXPECT_EQ(database_.figures().connections_in_use, 0);
  EXPECT_EQ(database_.figures().idle_connections, 1);
  EXPECT_EQ(database_.figures().connections_opened, 1);
  on_statement_ = [](const StatementEvent& event) { return event.name == "sleep" ? 2013 : 0; };
  Call call = NewCall(absl::Milliseconds(200));
  EXPECT_FALSE(database_.ReadOnly(call, look).ok());
  EXPECT_EQ(database_.figures().connections_in_use, 0) << "lost ones are closed";
  EXPECT_GT(database_.figures().connections_opened, 1);
  EXPECT_EQ(database_.figures().connects_failed, 0);
  DatabaseOptions options = Options();
  options.socket = "/nonexistent/socket";
  Database unreachable(options, test_database_.ids(), absl::Now);
  EXPECT_FALSE(unreachable.ReadOnly(NewCall(absl::Milliseconds(100)), look).ok());
  EXPECT_GT(unreachable.figures().connects_failed, 0);
}

}  // namespace
}  // namespace agreements::storage
