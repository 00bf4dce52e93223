// What callers get of a database that is gone, refuses, hangs, has no room, or keeps a row locked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "proto/errors.h"
#include "tests/storage/database_fixture.h"
#include "tests/testing/relay.h"

namespace agreements::storage {
namespace {

using ::testing::HasSubstr;
using Phase = StatementEvent::Phase;

TEST_F(DatabaseTest, AServerThatTakesNoWritesIsUnavailableAndItsConnectionsAreDropped) {
  DatabaseOptions options = Options();
  options.unreachable_after = absl::Milliseconds(100);
  Database database(options, test_database_.ids(), absl::Now);
  ASSERT_TRUE(database.ReadWrite(NewCall(), Insert).ok());
  std::atomic<bool> failed_over = false;
  std::atomic<int> connections = 0;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name == "prepare session" && event.phase == Phase::kAfter) ++connections;
    return event.name == "insert_request" && event.phase == Phase::kBefore && !failed_over ? 1290 : 0;
  };
  EXPECT_EQ(ReasonOf(database.ReadWrite(NewCall(), Insert).status()), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
  EXPECT_GT(connections, 0);
  failed_over = true;
  EXPECT_TRUE(database.ReadWrite(NewCall(), Insert).ok());
}

TEST_F(DatabaseTest, AServerThatRefusedOnceAndThenMeetsDeadlocksIsNotUnavailable) {
  DatabaseOptions options = Options();
  options.unreachable_after = absl::Seconds(1);
  Database database(options, test_database_.ids(), absl::Now);
  std::atomic<int> commits = 0;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name != "COMMIT" || event.phase != Phase::kBefore) return 0;
    ++commits;
    if (commits == 1) return 1290;
    absl::SleepFor(options.unreachable_after);
    return commits == 2 ? 1213 : 0;
  };
  EXPECT_TRUE(database.ReadWrite(NewCall(), Insert).ok());
  EXPECT_EQ(commits, 3);
}

TEST_F(DatabaseTest, AServerIsUnreachableSinceItRefusedNotSinceTheCallBegan) {
  DatabaseOptions options = Options();
  options.unreachable_after = absl::Seconds(1);
  Database database(options, test_database_.ids(), absl::Now);
  std::atomic<int> commits = 0;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name != "COMMIT" || event.phase != Phase::kBefore || ++commits > 1) return 0;
    absl::SleepFor(options.unreachable_after);
    return 1290;
  };
  EXPECT_TRUE(database.ReadWrite(NewCall(), Insert).ok());
  EXPECT_EQ(commits, 2);
}

TEST_F(DatabaseTest, AnUnreachableServerIsUnavailable) {
  DatabaseOptions options = Options();
  options.socket = "/nonexistent/socket";
  options.unreachable_after = absl::Milliseconds(100);
  Database database(options, test_database_.ids(), absl::Now);
  EXPECT_EQ(ReasonOf(database.ReadWrite(NewCall(), Insert).status()), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
  EXPECT_FALSE(database.Check().ok());
  EXPECT_TRUE(database_.Check().ok());
}

TEST_F(DatabaseTest, AServerWithoutRoomIsUnavailableAndKeepsItsConnections) {
  DatabaseOptions options = Options();
  options.unreachable_after = absl::Milliseconds(100);
  Database database(options, test_database_.ids(), absl::Now);
  ASSERT_TRUE(database.ReadWrite(NewCall(), Insert).ok());
  std::atomic<bool> full = true;
  std::atomic<int> connections = 0;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name == "prepare session" && event.phase == Phase::kBefore) ++connections;
    return event.name == "COMMIT" && event.phase == Phase::kBefore && full ? 1026 : 0;
  };
  EXPECT_EQ(ReasonOf(database.ReadWrite(NewCall(), Insert).status()), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
  EXPECT_EQ(Count(), "1\n");
  full = false;
  EXPECT_TRUE(database.ReadWrite(NewCall(), Insert).ok());
  EXPECT_EQ(connections, 0);
}

TEST_F(DatabaseTest, ACommitThatWasDoneThoughTheDiskWasFullIsNotDoneAgain) {
  std::atomic<int> commits = 0;
  on_statement_ = [&](const StatementEvent& event) {
    return event.name == "COMMIT" && event.phase == Phase::kAfter && ++commits == 1 ? 1026 : 0;
  };
  EXPECT_TRUE(database_.ReadWrite(NewCall(), Insert).ok());
  EXPECT_EQ(Count(), "1\n");
}

