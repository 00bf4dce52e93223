// No statement needs what TiDB or Vitess lacks, though neither is at hand to try.
#include "storage/connection/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "storage/connection/purge.h"
#include "storage/connection/statement.h"
#include "storage/migrations/migrations.h"
#include "tests/storage/portability.h"
#include "tests/testing/service.h"
#include "tests/testing/trail.h"

namespace agreements::testing {
namespace {

using storage::HasJsonTable;
using storage::Statement;
using storage::WithoutJsonTable;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The tables of deploy/vitess/vschema.json. Those of accounts must be sharded by account_id.
Tables TablesOfVschema() {
  std::ifstream file(AGREEMENTS_VSCHEMA);
  const std::string json{std::istreambuf_iterator<char>(file), {}};
  google::protobuf::Struct keyspaces;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &keyspaces).ok()) << AGREEMENTS_VSCHEMA;
  Tables tables;
  for (const auto& [name, keyspace] : keyspaces.fields()) {
    const auto& fields = keyspace.struct_value().fields();
    const bool is_sharded = fields.at("sharded").bool_value();
    for (const auto& [table, value] : fields.at("tables").struct_value().fields()) {
      (is_sharded ? tables.of_accounts : tables.shared).insert(table);
      if (!is_sharded) continue;
      const auto& vindexes = value.struct_value().fields().at("column_vindexes").list_value();
      EXPECT_EQ(vindexes.values_size(), 1) << table;
      EXPECT_EQ(vindexes.values(0).struct_value().fields().at("column").string_value(), "account_id") << table;
    }
  }
  return tables;
}

TEST(Dialect, TheVschemaHasEveryTableInItsKeyspace) {
  TestDatabase database;
  const auto lines = [&](const std::string& condition) {
    return database.Sql(absl::StrCat(
        "SELECT table_name FROM information_schema.tables AS t WHERE table_schema = DATABASE() AND ", condition,
        " EXISTS (SELECT 1 FROM information_schema.columns AS c WHERE c.table_schema = t.table_schema"
        " AND c.table_name = t.table_name AND c.column_name = 'account_id') ORDER BY table_name"));
  };
  const auto text_of = [](const std::set<std::string>& tables) {
    std::string text;
    for (const std::string& table : tables) absl::StrAppend(&text, table, "\n");
    return text;
  };
  const Tables tables = TablesOfVschema();
  EXPECT_EQ(text_of(tables.of_accounts), lines(""));
  EXPECT_EQ(text_of(tables.shared), lines("NOT"));
}

TEST(Dialect, EveryStatementRunsOnTheOthers) {
  const Tables tables = TablesOfVschema();
  size_t lists = 0;
  for (const Statement* statement : Statement::All()) {
    const std::string text = WithoutJsonTable(statement->sql());
    lists += text != statement->sql();
    EXPECT_THAT(Obstacles(text, tables), IsEmpty()) << statement->name() << ": " << text;
  }
  EXPECT_GT(lists, 5u);
}

TEST(Dialect, EveryMigrationRunsOnTheOthers) {
  for (const storage::Migration& migration : storage::EmbeddedMigrations()) {
    EXPECT_THAT(Obstacles(migration.sql, {}), IsEmpty()) << migration.name;
  }
}

TEST(Dialect, ObstaclesAreFound) {
  const Tables tables = {.of_accounts = {"companies", "placements"}, .shared = {"settings"}};
  const auto obstacles = [&](absl::string_view sql) { return Obstacles(sql, tables); };
  EXPECT_THAT(
      obstacles("SELECT * FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (a INT PATH '$[0]')) AS batch"),
      ElementsAre("JSON_TABLE"));
  EXPECT_THAT(obstacles("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"), ElementsAre("READ ONLY"));
  EXPECT_THAT(obstacles("SELECT 1 FROM (SELECT MIN(account_id) FROM companies) AS next"),
              ElementsAre("the alias next"));
  constexpr char kJoined[] = "SELECT 1 FROM companies AS c LEFT JOIN placements AS p ON ";
  constexpr char kWithin[] = "NOT EXISTS (SELECT 1 FROM placements AS q WHERE q.account_id = p.account_id)";
  const std::string equated = "p.account_id = c.account_id";
  EXPECT_THAT(obstacles(absl::StrCat(kJoined, equated, " AND ", kWithin)), ElementsAre("a subquery in ON"));
  EXPECT_THAT(obstacles(absl::StrCat(kJoined, equated, " AND (p.a = 1 OR ", kWithin, ")")),
              ElementsAre("a subquery in ON"));
  EXPECT_THAT(obstacles(absl::StrCat(kJoined, equated, " WHERE c.account_id = ? AND ", kWithin)), IsEmpty());
}

