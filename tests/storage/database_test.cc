// Connections, transactions and what becomes of errors, on a real database.
#include "storage/connection/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "agreements/v1/agreement_service.pb.h"
#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "storage/tables/agreements.h"
#include "storage/tables/columns.h"
#include "tests/storage/unix_proxy.h"
#include "tests/testing/test_database.h"

namespace agreements::storage {
namespace {

using ::testing::HasSubstr;
using Phase = StatementEvent::Phase;

const Statement kProbe = {"probe", "SELECT 1"};

int64_t ReadNumber(const Row& row) { return row.GetInt64(1); }

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() {
    hooks_.on_statement = [this](const StatementEvent& event) { return on_statement_ ? on_statement_(event) : 0; };
  }

  DatabaseOptions Options() {
    DatabaseOptions options = test_database_.options();
    options.hooks = &hooks_;
    return options;
  }

  static Call NewCall(absl::Duration timeout = absl::Seconds(10)) {
    Call call;
    call.account_id = "acct-1";
    call.request_hash = "h";
    call.deadline = absl::Now() + timeout;
    return call;
  }

  // A transaction that stores an agreement.
  static absl::StatusOr<v1::CreateAgreementResponse> Insert(Transaction& tx) {
    v1::CreateAgreementResponse response;
    auto& agreement = *response.mutable_agreement();
    agreement.set_agreement_id(tx.NewId(kAgreementPrefix));
    agreement.set_settled_until("2026-11-01");
    RETURN_IF_ERROR(InsertAgreement(tx, agreement));
    return response;
  }

  std::string Count() { return test_database_.Sql("SELECT COUNT(*) FROM agreements"); }