class LockedRowTest : public DatabaseTest {
 protected:
  LockedRowTest() {
    id_ = database_.ReadWrite(NewCall(), Insert).value().agreement().agreement_id();
    EXPECT_TRUE(holder_->Begin().ok());
    EXPECT_TRUE(holder_->Command("UPDATE agreements SET draft_count = 7").ok());
  }

  absl::StatusOr<v1::Agreement> Lock(absl::Duration timeout) {
    DatabaseOptions options = Options();
    options.row_wait = absl::Seconds(1);
    Database database(options, test_database_.ids(), absl::Now);
    return database.ReadWrite(NewCall(timeout), [&](Transaction& tx) -> absl::StatusOr<v1::Agreement> {
      return LockLiveAgreement(tx, id_, {.drafts = 1});
    });
  }

  const std::unique_ptr<Session> holder_ = *database_.Connect();
  std::string id_;
};

TEST_F(LockedRowTest, ACallThatHasWaitedLongEnoughIsRefused) {
  const absl::Time begin = absl::Now();
  EXPECT_EQ(ReasonOf(Lock(absl::Seconds(20)).status()), v1::ERROR_REASON_ROW_LOCKED);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  EXPECT_EQ(test_database_.Sql("SELECT COUNT(*) FROM requests"), "1\n");
}

TEST_F(LockedRowTest, ADeadlineThatPassesFirstIsTheDeadline) {
  EXPECT_EQ(ReasonOf(Lock(absl::Milliseconds(400)).status()), v1::ERROR_REASON_DEADLINE_PASSED);
}

TEST_F(LockedRowTest, ACallIsNotToldThatNothingWasDoneAfterAnAnswerWasLost) {
  for (const int error : {2013, 1026}) {  // A full disk says of a COMMIT as little as no answer does.
    std::atomic<int> lost = 0;
    on_statement_ = [&](const StatementEvent& event) {
      return event.name == "insert_request" && event.phase == Phase::kAfter && ++lost == 1 ? error : 0;
    };
    EXPECT_EQ(ReasonOf(Lock(absl::Seconds(20)).status()), v1::ERROR_REASON_DATABASE_UNAVAILABLE) << error;
  }
}

TEST_F(DatabaseTest, AnOutageThatManyCallersMeetIsALineInTheLog) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  DatabaseOptions options = Options();
  options.socket = "/nonexistent/socket";
  options.unreachable_after = absl::Milliseconds(50);
  Database database(options, test_database_.ids(), absl::Now);
  std::vector<std::jthread> callers;
  for (int i = 0; i < 6; ++i) {
    callers.emplace_back([&] {
      for (int call = 0; call < 5; ++call) database.ReadWrite(NewCall(), Insert).IgnoreError();
    });
  }
  for (std::jthread& caller : callers) caller.join();
  spdlog::set_default_logger(before);
  const std::vector<std::string> lines = absl::StrSplit(log.str(), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 1u) << log.str();
  EXPECT_THAT(lines[0], HasSubstr("cannot connect to unix:///nonexistent/socket: "));
}

TEST_F(DatabaseTest, TheCheckDoesNotWaitForADatabaseThatHangs) {
  testing::Relay proxy(test_database_.options().socket);
  DatabaseOptions options = Options();
  options.socket = proxy.path();
  options.check_timeout = absl::Seconds(1);
  Database database(options, test_database_.ids(), absl::Now);
  EXPECT_TRUE(database.Check().ok());
  proxy.Hang();
  for (int i = 0; i < 2; ++i) {  // On the connection that there is, and on a new one.
    const absl::Time begin = absl::Now();
    EXPECT_EQ(ReasonOf(database.Check()), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
    EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  }
  proxy.GoOn();
  EXPECT_TRUE(database.Check().ok());
}

TEST_F(DatabaseTest, TheCheckSeesAServerThatTakesNoWrites) {
  std::atomic<bool> takes_writes = true;
  on_statement_ = [&](const StatementEvent& event) {
    return event.name == "prepare session" && !takes_writes ? 1290 : 0;
  };
  EXPECT_TRUE(database_.Check().ok());
  takes_writes = false;
  EXPECT_EQ(ReasonOf(database_.Check()), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
  takes_writes = true;
  EXPECT_TRUE(database_.Check().ok());
}

}  // namespace
}  // namespace agreements::storage
