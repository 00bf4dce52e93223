// That each list's filters read through an index: the rows that the database touches, counted by itself. What lists
// return is in wire_lists_test.cc.
#include <numeric>

#include "absl/strings/str_cat.h"
#include "storage/connection/statement.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

// Rows that a page of ten with its index may touch: in the index, in the table, for the order, and some slack.
constexpr int kFew = 40;

const storage::Statement kRowsRead = {"rows_read", "SHOW SESSION STATUS LIKE 'Handler_read%'"};

int64_t ReadCount(const storage::Row& row) { return row.GetInt64(2); }

class ListsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    agreement_ = service_.NewAgreement("Fjordkraft");
    // So many that every engine finds an index worth its while. 20 of them are what the filters look for; they stand
    // first, so that the newest rows are not among them.
    service_.Sql(R"sql(
  INSERT INTO agreements (account_id, agreement_id, display_name, customer_number, company_count, draft_count,
                          settled_until, revision, create_time, update_time)
  WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000),
                 many AS (SELECT a.n * 50 - b.n AS n FROM numbers a JOIN numbers b ON b.n <= 50)
  SELECT 'acct-1', CONCAT('agr-zz', LPAD(n, 14, '0')), CONCAT(IF(n < 20, 'Rare', 'Common'), n),
         IF(n < 20, '417', ''), 0, 0, '2026-11-01', 1, '2026-11-01', '2026-11-01'
  FROM many)sql");
    service_.Sql(absl::StrCat(R"sql(
  INSERT INTO companies (account_id, company_id, agreement_id, display_name, organization_number, revision, create_time,
                         update_time)
  SELECT 'acct-1', CONCAT('cmp-zz', RIGHT(agreement_id, 14)),
         IF(RIGHT(agreement_id, 14) < 20, ')sql",
                              agreement_, R"sql(', agreement_id), display_name,
         IF(RIGHT(agreement_id, 14) < 20, RIGHT(agreement_id, 9), ''), 1, '2026-11-01', '2026-11-01'
  FROM agreements WHERE agreement_id LIKE 'agr-zz%')sql"));
    service_.Sql(absl::StrCat(R"sql(
  INSERT INTO company_drafts (account_id, draft_id, agreement_id, display_name, organization_number, state, revision,
                              create_time, update_time)
  SELECT 'acct-1', CONCAT('dft-zz', RIGHT(agreement_id, 14)),
         IF(RIGHT(agreement_id, 14) < 20, ')sql",
                              agreement_, R"sql(', agreement_id), '', '', IF(RIGHT(agreement_id, 14) < 20, 1, 3), 1,
         '2026-11-01', '2026-11-01'
  FROM agreements WHERE agreement_id LIKE 'agr-zz%')sql"));
    // 20 of a user in as many companies, 20 others to one company.
    service_.NewProduct("accounting");
    service_.Sql(R"sql(
  INSERT INTO accesses (account_id, company_id, access_id, user_id, product_id, state, from_day, until_day, create_time,
                        update_time)
  SELECT 'acct-1', IF(RIGHT(company_id, 14) BETWEEN 20 AND 39, 'cmp-zz00000000000001', company_id),
         CONCAT('acc-zz', RIGHT(company_id, 14)),
         IF(RIGHT(company_id, 14) < 20, 'anna', CONCAT('user-', RIGHT(company_id, 4))), 'accounting', 2, '2026-11-01',
         '9999-12-31', '2026-11-01', '2026-11-01'
  FROM companies WHERE company_id LIKE 'cmp-zz%')sql");
    // Half of all names are equal in the order, and stand at its end.
    for (const std::string table : {"agreements", "companies"}) {
      service_.Sql(absl::StrCat("UPDATE ", table, " SET name_key = IF(RIGHT(", Id(table),
                                ", 1) < 5, 'same', CONCAT('k', RIGHT(", Id(table),
                                ", 14))), folded_name = LOWER(display_name), keyed_name = display_name, ",
                                "key_version = 1 WHERE ", Id(table), " LIKE '%-zz%'"));
    }
    service_.Sql("ANALYZE TABLE agreements, companies, company_drafts, accesses");
  }

  static std::string Id(const std::string& table) { return table == "agreements" ? "agreement_id" : "company_id"; }

  // The rows that the server has touched so far in the session in which the operations run: with one caller, the pool
  // has but one.
  int64_t RowsRead() {
    storage::Call call;
    call.deadline = absl::Now() + absl::Seconds(30);
    const auto counts = service_.database().ReadOnly(
        call, [](storage::ReadTransaction& tx) { return tx.Query(kRowsRead, {}, ReadCount); });
    return std::accumulate(counts.value().begin(), counts.value().end(), int64_t{0});
  }

  // The rows touched by a call.
  template <typename Operation, typename Request>
  int64_t RowsFor(Operation operation, const Request& request) {
    EXPECT_TRUE(service_.Do(operation, request).ok());  // Opens the connection and prepares.
    const int64_t before = RowsRead();
    const int64_t counting = RowsRead() - before;
    EXPECT_TRUE(service_.Do(operation, request).ok());
    return RowsRead() - before - 2 * counting;
  }

  // The rows touched for a page of ten, after which there are more.
  template <typename Operation>
  int64_t RowsOfAPage(Operation operation, Fields fields = {}) {
    fields.emplace_back("page_size", "10");
    EXPECT_NE(service_.Do(operation, fields).value().next_page_token(), "");
    return RowsFor(operation, fields);
  }

  Service service_;
  std::string agreement_;
};

TEST_F(ListsTest, NamesInOrderBatchesAndUsersAreReadThroughTheirIndexes) {
  const Fields by_name = {{"order", "LIST_ORDER_DISPLAY_NAME"}};
  EXPECT_LT(RowsOfAPage(ListAgreements, by_name), kFew);
  EXPECT_LT(RowsOfAPage(ListCompanies, by_name), kFew);
  EXPECT_LT(RowsOfAPage(ListCompanies, {by_name[0], {"agreement_id", agreement_}}), kFew);

  // A page in the middle of names that are all equal.
  service_.Sql("UPDATE agreements SET name_key = 'k' WHERE name_key <> 'same' AND agreement_id LIKE 'agr-zz%'");
  v1::ListAgreementsRequest agreements;
  agreements.set_order(v1::LIST_ORDER_DISPLAY_NAME);
  agreements.set_page_size(1000);
  for (int page = 0; page < 30; ++page) {
    agreements.set_page_token(service_.Do(ListAgreements, agreements)->next_page_token());
  }
  EXPECT_LT(RowsOfAPage(ListAgreements, {by_name[0], {"page_token", agreements.page_token()}}), kFew);

  v1::BatchGetCompaniesRequest request;
  for (int i = 1; i <= 10; ++i) request.add_company_ids(absl::StrCat("cmp-zz", 10'000'000'000'000 + i).substr(0, 20));
  EXPECT_LT(RowsFor(BatchGetCompanies, request), kFew);

  // 19 companies with a user each, and 20 more users in one of them; the account has 50,000 companies and users.
  EXPECT_LT(RowsOfAPage(ListAgreementUsers, {{"agreement_id", agreement_}}), 20 * kFew);
  EXPECT_LT(RowsOfAPage(ListAccesses, {{"agreement_id", agreement_}}), 10 * kFew);
  EXPECT_LT(RowsOfAPage(ListAccesses, {{"agreement_id", agreement_}, {"user_id", "anna"}}), 10 * kFew);
}

TEST_F(ListsTest, FiltersAreReadThroughTheirIndexes) {
  EXPECT_LT(RowsOfAPage(ListAgreements), kFew);
  EXPECT_LT(RowsOfAPage(ListAgreements, {{"customer_number", "417"}}), kFew);
  EXPECT_LT(RowsOfAPage(ListAgreements, {{"display_name_prefix", "Rare"}}), kFew);
  EXPECT_LT(RowsOfAPage(ListCompanies), kFew);
  EXPECT_LT(RowsOfAPage(ListCompanies, {{"agreement_id", agreement_}}), kFew);
  EXPECT_LT(RowsOfAPage(ListCompanies, {{"display_name_prefix", "Rare"}}), kFew);
  EXPECT_LT(RowsOfAPage(ListCompanyDrafts), kFew);
  EXPECT_LT(RowsOfAPage(ListCompanyDrafts, {{"agreement_id", agreement_}}), kFew);
  EXPECT_LT(RowsOfAPage(ListAccesses), kFew);
  EXPECT_LT(RowsOfAPage(ListAccesses, {{"company_id", "cmp-zz00000000000001"}}), kFew);
  EXPECT_LT(RowsOfAPage(ListAccesses, {{"user_id", "anna"}}), kFew);
}

TEST_F(ListsTest, TheTrailIsReadThroughItsIndexes) {
  // 50,000 entries. A fifth are another account's, and newer.
  service_.Sql(R"sql(
  INSERT INTO changes (account_id, change_id, kind, term, content)
  SELECT IF(n % 5 > 0, 'acct-1', 'acct-9'), CONCAT(IF(n % 5 > 0, 'chg-0', 'chg-1'), LPAD(n, 15, '0')), kind,
         CASE kind
           WHEN 0 THEN ''
           WHEN 2 THEN 'MoveCompany'
           WHEN 3 THEN CONCAT('caller-', n % 100)
           ELSE CONCAT('agr-zz', LPAD(n % 500, 14, '0'))
         END,
         IF(kind = 0, '', NULL)
  FROM (SELECT CAST(RIGHT(agreement_id, 14) AS UNSIGNED) AS n FROM agreements WHERE agreement_id LIKE 'agr-zz%') AS numbers,
       (SELECT 0 AS kind UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 11) AS kinds)sql");
  service_.Sql("ANALYZE TABLE changes");
  // Three to five for each entry.
  EXPECT_LT(RowsOfAPage(ListChanges), 3 * kFew);
  EXPECT_LT(RowsOfAPage(ListChanges, {{"method", "MoveCompany"}}), 3 * kFew);
  EXPECT_LT(RowsOfAPage(ListChanges, {{"caller", "caller-6"}}), 3 * kFew);
  EXPECT_LT(RowsOfAPage(ListChanges, {{"agreement_id", "agr-zz00000000000006"}}), 3 * kFew);
  EXPECT_LT(RowsOfAPage(ListChanges, {{"agreement_id", "agr-zz00000000000006"}, {"caller", "caller-6"}}), 3 * kFew);
  const std::pair<std::string, std::string> from = {"from_create_time", InstantField("1970-01-01T00:00:00Z")};
  const std::pair<std::string, std::string> until = {"until_create_time", InstantField("2999-01-01T00:00:00Z")};
  EXPECT_LT(RowsOfAPage(ListChanges, {from, until}), 3 * kFew);
}

TEST_F(ListsTest, OrderBasesAreReadThroughTheIndexOfTheirCreationTimes) {
  // 50,000 of as many agreements, a minute each.
  service_.Sql(R"sql(
  INSERT INTO order_bases (account_id, order_basis_id, agreement_id, agreement_display_name, customer_number, from_day,
                           until_day, line_count, total_amount, digest, create_time)
  SELECT 'acct-1', CONCAT('ord-zz', RIGHT(agreement_id, 14)), agreement_id, '', '417', '2026-11-01', '2026-12-01', 1, 0,
         '', '2026-01-01' + INTERVAL RIGHT(agreement_id, 14) MINUTE
  FROM agreements WHERE agreement_id LIKE 'agr-zz%')sql");
  service_.Sql("ANALYZE TABLE order_bases");
  const std::pair<std::string, std::string> from = {"from_create_time", InstantField("2026-01-01T00:30:00Z")};
  const std::pair<std::string, std::string> until = {"until_create_time", InstantField("2026-01-01T01:00:00Z")};
  EXPECT_LT(RowsOfAPage(ListOrderBases), kFew);
  EXPECT_LT(RowsOfAPage(ListOrderBases, {until}), kFew);
  EXPECT_LT(RowsOfAPage(ListOrderBases, {from, until}), kFew);
}

}  // namespace
}  // namespace agreements::testing