  testing::TestDatabase test_database_;
  TestHooks hooks_;
  std::function<int(const StatementEvent&)> on_statement_;
  Database database_{Options(), test_database_.ids(), absl::Now};
};

TEST_F(DatabaseTest, CommitsWhatTheBodyReturnsAndRollsBackWhatItRefuses) {
  EXPECT_TRUE(database_.ReadWrite(NewCall(), Insert).ok());
  EXPECT_EQ(Count(), "1\n");
  const auto refused = database_.ReadWrite(NewCall(), [](Transaction& tx) -> absl::StatusOr<v1::Agreement> {
    RETURN_IF_ERROR(Insert(tx).status());
    return AgreementDeleted("agr-1");
  });
  EXPECT_EQ(ReasonOf(refused.status()), v1::ERROR_REASON_AGREEMENT_DELETED);
  EXPECT_EQ(Count(), "1\n");
}

TEST_F(DatabaseTest, ABodyThatStartsOverRunsAgain) {
  int runs = 0;
  EXPECT_TRUE(database_
                  .ReadWrite(NewCall(),
                             [&](Transaction& tx) -> absl::StatusOr<v1::CreateAgreementResponse> {
                               if (++runs < 3) return StartOver();
                               return Insert(tx);
                             })
                  .ok());
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(Count(), "1\n");
}

TEST_F(DatabaseTest, AnErrorThatTheBodySwallowsStillUndoesTheTransaction) {
  int deadlocks = 2;
  on_statement_ = [&](const StatementEvent& event) {
    return event.name == "insert_agreement" && event.phase == Phase::kBefore && deadlocks-- > 0 ? 1213 : 0;
  };
  EXPECT_TRUE(database_
                  .ReadWrite(NewCall(),
                             [&](Transaction& tx) -> absl::StatusOr<v1::CreateAgreementResponse> {
                               const auto inserted = Insert(tx);
                               return inserted.ok() ? *inserted : v1::CreateAgreementResponse();
                             })
                  .ok());
  EXPECT_EQ(Count(), "1\n");
}

TEST_F(DatabaseTest, AnIdThatAnotherServerHasMadeTooIsMadeAgain) {
  class TwoEqualIds : public IdSource {
   public:
    std::string Next(absl::string_view prefix) override {
      return absl::StrCat(prefix, "000000000000000", prefix == "agr-" && ++count_ <= 2 ? 1 : 2 + count_);
    }
    std::atomic<int> count_ = 0;
  } ids;
  Database database(Options(), ids, absl::Now);
  Call call = NewCall();
  call.request_id = "first";
  EXPECT_EQ(database.ReadWrite(call, Insert).value().agreement().agreement_id(), "agr-0000000000000001");
  call.request_id = "second";
  EXPECT_EQ(database.ReadWrite(call, Insert).value().agreement().agreement_id(), "agr-0000000000000005");
}

TEST_F(DatabaseTest, ADeadlineBoundsAStatementThatWaitsForALock) {
  ASSERT_TRUE(database_.ReadWrite(NewCall(), Insert).ok());
  std::atomic<bool> locked = false;
  std::atomic<bool> done = false;
  std::thread holder([&] {
    const auto session = *database_.Connect();
    EXPECT_TRUE(session->Command("START TRANSACTION").ok());
    EXPECT_TRUE(session->Command("UPDATE agreements SET draft_count = 7").ok());
    locked = true;
    locked.notify_all();
    done.wait(false);
    EXPECT_TRUE(session->Command("ROLLBACK").ok());
  });
  locked.wait(false);
  const std::string id = test_database_.Sql("SELECT agreement_id FROM agreements").substr(0, kIdLength);
  const auto waited = database_.ReadWrite(
      NewCall(absl::Milliseconds(300)),
      [&](Transaction& tx) -> absl::StatusOr<v1::Agreement> { return LockLiveAgreement(tx, id, {.drafts = 1}); });
  EXPECT_EQ(ReasonOf(waited.status()), v1::ERROR_REASON_DEADLINE_PASSED);
  done = true;
  done.notify_all();
  holder.join();
  EXPECT_EQ(test_database_.Sql("SELECT draft_count FROM agreements"), "0\n");
}

TEST_F(DatabaseTest, ACallWhoseDeadlineHasPassedExecutesNothing) {
  std::atomic<int> statements = 0;
  on_statement_ = [&](const StatementEvent&) {
    ++statements;
    return 0;
  };
  EXPECT_EQ(ReasonOf(database_.ReadWrite(NewCall(-absl::Seconds(1)), Insert).status()),
            v1::ERROR_REASON_DEADLINE_PASSED);
  EXPECT_EQ(statements, 0);
}

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

TEST_F(DatabaseTest, ADefectIsInternalAndShowsNothingOfItself) {
  const auto result = database_.ReadWrite(NewCall(), [](Transaction& tx) -> absl::StatusOr<v1::Agreement> {
    v1::Agreement agreement;
    agreement.set_agreement_id("agr-0000000000000001");
    agreement.set_settled_until("no day");
    RETURN_IF_ERROR(InsertAgreement(tx, agreement));
    return agreement;
  });
  EXPECT_EQ(ReasonOf(result.status()), v1::ERROR_REASON_INTERNAL_ERROR);
  EXPECT_EQ(result.status().ToString().find("settled_until"), std::string::npos);
  EXPECT_EQ(Count(), "0\n");
}

TEST_F(DatabaseTest, EverySessionIsInStrictModeUtcAndReadCommitted) {
  const auto session = *database_.Connect();
  EXPECT_TRUE(session->Prepare().ok());
  EXPECT_FALSE(session->Command("SELECT CAST(1 AS NONSENSE)").ok());
  ASSERT_TRUE(session->failure());
  EXPECT_EQ(session->failure()->kind, ErrorKind::kDefect);
}

TEST_F(DatabaseTest, ASessionPreparesNothingInsideATransaction) {
  const auto session = *database_.Connect();
  ASSERT_TRUE(session->Begin().ok());
  EXPECT_FALSE(session->Execute(kProbe, {}).ok());
  ASSERT_TRUE(session->failure());
  EXPECT_THAT(session->failure()->text, HasSubstr("cannot be prepared inside a transaction"));
  session->ClearFailure();
  ASSERT_TRUE(session->Rollback().ok());
  EXPECT_TRUE(session->Query(kProbe, {}, [](const Row&) {}).ok());
  ASSERT_TRUE(session->Begin().ok());
  EXPECT_TRUE(session->Query(kProbe, {}, [](const Row&) {}).ok());
}

TEST_F(DatabaseTest, SettingsAreSetOnlyWhenTheyChange) {
  const auto session = *database_.Connect();
  std::atomic<int> sets = 0;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name == "SET" && event.phase == Phase::kBefore) ++sets;
    return 0;
  };
  const auto set = [&](int milliseconds, bool autocommit) {
    return session->Set(
        {.autocommit = autocommit, .time_limit = absl::Milliseconds(milliseconds), .row_wait = absl::Seconds(5)});
  };
  for (const int milliseconds : {9'999, 9'500, 9'001}) ASSERT_TRUE(set(milliseconds, true).ok());
  EXPECT_EQ(sets, 1);
  ASSERT_TRUE(set(450, true).ok());
  ASSERT_TRUE(set(401, true).ok());
  EXPECT_EQ(sets, 2);
  ASSERT_TRUE(set(450, false).ok());
  ASSERT_TRUE(set(401, false).ok());
  EXPECT_EQ(sets, 3);
}

TEST_F(DatabaseTest, ReadingAndWritingInTurnTakesASessionThatIsSetForIt) {
  int reads = 0;
  const auto read = [&](ReadTransaction& tx) -> absl::StatusOr<int> {
    RETURN_IF_ERROR(tx.QueryOne(kProbe, {}, ReadNumber).status());
    // Within it, so that there are two sessions.
    if (++reads == 1) RETURN_IF_ERROR(database_.ReadWrite(NewCall(), Insert).status());
    return 0;
  };
  ASSERT_TRUE(database_.ReadOnly(NewCall(), read).ok());
  int sets = 0;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name == "SET" && event.phase == Phase::kBefore) ++sets;
    return 0;
  };
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(database_.ReadOnly(NewCall(), read).ok());
    ASSERT_TRUE(database_.ReadWrite(NewCall(), Insert).ok());
  }
  EXPECT_EQ(sets, 0);
}

