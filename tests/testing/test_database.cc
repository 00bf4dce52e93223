#include "tests/testing/test_database.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "storage/migrations/migrations.h"
#include "storage/tables/settings.h"
#include "tests/testing/sql.h"

namespace agreements::testing {
namespace {

// An environment variable, or "".
std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The server to test on: AGREEMENTS_TEST_DB_SOCKET, or AGREEMENTS_TEST_DB_HOST ("db-1:3306,db-2:3306") with
// AGREEMENTS_TEST_DB_USER, who is root if it is not set.
storage::DatabaseOptions Server() {
  storage::DatabaseOptions options;
  options.socket = Variable("AGREEMENTS_TEST_DB_SOCKET");
  options.hosts = absl::StrSplit(Variable("AGREEMENTS_TEST_DB_HOST"), ',', absl::SkipEmpty());
  options.user = Variable("AGREEMENTS_TEST_DB_USER");
  if (options.user.empty()) options.user = "root";
  if (options.socket.empty() && options.hosts.empty()) {
    throw std::runtime_error(
        "neither AGREEMENTS_TEST_DB_SOCKET nor AGREEMENTS_TEST_DB_HOST is set: run tests through tests/run");
  }
  return options;
}

std::unique_ptr<sql::Connection> Connect() {
  const storage::DatabaseOptions server = Server();
  const std::string address = server.socket.empty() ? "tcp://" + server.hosts.front() : "unix://" + server.socket;
  return std::unique_ptr<sql::Connection>(get_driver_instance()->connect(address, server.user, ""));
}

// A connection to the server, whatever the schema, for the tests' own SQL. One a thread.
sql::Connection& Administrator() {
  thread_local const std::unique_ptr<sql::Connection> connection = Connect();
  return *connection;  // NOLINT(clang-analyzer-cplusplus.NewDelete): it takes a thread-local for an automatic one.
}

std::string RunSql(const std::string& sql) { return testing::RunSql(Administrator(), sql); }

void Require(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

// The columns of a row as RunSql() gives it, as values of an INSERT.
std::string Values(absl::string_view row) {
  return absl::StrCat("('", absl::StrReplaceAll(row, {{"|", "', '"}}), "')");
}

// What makes a schema as the migrations leave it: they are run once in a process, on a schema of its own, since a
// thousand tests would wait for each change of a table that they make.
std::vector<std::string> MigratedSchema() {
  TestDatabase database(nullptr, /*migrate=*/false);
  Require(storage::Migrate(database.database(), storage::EmbeddedMigrations(), [](absl::string_view) {}));
  std::vector<std::string> statements = {"SET foreign_key_checks = 0"};
  const std::string tables = database.Sql("SHOW TABLES");
  for (const absl::string_view table : absl::StrSplit(tables, '\n', absl::SkipEmpty())) {
    const std::string shown = database.Sql(absl::StrCat("SHOW CREATE TABLE ", table));
    statements.push_back(shown.substr(shown.find('|') + 1));
  }
  statements.emplace_back("SET foreign_key_checks = 1");
  const std::string rows = database.Sql("SELECT version, name, checksum, apply_time FROM schema_migrations");
  for (const absl::string_view row : absl::StrSplit(rows, '\n', absl::SkipEmpty())) {
    statements.push_back(
        absl::StrCat("INSERT INTO schema_migrations (version, name, checksum, apply_time) VALUES ", Values(row)));
  }
  return statements;
}

}  // namespace

bool LongRun() { return std::getenv("AGREEMENTS_TEST_LONG") != nullptr; }

int Rounds(int full) {
  if (LongRun()) return full;
  const bool short_run = std::getenv("AGREEMENTS_TEST_SHORT") != nullptr;
  return std::max(full / (short_run ? 100 : 10), 1);
}

absl::Time TestClock::Now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void TestClock::Set(absl::Time now) {
  const std::lock_guard lock(mutex_);
  now_ = now;
}

void TestClock::SetDay(absl::string_view day) {
  absl::TimeZone oslo;
  absl::CivilDay civil_day;
  if (!absl::LoadTimeZone("Europe/Oslo", &oslo) || !absl::ParseCivilTime(day, &civil_day)) {
    throw std::runtime_error("not a day in Oslo");
  }
  Set(absl::FromCivil(absl::CivilHour(civil_day) + 12, oslo));
}

TestDatabase::TestDatabase(const storage::TestHooks* hooks, bool migrate) : hooks_(hooks), ids_(absl::Now) {
  static std::atomic<int> count = 0;
  schema_ = absl::StrCat("test_", getpid(), "_", ++count);
  RunSql(absl::StrCat("CREATE DATABASE ", schema_));
  database_ = std::make_unique<storage::Database>(options(), ids_, absl::Now);
  if (!migrate) return;
  static const std::vector<std::string> kMigrated = MigratedSchema();
  for (const std::string& statement : kMigrated) Sql(statement);
  // Without the hooks, which are for the test.
  hooks_ = nullptr;
  storage::Database plain(options(), ids_, absl::Now);
  hooks_ = hooks;
  Require(storage::RecordSettings(**plain.Connect(), {.time_zone = "Europe/Oslo", .currency = "NOK"}));
}

TestDatabase::~TestDatabase() {
  database_.reset();
  RunSql(absl::StrCat("DROP DATABASE ", schema_));
}

storage::DatabaseOptions TestDatabase::options() const {
  storage::DatabaseOptions options = Server();
  options.schema = schema_;
  options.hooks = hooks_;
  return options;
}

std::string TestDatabase::Sql(const std::string& sql) {
  RunSql(absl::StrCat("USE ", schema_));
  return RunSql(sql);
}

bool TestDatabase::SessionsWaitForUserLock(int count) {
  const auto waiting = [&]() -> std::string {
    try {
      return Sql("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User lock'");
    } catch (const sql::SQLException&) {
      return "";  // MySQL cannot show a statement with bytes in it, of whatever schema, as one that stores a response.
    }
  };
  const absl::Time patience = absl::Now() + absl::Minutes(2);
  while (waiting() != absl::StrCat(count, "\n")) {
    if (absl::Now() > patience) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

}  // namespace agreements::testing
