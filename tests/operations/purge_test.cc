// What housekeeping deletes, and that it disturbs no call.
#include "storage/connection/purge.h"

#include <functional>
#include <memory>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "storage/connection/changes.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using storage::PurgeChanges;
using storage::PurgeRequests;

constexpr char kOld[] = "2026-01-01";

// Calls `at_event` wherever it is set, during a call.
class PurgeTest : public ::testing::Test {
 protected:
  PurgeTest() {
    hooks_.on_statement = [this](const storage::StatementEvent& event) {
      if (at_event_) at_event_(event);
      return 0;
    };
    storage::DatabaseOptions options = service_.test_database().options();
    options.hooks = nullptr;
    options.row_wait = absl::Seconds(1);
    housekeeping_ = std::make_unique<storage::Database>(options, service_.test_database().ids(), absl::Now);
  }

  std::string Rows(const std::string& table) { return service_.Sql(absl::StrCat("SELECT COUNT(*) FROM ", table)); }

  // As if everything that was done yet had been done long ago.
  void Age() {
    service_.Sql(absl::StrCat("UPDATE requests SET create_time = '", kOld, "'"));
    service_.Sql("UPDATE changes SET change_id = CONCAT('chg-0000', SUBSTRING(change_id, 9))");
  }

  storage::TestHooks hooks_;
  std::function<void(const storage::StatementEvent&)> at_event_;
  Service service_{&hooks_};
  std::unique_ptr<storage::Database> housekeeping_;  // As of another server.
  const absl::Time before_ = absl::Now() - absl::Hours(1);
};

TEST_F(PurgeTest, TheResponseGoesAndTheEntryStays) {
  service_.NewAgreement("A");
  const absl::Time later = absl::Now() + absl::Seconds(1);
  EXPECT_EQ(PurgeRequests(*housekeeping_, later).value(), 1) << "the request";
  EXPECT_EQ(PurgeRequests(*housekeeping_, later).value(), 1) << "its response";
  EXPECT_EQ(PurgeRequests(*housekeeping_, later).value(), 0);
  EXPECT_EQ(service_.Entries(), "acct-1|CreateAgreement|1\n");
  service_.LeaveOut("every recent change that raised a revision has one");  // No request is that old yet.
  EXPECT_EQ(service_.Findings(), "");
}

TEST_F(PurgeTest, OldRequestsAreDeletedInBatches) {
  service_.NewAgreement("A");
  service_.Sql(R"sql(
  INSERT INTO requests (account_id, caller, request_id, request_hash, response, create_time, method)
  WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 450)
  SELECT 'acct-3', CONCAT('"\\', n), n, REPEAT('0', 64), 'x', '2026-01-01', '' FROM numbers)sql");
  EXPECT_EQ(PurgeRequests(*housekeeping_, before_).value(), 200);
  EXPECT_EQ(PurgeRequests(*housekeeping_, before_).value(), 200);
  EXPECT_EQ(PurgeRequests(*housekeeping_, before_).value(), 50);
  EXPECT_EQ(PurgeRequests(*housekeeping_, before_).value(), 0);
  EXPECT_EQ(service_.Sql("SELECT account_id FROM requests"), "acct-1\n");
  EXPECT_EQ(service_.Findings(), "");
}

TEST_F(PurgeTest, OldEntriesAreDeletedInBatchesWithEverythingThatFindsThem) {
  for (int i = 0; i < 3; ++i) service_.NewAgreement("A");
  service_.Sql(R"sql(
  INSERT INTO changes (account_id, change_id, kind, term, content)
  WITH RECURSIVE numbers AS (SELECT 1000 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 1069)
  SELECT 'acct-3', CONCAT('chg-00000000000', n), kind, '', IF(kind < 2, '', NULL)
  FROM numbers, (SELECT 0 AS kind UNION ALL SELECT 1 UNION ALL SELECT 2) AS k)sql");
  EXPECT_EQ(PurgeChanges(*housekeeping_, before_).value(), 50);
  EXPECT_EQ(service_.Sql("SELECT COUNT(*) FROM changes WHERE account_id = 'acct-3'"), "60\n") << "20 of three rows";
  EXPECT_EQ(PurgeChanges(*housekeeping_, before_).value(), 20);
  EXPECT_EQ(PurgeChanges(*housekeeping_, before_).value(), 0);
  EXPECT_EQ(service_.Entries(), "acct-1|CreateAgreement|3\n");
  EXPECT_EQ(service_.Findings(), "");
}

