// Calls whose callers go away: what they execute ends, and nothing else does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "tests/storage/database_fixture.h"

namespace agreements::storage {
namespace {

using Phase = StatementEvent::Phase;

// An interrupted SLEEP() fails only as a part of a larger statement.
const Statement kSleepLong = {"sleep_long", "SELECT COUNT(*) FROM agreements WHERE SLEEP(5) = 0"};
const Statement kSleepShortly = {"sleep_shortly", "SELECT COUNT(*) FROM agreements WHERE SLEEP(0.02) = 0"};
const Statement kNothing = {"nothing", "SELECT 1"};

int64_t ReadNumber(const Row& row) { return row.GetInt64(1); }

void SetAndNotify(std::atomic<bool>& flag) {
  flag = true;
  flag.notify_all();
}

class CancellationTest : public DatabaseTest {
 protected:
  CancellationTest() {
    id_ = database_.ReadWrite(NewCall(), Insert).value().agreement().agreement_id();
    on_statement_ = [this](const StatementEvent& event) {
      if (event.name == "KILL" && event.phase == Phase::kBefore) {
        killing_.fetch_add(1);
        killing_.notify_all();
        kills_may_go_.wait(false);
      }
      if (event.name == awaited_ && event.phase == Phase::kBefore) SetAndNotify(begun_);
      return 0;
    };
  }

  static Call CancellableCall(absl::Duration timeout = absl::Seconds(20)) {
    Call call = NewCall(timeout);
    call.cancellation = std::make_shared<Cancellation>();
    return call;
  }

  // Locks the agreement's row until the end.
  void HoldRow() {
    ASSERT_TRUE(holder_->Begin().ok());
    ASSERT_TRUE(holder_->Command("UPDATE agreements SET draft_count = 7").ok());
  }

  absl::StatusOr<v1::Agreement> Lock(const Call& call) {
    return database_.ReadWrite(call, [this](Transaction& tx) -> absl::StatusOr<v1::Agreement> {
      return LockLiveAgreement(tx, id_, {.drafts = 1});
    });
  }

  absl::Status Read(const Call& call, const Statement& statement) {
    return database_.ReadOnly(call, [&](ReadTransaction& tx) { return tx.QueryOne(statement, {}, ReadNumber); })
        .status();
  }

  // Cancels the call once the awaited statement has begun, and returns how long its answer then took.
  template <typename Run>
  absl::Duration TimeToEnd(const Call& call, absl::Duration after, const Run& run) {
    std::atomic<int64_t> cancelled = 0;
    std::jthread caller([&] {
      begun_.wait(false);
      absl::SleepFor(after);  // So that the server has begun, too. It is right without this, and easier.
      cancelled = absl::ToUnixMicros(absl::Now());
      call.cancellation->Cancel();
    });
    run();
    const absl::Time end = absl::Now();
    caller.join();
    return end - absl::FromUnixMicros(cancelled);
  }