TEST(Dialect, AJoinAcrossAccountsIsFound) {
  const Tables tables = {.of_accounts = {"companies", "placements"}, .shared = {"settings"}};
  const auto obstacles = [&](absl::string_view sql) { return Obstacles(sql, tables); };
  EXPECT_THAT(obstacles("SELECT 1 FROM companies AS c JOIN placements AS p ON p.company_id = c.company_id"
                        " WHERE c.account_id = ?"),
              ElementsAre("p without its account_id"));
  EXPECT_THAT(obstacles("UPDATE companies AS c JOIN placements AS p ON p.company_id = c.company_id SET c.a = 1"
                        " WHERE p.account_id = ?"),
              ElementsAre("c without its account_id"));
  EXPECT_THAT(obstacles("SELECT (SELECT 1 FROM placements AS p WHERE p.company_id = companies.company_id)"
                        " FROM companies WHERE account_id = ?"),
              ElementsAre("p without its account_id"));
  EXPECT_THAT(obstacles("SELECT 1 FROM (SELECT a FROM companies) AS c JOIN placements AS p"
                        " ON p.account_id = c.account_id"),
              ElementsAre("companies without its account_id"));
  EXPECT_THAT(obstacles("DELETE c FROM (SELECT ? AS a) AS old STRAIGHT_JOIN companies AS c ON c.a = old.a"),
              ElementsAre("c without its account_id"));
  EXPECT_THAT(obstacles("SELECT value FROM settings WHERE name = ? AND EXISTS (SELECT 1 FROM companies AS c"
                        " WHERE c.account_id = ?)"),
              ElementsAre("a shared table beside another one"));
  EXPECT_THAT(obstacles("INSERT INTO settings SELECT a FROM companies"),
              ElementsAre("a shared table beside another one"));
  // One table at a time may be read or purged across accounts.
  EXPECT_THAT(obstacles("SELECT MIN(a) FROM (SELECT a FROM companies UNION ALL SELECT a FROM placements) AS ids"),
              IsEmpty());
  EXPECT_THAT(obstacles("DELETE FROM companies WHERE delete_time < ?"), IsEmpty());
}

TEST(Dialect, TheEnginesWithoutJsonTableSayTheirName) {
  for (const char* version : {"10.11.6-MariaDB-0+deb12u1", "8.0.40", "9.7.0"}) EXPECT_TRUE(HasJsonTable(version));
  for (const char* version : {"8.0.11-TiDB-v8.5.3", "8.0.40-Vitess"}) EXPECT_FALSE(HasJsonTable(version));
}

// On this engine, since the text that the others get is its dialect, too.
TEST(Dialect, TheServiceWorksWithoutJsonTable) {
  storage::TestHooks hooks;
  int lists = 0;
  hooks.rewrite = [&](const Statement& statement) {
    std::string text = WithoutJsonTable(statement.sql());
    lists += text != statement.sql();
    return text;
  };
  Service service(&hooks);
  service.clock().SetDay("2026-11-01");
  const std::string company = service.NewCompany(service.NewAgreement("A"), "Nordlys");
  service.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION);
  v1::RecordTransactionsRequest request;
  v1::CancelTransactionsRequest cancellation;
  constexpr int kCount = 12;
  for (int i = 0; i < kCount; ++i) {
    v1::TransactionReport& report = *request.add_transactions();
    report.set_company_id(company);
    report.set_transaction_id(absl::StrCat("t", i));
    report.set_product_id(i == 3 ? "none" : "scan");
    report.set_quantity(1 + i);
    *report.mutable_occur_time() = Instant("2026-11-01T10:00:00Z");
    if (i < 2) {
      cancellation.add_transactions()->set_company_id(company);
      cancellation.mutable_transactions(i)->set_transaction_id(report.transaction_id());
    }
  }
  for (int i = 0; i < 2; ++i) {
    const auto recorded = service.Do(RecordTransactions, request);
    ASSERT_TRUE(recorded.ok()) << recorded.status();
    for (int k = 0; k < kCount; ++k) {
      EXPECT_EQ(recorded->results(k).outcome(), k == 3   ? v1::TRANSACTION_OUTCOME_REFUSED
                                                : i == 0 ? v1::TRANSACTION_OUTCOME_RECORDED
                                                         : v1::TRANSACTION_OUTCOME_DUPLICATE);
    }
  }
  EXPECT_EQ(Outcome(service.Do(CancelTransactions, cancellation)), "OK");
  EXPECT_EQ(
      service.Sql("SELECT COUNT(*), SUM(quantity), SUM(order_basis_id = 'cancelled'), MIN(day) FROM transactions"),
      "11|74|2|2026-11-01\n");
  v1::ListChangesRequest changes;
  changes.set_account_id(kAccount);
  changes.set_company_id(company);
  changes.set_method("RecordTransactions");
  EXPECT_EQ(ListedChanges(service, changes).size(), 1u);
  EXPECT_EQ(service.Findings(), "");
  const absl::Time later = absl::Now() + absl::Seconds(1);
  EXPECT_GT(storage::PurgeRequests(service.database(), later).value(), 0);
  EXPECT_GT(storage::PurgeRequests(service.database(), later).value(), 0);
  EXPECT_GT(storage::PurgeChanges(service.database(), later).value(), 0);
  EXPECT_EQ(service.Sql("SELECT COUNT(*) FROM changes UNION ALL SELECT COUNT(*) FROM requests"), "0\n0\n");
  EXPECT_GT(lists, 5);
}

}  // namespace
}  // namespace agreements::testing