TEST_F(DatabaseTest, AnIdThatIsAlwaysTakenIsADefectAfterSomeRuns) {
  class OneId : public IdSource {
   public:
    std::string Next(absl::string_view prefix) override {
      return absl::StrCat(prefix, "000000000000000", prefix == "agr-" ? 1 : 1 + ++count_);
    }
    std::atomic<int> count_ = 0;
  } ids;
  Database database(Options(), ids, absl::Now);
  ASSERT_TRUE(database.ReadWrite(NewCall(), Insert).ok());
  int runs = 0;
  const auto second = database.ReadWrite(NewCall(), [&](Transaction& tx) {
    ++runs;
    return Insert(tx);
  });
  EXPECT_EQ(ReasonOf(second.status()), v1::ERROR_REASON_INTERNAL_ERROR);
  EXPECT_EQ(runs, 6);
  EXPECT_EQ(Count(), "1\n");
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

// With an agreement whose row somebody else keeps.
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
  std::vector<std::thread> callers;
  for (int i = 0; i < 6; ++i) {
    callers.emplace_back([&] {
      for (int call = 0; call < 5; ++call) database.ReadWrite(NewCall(), Insert).IgnoreError();
    });
  }
  for (std::thread& caller : callers) caller.join();
  spdlog::set_default_logger(before);
  const std::vector<std::string> lines = absl::StrSplit(log.str(), '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 1u) << log.str();
  EXPECT_THAT(lines[0], HasSubstr("cannot connect to unix:///nonexistent/socket: "));
}

TEST_F(DatabaseTest, TheCheckDoesNotWaitForADatabaseThatHangs) {
  testing::UnixProxy proxy(test_database_.options().socket);
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
  EXPECT_TRUE(database_.Check().ok());
  on_statement_ = [](const StatementEvent& event) { return event.name == "prepare session" ? 1290 : 0; };
  EXPECT_EQ(ReasonOf(database_.Check()), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
  on_statement_ = nullptr;
  EXPECT_TRUE(database_.Check().ok());
}

TEST(Columns, TheLastNameWithAPrefixHas200CodePoints) {
  EXPECT_EQ(LastWithPrefix("").size(), 200u * 4);
  EXPECT_EQ(LastWithPrefix("\u00c6rlig").size(), 6u + 195 * 4);
  EXPECT_EQ(LastWithPrefix(std::string(200, 'x')), std::string(200, 'x'));
}

TEST(Columns, ADateBefore1970KeepsItsMicroseconds) {
  const auto timestamp = ToTimestamp(absl::FromUnixMicros(-1));
  EXPECT_EQ(timestamp.seconds(), -1);
  EXPECT_EQ(timestamp.nanos(), 999'999'000);
}

}  // namespace
}  // namespace agreements::storage