  const std::unique_ptr<Session> holder_ = *database_.Connect();
  std::string id_;
  std::string awaited_;  // Set it before anything runs.
  std::atomic<bool> begun_ = false;
  std::atomic<int> killing_ = 0;
  std::atomic<bool> kills_may_go_ = true;
};

TEST_F(CancellationTest, ALongSelectEnds) {
  awaited_ = "sleep_long";
  const Call call = CancellableCall();
  absl::Status status;
  EXPECT_LT(TimeToEnd(call, absl::Milliseconds(100), [&] { status = Read(call, kSleepLong); }), absl::Seconds(1));
  EXPECT_EQ(status, absl::CancelledError());
  EXPECT_EQ(database_.figures().statements_killed, 1);
}

// MySQL limits such a wait to whole seconds only.
TEST_F(CancellationTest, AnUpdateThatWaitsForARowEnds) {
  HoldRow();
  const Call call = CancellableCall();
  absl::Status status;
  std::atomic<bool> answered = false;
  std::jthread caller([&] {
    status = Lock(call).status();
    answered = true;
  });
  while (test_database_.Sql("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'") ==
         "0\n") {
    if (answered) break;
    absl::SleepFor(absl::Milliseconds(150));  // The table is a copy, which the server renews when it was left alone.
  }
  EXPECT_FALSE(answered);
  const absl::Time begin = absl::Now();
  call.cancellation->Cancel();
  caller.join();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(1));
  EXPECT_EQ(status, absl::CancelledError());
  ASSERT_TRUE(holder_->Rollback().ok());
  EXPECT_TRUE(Lock(NewCall()).ok());
  EXPECT_EQ(test_database_.Sql("SELECT draft_count FROM agreements"), "1\n");
}

TEST_F(CancellationTest, AfterTheDeadlineTheAnswerIsThatItHasPassed) {
  const Call call = CancellableCall(absl::Milliseconds(300));
  std::jthread caller([&] {
    absl::SleepFor(call.deadline - absl::Now());
    call.cancellation->Cancel();
  });
  EXPECT_EQ(ReasonOf(Read(call, kSleepLong)), v1::ERROR_REASON_DEADLINE_PASSED);
  caller.join();
}

TEST_F(CancellationTest, BeforeTheCallNothingIsExecuted) {
  awaited_ = "nothing";
  const Call call = CancellableCall();
  call.cancellation->Cancel();
  EXPECT_EQ(Read(call, kNothing), absl::CancelledError());
  EXPECT_EQ(Lock(call).status(), absl::CancelledError());
  EXPECT_FALSE(begun_);
}

TEST_F(CancellationTest, BetweenTwoStatementsNoFurtherOneBegins) {
  awaited_ = "nothing";
  const Call call = CancellableCall();
  const auto status = database_
                          .ReadOnly(call,
                                    [&](ReadTransaction& tx) {
                                      call.cancellation->Cancel();
                                      return tx.QueryOne(kNothing, {}, ReadNumber);
                                    })
                          .status();
  EXPECT_EQ(status, absl::CancelledError());
  EXPECT_FALSE(begun_);
}

TEST_F(CancellationTest, BeforeCommitNothingIsCommitted) {
  const Call call = CancellableCall();
  const auto created = database_.ReadWrite(call, [&](Transaction& tx) {
    auto inserted = Insert(tx);
    call.cancellation->Cancel();
    return inserted;
  });
  EXPECT_EQ(created.status(), absl::CancelledError());
  EXPECT_EQ(Count(), "1\n");
}

TEST_F(CancellationTest, ThePauseBeforeARerunEnds) {
  DatabaseOptions options = Options();
  options.max_backoff = absl::Minutes(10);
  Database database(options, test_database_.ids(), absl::Now);
  const Call call = CancellableCall();
  std::atomic<int> runs = 0;
  std::atomic<bool> pauses = false;
  std::atomic<int64_t> cancelled = 0;
  std::jthread caller([&] {
    pauses.wait(false);
    cancelled = absl::ToUnixMicros(absl::Now());
    call.cancellation->Cancel();
  });
  // Pauses of up to 1, 2, 4 ms, and so on. The 13th is four seconds on the average.
  const auto status = database.ReadWrite(call, [&](Transaction&) -> absl::StatusOr<v1::Agreement> {
    if (++runs == 13) SetAndNotify(pauses);
    return StartOver();
  });
  EXPECT_LT(absl::Now() - absl::FromUnixMicros(cancelled), absl::Seconds(1));
  EXPECT_EQ(status.status(), absl::CancelledError());
  caller.join();
}

// The kill is on its way when the statement ends by itself. It arrives while another call runs.
TEST_F(CancellationTest, AKillThatComesLateMeetsNoOtherCall) {
  kills_may_go_ = false;
  awaited_ = "sleep_shortly";
  const Call call = CancellableCall();
  std::jthread canceller([&] {
    begun_.wait(false);
    call.cancellation->Cancel();
  });
  Read(call, kSleepShortly).IgnoreError();
  canceller.join();
  killing_.wait(0);
  CallFigures figures;
  std::jthread other([&] {
    Call other_call = NewCall();
    other_call.figures = &figures;
    EXPECT_TRUE(Read(other_call, kSleepLong).ok());
  });
  absl::SleepFor(absl::Milliseconds(300));  // The other one has begun by then. It sleeps for seconds.
  SetAndNotify(kills_may_go_);
  other.join();
  EXPECT_EQ(figures.rerun_count(), 0);
}

TEST_F(CancellationTest, AStormOfThemDisturbsNoOtherCall) {
  HoldRow();
  const int rounds = testing::Rounds(300);
  std::atomic<bool> storms = true;
  std::atomic<int> failed = 0;
  std::atomic<int> done = 0;
  std::vector<std::jthread> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back([&, account = absl::StrCat("acct-other-", i)] {
      do {
        CallFigures figures;
        Call call = CancellableCall();
        call.account_id = account;
        call.figures = &figures;
        const bool ok =
            Read(call, kSleepShortly).ok() && Read(call, kNothing).ok() && database_.ReadWrite(call, Insert).ok();
        if (!ok || figures.rerun_count() > 0) ++failed;
        ++done;
      } while (storms);
    });
  }
  std::vector<std::jthread> cancelled;
  for (int i = 0; i < 4; ++i) {
    cancelled.emplace_back([&, i] {
      std::minstd_rand random(static_cast<unsigned>(i));
      for (int round = 0; round < rounds; ++round) {
        const Call call = CancellableCall();
        std::jthread canceller([&] {
          absl::SleepFor(absl::Microseconds(random() % 30'000));
          call.cancellation->Cancel();
        });
        const absl::Status status = round % 2 == 0 ? Lock(call).status() : Read(call, kSleepShortly);
        if (!status.ok() && status != absl::CancelledError()) {
          ADD_FAILURE() << status;
        }
        canceller.join();
      }
    });
  }
  for (std::jthread& thread : cancelled) thread.join();
  storms = false;
  for (std::jthread& thread : others) thread.join();
  EXPECT_EQ(failed, 0) << "of " << done;
  EXPECT_EQ(database_.figures().connections_in_use, 0);
  ASSERT_TRUE(holder_->Rollback().ok());
  EXPECT_TRUE(Lock(NewCall()).ok());
}

}  // namespace
}  // namespace agreements::storage
