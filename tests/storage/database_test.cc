// Transactions and sessions, on a real database.
#include "storage/connection/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "storage/tables/columns.h"
#include "tests/storage/database_fixture.h"

namespace agreements::storage {
namespace {

using ::testing::HasSubstr;
using Phase = StatementEvent::Phase;

const Statement kProbe = {"probe", "SELECT 1"};

// A change of which the trail is not told.
const Statement kChangeSilently = {"change_silently", "UPDATE agreements SET guard = guard + 1 WHERE account_id = ?"};

int64_t ReadNumber(const Row& row) { return row.GetInt64(1); }

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

TEST_F(DatabaseTest, AChangeThatTheTrailIsNotToldOfIsNotCommitted) {
  ASSERT_TRUE(database_.ReadWrite(NewCall(), Insert).ok());
  const std::string rows = test_database_.Sql("SELECT * FROM agreements");
  const auto silent =
      database_.ReadWrite(NewCall(), [](Transaction& tx) -> absl::StatusOr<v1::CreateAgreementResponse> {
        RETURN_IF_ERROR(tx.Execute(kChangeSilently, {tx.account_id()}).status());
        v1::CreateAgreementResponse response;
        response.mutable_agreement()->set_agreement_id("agr-1");
        return response;
      });
  EXPECT_EQ(ReasonOf(silent.status()), v1::ERROR_REASON_INTERNAL_ERROR);
  EXPECT_EQ(test_database_.Sql("SELECT * FROM agreements"), rows);
}

TEST_F(DatabaseTest, WhatASnapshotWritesInSpiteOfItsSignatureIsUndone) {
  ASSERT_TRUE(database_.ReadWrite(NewCall(), Insert).ok());
  const std::string rows = test_database_.Sql("SELECT * FROM agreements");
  int written = 0;
  hooks_.interject = [&](const StatementEvent& event) -> std::string {
    return event.name == "probe" && ++written == 1 ? "UPDATE agreements SET guard = guard + 1" : "";
  };
  const auto read = database_.ReadSnapshot(NewCall(), [](Snapshot& tx) { return tx.QueryOne(kProbe, {}, ReadNumber); });
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(written, 1);
  EXPECT_EQ(test_database_.Sql("SELECT * FROM agreements"), rows);
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
  std::jthread holder([&] {
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
      return absl::StrCat(prefix, absl::Dec(prefix == "agr-" ? 1 : 1 + ++count_, absl::kZeroPad16));
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