// Not even in tables so small that the database reads all of them.
TEST_F(PurgeTest, WaitsForNoRowOfACallThatRuns) {
  for (int i = 0; i < 3; ++i) service_.NewAgreement("A");
  Age();
  int purged = 0;
  at_event_ = [&](const storage::StatementEvent& event) {
    if (event.name != "insert_change" || event.phase != storage::StatementEvent::Phase::kAfter) return;
    ++purged;
    // The call has written all its rows, and has not committed them.
    EXPECT_EQ(PurgeRequests(*housekeeping_, before_).value_or(-1), 3);
    EXPECT_EQ(PurgeRequests(*housekeeping_, before_).value_or(-1), 3) << "their responses";
    EXPECT_EQ(PurgeRequests(*housekeeping_, before_).value_or(-1), 0);
    EXPECT_EQ(PurgeChanges(*housekeeping_, before_).value_or(-1), 3);
    EXPECT_EQ(PurgeChanges(*housekeeping_, before_).value_or(-1), 0);
  };
  service_.NewAgreement("B");
  at_event_ = nullptr;
  EXPECT_EQ(purged, 1);
  EXPECT_EQ(Rows("requests"), "1\n");
  EXPECT_EQ(service_.Entries(), "acct-1|CreateAgreement|1\n");
}

// The deletions stand still after they have locked what they delete.
TEST_F(PurgeTest, NoCallWaitsForIt) {
  for (int i = 0; i < 3; ++i) service_.NewAgreement("A");
  Age();
  for (const char* table : {"requests", "changes"}) {
    service_.Sql(absl::StrCat("CREATE TRIGGER stop_", table, " AFTER DELETE ON ", table,
                              " FOR EACH ROW DO IF(GET_LOCK(DATABASE(), 120), RELEASE_LOCK(DATABASE()), 0)"));
  }
  service_.Sql("DO GET_LOCK(DATABASE(), 0)");
  {
    const std::jthread requests([&] { EXPECT_EQ(PurgeRequests(*housekeeping_, before_).value_or(-1), 3); });
    const std::jthread changes([&] { EXPECT_EQ(PurgeChanges(*housekeeping_, before_).value_or(-1), 3); });
    const absl::Cleanup go_on = [&] { service_.Sql("DO RELEASE_LOCK(DATABASE())"); };
    EXPECT_TRUE(service_.test_database().SessionsWaitForUserLock(2)) << "the purges have not come to their deletions";
    for (int i = 0; i < 10; ++i) {
      v1::CreateAgreementRequest request;
      request.set_display_name("B");
      request.set_request_id(absl::StrCat("r-", i));
      EXPECT_EQ(Outcome(service_.Do(CreateAgreement, request)), "OK");
      EXPECT_EQ(Outcome(service_.Do(CreateAgreement, request)), "OK");
    }
    EXPECT_EQ(service_.Do(ListChanges, Fields{})->changes_size(), 13);
  }
  EXPECT_EQ(service_.Do(ListChanges, Fields{})->changes_size(), 10);
}

TEST_F(PurgeTest, ARequestIdThatIsUsedAnewMeanwhileStays) {
  v1::CreateAgreementRequest request;
  request.set_display_name("A");
  request.set_request_id("r-1");
  service_.Do(CreateAgreement, request).value();
  Age();
  hooks_.on_statement = nullptr;
  storage::TestHooks hooks;
  hooks.on_statement = [&](const storage::StatementEvent& event) {
    if (event.name != "delete_requests" || event.phase != storage::StatementEvent::Phase::kBefore) return 0;
    // Another server was faster, and the caller has come back.
    service_.Sql("DELETE FROM requests");
    service_.Do(CreateAgreement, request).value();
    return 0;
  };
  storage::DatabaseOptions options = service_.test_database().options();
  options.hooks = &hooks;
  storage::Database slow(options, service_.test_database().ids(), absl::Now);
  EXPECT_EQ(PurgeRequests(slow, before_).value(), 1);
  EXPECT_EQ(Rows("requests"), "1\n");
}

}  // namespace
}  // namespace agreements::testing
