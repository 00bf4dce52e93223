#include "storage/migrations/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "storage/tables/name_keys.h"
#include "storage/tables/settings.h"
#include "tests/testing/test_database.h"

namespace agreements::storage {
namespace {

using ::testing::HasSubstr;

class MigrationsTest : public ::testing::Test {
 protected:
  absl::Status Run(const std::vector<Migration>& migrations) {
    return Migrate(test_database_.database(), migrations,
                   [this](absl::string_view line) { log_ += std::string(line) + "\n"; });
  }

  absl::Status Check(const std::vector<Migration>& migrations) {
    return CheckSchema(**test_database_.database().Connect(), migrations);
  }

  const Migration one_{1, "0001_one",
                       "-- A comment; with a semicolon.\nCREATE TABLE IF NOT EXISTS one (\n  id INT PRIMARY KEY\n);\n"};
  const Migration two_{2, "0002_two",
                       "CREATE TABLE IF NOT EXISTS two (id INT PRIMARY KEY);\nINSERT INTO two VALUES (1);\n"};
  const Migration broken_{2, "0002_two", "CREATE TABLE IF NOT EXISTS two (id INT PRIMARY KEY);\nNONSENSE;\n"};
  testing::TestDatabase test_database_{nullptr, false};
  std::string log_;
};

TEST_F(MigrationsTest, AreAppliedInOrderAndOnce) {
  ASSERT_TRUE(Run({one_}).ok());
  ASSERT_TRUE(Run({one_, two_}).ok());
  ASSERT_TRUE(Run({one_, two_}).ok());
  EXPECT_EQ(log_,
            "applying 0001_one\nthe schema is at version 1\napplying 0002_two\nthe schema is at version 2\n"
            "the schema is at version 2\n");
  EXPECT_EQ(test_database_.Sql("SELECT COUNT(*) FROM two"), "1\n");
}

TEST_F(MigrationsTest, ThatWereCutShortAreRunAgain) {
  EXPECT_FALSE(Run({one_, broken_}).ok());
  EXPECT_EQ(test_database_.Sql("SELECT version FROM schema_migrations"), "1\n");
  EXPECT_TRUE(Run({one_, two_}).ok());
}

TEST_F(MigrationsTest, WhoseTextChangedAreRefused) {
  ASSERT_TRUE(Run({one_}).ok());
  const Migration changed{1, "0001_one", "CREATE TABLE another (id INT);\n"};
  EXPECT_THAT(std::string(Run({changed}).message()), HasSubstr("0001_one was applied with another text"));
  EXPECT_FALSE(Check({changed}).ok());
}

TEST_F(MigrationsTest, AServerRefusesAnOlderSchemaAndAcceptsANewerOne) {
  EXPECT_FALSE(Check({one_}).ok()) << "not migrated at all";
  ASSERT_TRUE(Run({one_}).ok());
  EXPECT_THAT(std::string(Check({one_, two_}).message()), HasSubstr("0002_two is missing"));
  ASSERT_TRUE(Run({one_, two_}).ok());
  EXPECT_TRUE(Check({one_}).ok());
}

TEST_F(MigrationsTest, RunByManyAtOnceAreAppliedOnce) {
  std::atomic<int> failed = 0;
  std::vector<std::jthread> migrators;
  for (int i = 0; i < 8; ++i) {
    migrators.emplace_back([&] {
      const absl::Status status = Migrate(test_database_.database(), {one_, two_}, [](absl::string_view) {});
      if (!status.ok()) ++failed;
    });
  }
  for (std::jthread& migrator : migrators) migrator.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(test_database_.Sql("SELECT COUNT(*) FROM two"), "1\n") << "its INSERT ran once";
}

// As on a Galera cluster, where a change of the schema undoes what others do meanwhile.
TEST_F(MigrationsTest, RunAStatementAgainThatWasUndoneForAnothersSake) {
  constexpr int kDeadlock = 1213;
  std::mutex mutex;  // The lease is renewed by a thread of its own.
  std::set<std::string> undone;
  TestHooks hooks;
  hooks.on_statement = [&](const StatementEvent& event) {
    const std::lock_guard lock(mutex);
    const bool is_changing = event.name.find("lease") != absl::string_view::npos || event.name == "insert_migration" ||
                             event.name == "INSERT";
    return is_changing && undone.insert(std::string(event.name)).second ? kDeadlock : 0;
  };
  DatabaseOptions options = test_database_.options();
  options.hooks = &hooks;
  Database database(options, test_database_.ids(), absl::Now);
  EXPECT_EQ(Migrate(database, {one_, two_}, [](absl::string_view) {}), absl::OkStatus());
  EXPECT_THAT(undone,
              ::testing::ElementsAre("INSERT", "insert_lease", "insert_migration", "release_lease", "take_lease"));
  EXPECT_EQ(test_database_.Sql("SELECT COUNT(*) FROM two"), "1\n");
  EXPECT_EQ(test_database_.Sql("SELECT holder FROM migration_lease"), "\n") << "it is given back";
}

TEST_F(MigrationsTest, WaitForALeaseThatADeadProcessLeftBehind) {
  ASSERT_TRUE(Run({one_}).ok());
  test_database_.Sql("UPDATE migration_lease SET holder = 'dead', expire_time = UTC_TIMESTAMP(6) + INTERVAL 1 SECOND");
  ASSERT_TRUE(Run({one_, two_}).ok());
  EXPECT_THAT(log_, HasSubstr("waiting for another migration to finish\napplying 0002_two"));
}

TEST_F(MigrationsTest, ALeaseThatIsLostStopsTheMigration) {
  // Something takes the lease while the first statement runs; the renewal finds out before the next one is due.
  const Migration robbed{1, "0001_robbed",
                         "UPDATE migration_lease SET holder = 'thief', expire_time = UTC_TIMESTAMP(6) + INTERVAL 1 "
                         "HOUR;\nDO SLEEP(1);\nCREATE TABLE never (id INT);\n"};
  const absl::Status status = Migrate(
      test_database_.database(), {robbed}, [](absl::string_view) {}, absl::Milliseconds(300));
  EXPECT_THAT(std::string(status.message()), HasSubstr("lease was lost"));
  EXPECT_EQ(test_database_.Sql("SHOW TABLES LIKE 'never'"), "");
}

constexpr char kDropConstraint[] = "ALTER TABLE migration_lease DROP CONSTRAINT migration_lease_is_one";

TEST_F(MigrationsTest, ALeaseOfBeforeGetsItsConstraint) {
  ASSERT_TRUE(Run({one_}).ok());
  const std::string leases = test_database_.Sql("SELECT * FROM migration_lease");
  test_database_.Sql(kDropConstraint);
  ASSERT_TRUE(Run({one_}).ok());
  EXPECT_EQ(test_database_.Sql("SELECT constraint_name FROM information_schema.check_constraints "
                               "WHERE constraint_schema = DATABASE()"),
            "migration_lease_is_one\n");
  EXPECT_EQ(test_database_.Sql("SELECT * FROM migration_lease"), leases);
}

// As TiDB is by default: it takes a CHECK, and does not have it.
TEST(MigrationsOfOthers, ADatabaseThatDropsConstraintsIsRefused) {
  bool drops = true;
  TestHooks hooks;
  hooks.interject = [&](const StatementEvent& event) -> std::string {
    return drops && event.name == "START" ? kDropConstraint : "";
  };
  testing::TestDatabase test_database(&hooks, false);
  const auto run = [&] { return Migrate(test_database.database(), EmbeddedMigrations(), [](absl::string_view) {}); };
  const absl::Status refused = run();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("SET GLOBAL tidb_enable_check_constraint = ON"));
  EXPECT_EQ(test_database.Sql("SHOW TABLES LIKE 'agreements'"), "") << "it would be without its constraints";
  drops = false;
  EXPECT_TRUE(run().ok());
}

const Settings kOsloAndKroner = {.time_zone = "Europe/Oslo", .currency = "NOK"};

TEST_F(MigrationsTest, TheSettingsAreRecordedOnceAndCheckedEverAfter) {
  ASSERT_TRUE(Run(EmbeddedMigrations()).ok());
  const auto session = test_database_.database().Connect();
  EXPECT_THAT(std::string(CheckSettings(**session, kOsloAndKroner).message()),
              HasSubstr("no time_zone recorded: run agreements-admin migrate"));
  EXPECT_TRUE(RecordSettings(**session, kOsloAndKroner).ok());
  EXPECT_TRUE(CheckSettings(**session, kOsloAndKroner).ok());
  const Settings utc = {.time_zone = "UTC", .currency = "NOK"};
  const Settings euros = {.time_zone = "Europe/Oslo", .currency = "EUR"};
  for (auto* const function : {RecordSettings, CheckSettings}) {
    EXPECT_THAT(std::string(function(**session, utc).message()), HasSubstr(R"("Europe/Oslo", not "UTC")"));
    EXPECT_THAT(std::string(function(**session, euros).message()), HasSubstr(R"(currency "NOK", not "EUR")"));
  }
}

TEST_F(MigrationsTest, TheCurrencyIsRecordedInASchemaThatWasMadeBeforeThereWasOne) {
  ASSERT_TRUE(Run(EmbeddedMigrations()).ok());
  const auto session = test_database_.database().Connect();
  test_database_.Sql("INSERT INTO settings VALUES ('time_zone', 'Europe/Oslo')");
  EXPECT_THAT(std::string(CheckSettings(**session, kOsloAndKroner).message()),
              HasSubstr("no currency recorded: run agreements-admin migrate"));
  EXPECT_FALSE(RecordSettings(**session, {.time_zone = "UTC", .currency = "EUR"}).ok());
  EXPECT_TRUE(RecordSettings(**session, kOsloAndKroner).ok()) << "a call with another time zone has recorded euros";
  EXPECT_TRUE(CheckSettings(**session, kOsloAndKroner).ok());
}

// What was stored before names had keys.
TEST_F(MigrationsTest, NamesOfBeforeGetTheirKeys) {
  std::vector<Migration> before;
  for (const Migration& migration : EmbeddedMigrations()) {
    if (migration.version < 3) before.push_back(migration);
  }
  ASSERT_TRUE(Run(before).ok());
  test_database_.Sql(
      "INSERT INTO agreements VALUES "
      "('acct-1', 'agr-1', 'Ås', '', 1, 0, '2026-11-01', 1, '2026-11-01', '2026-11-01', NULL, 0),"
      "('acct-1', 'agr-2', 'Øre', '', 0, 0, '2026-11-01', 1, '2026-11-01', '2026-11-01', NULL, 0)");
  test_database_.Sql(
      "INSERT INTO companies (account_id, company_id, agreement_id, display_name, organization_number, revision, "
      "create_time, update_time) VALUES ('acct-1', 'cmp-1', 'agr-1', 'Ær', '', 1, '2026-11-01', '2026-11-01')");
  ASSERT_TRUE(Run(EmbeddedMigrations()).ok());
  const RefreshedNames refreshed = RefreshNames(test_database_.database(), [] { return true; }).value();
  EXPECT_EQ(refreshed.agreements, 2);
  EXPECT_EQ(refreshed.companies, 1);
  EXPECT_EQ(test_database_.Sql("SELECT agreement_id, revision FROM agreements ORDER BY name_key"),
            "agr-2|1\nagr-1|1\n");
  EXPECT_EQ(test_database_.Sql("SELECT CAST(folded_name AS CHAR CHARACTER SET utf8mb4) FROM companies"), "ær\n");
}

// Every statement of every migration of ours can run again.
TEST_F(MigrationsTest, OfThisServiceAreReentrant) {
  ASSERT_TRUE(Run(EmbeddedMigrations()).ok());
  test_database_.Sql("DELETE FROM schema_migrations");
  EXPECT_TRUE(Run(EmbeddedMigrations()).ok());
}

}  // namespace
}  // namespace agreements::storage
