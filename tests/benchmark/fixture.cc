#include "tests/benchmark/fixture.h"

#include <algorithm>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/substitute.h"

namespace agreements::benchmark {
namespace {

constexpr int64_t kCompaniesOfEach = 10;
constexpr int64_t kUsersOfEach = 5;

// The id of a number that SQL computes.
std::string IdSql(absl::string_view prefix, absl::string_view number) {
  return absl::Substitute("CONCAT('$0', LPAD($1, 16, '0'))", prefix, number);
}

constexpr char kAgreementColumns[] =
    "agreements (account_id, agreement_id, display_name, customer_number, company_count, draft_count, settled_until, "
    "revision, create_time, update_time, delete_time)";
constexpr char kCompanyColumns[] =
    "companies (account_id, company_id, agreement_id, display_name, organization_number, revision, create_time, "
    "update_time, delete_time)";
constexpr char kPlacementColumns[] = "placements (account_id, company_id, from_day, agreement_id)";
constexpr char kAccessColumns[] =
    "accesses (account_id, company_id, access_id, user_id, product_id, state, expire_time, from_day, until_day, "
    "create_time, update_time)";

// State, expire_time, from_day and until_day of access n: of ten, without any order, one begins within the month, one
// ends within it, one has ended long ago, and the others go on.
constexpr char kAccessDays[] =
    "IF(CRC32(n) % 10 IN (1, 2), 3, 2), NULL, "
    "IF(CRC32(n) % 10 = 0, '2026-10-01' + INTERVAL n % 31 DAY, '2025-06-01'), "
    "CASE CRC32(n) % 10 WHEN 1 THEN '2026-10-02' + INTERVAL n % 31 DAY WHEN 2 THEN '2026-03-01' "
    "ELSE '9999-12-31' END, '2025-06-01', '2025-06-01'";

}  // namespace

Scale ScaleOf(absl::string_view name) {
  if (name == "full") {
    return {.companies = 10'000,
            .users = 50'000,
            .accesses = 200'000,
            .transactions = 100'000,
            .few = 1'000,
            .many = 10'000,
            .calls = 10,
            .repetitions = 7};
  }
  if (name == "small") {
    return {.companies = 1'000,
            .users = 5'000,
            .accesses = 20'000,
            .transactions = 10'000,
            .few = 100,
            .many = 1'000,
            .calls = 5,
            .repetitions = 5};
  }
  if (name != "tiny") throw std::runtime_error(absl::StrCat("--scale is full, small or tiny, not ", name));
  return {.companies = 50,
          .users = 250,
          .accesses = 1'000,
          .transactions = 200,
          .few = 5,
          .many = 20,
          .calls = 1,
          .repetitions = 1};
}

std::string IdOf(absl::string_view prefix, int64_t number) { return absl::StrFormat("%s%016d", prefix, number); }

std::string RunAccount(int64_t agreements) { return absl::StrCat("run-", agreements); }

Fixture::Fixture(const Scale& scale) : scale_(scale) {
  service_.clock().SetDay(kUntilDay);
  LoadNumbers();
  LoadLargeAgreement();
  LoadManyAgreements(scale_.few);
  LoadManyAgreements(scale_.many);
  Analyze();
}

void Fixture::Require(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

void Fixture::LoadNumbers() {
  service_.Sql("CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY) ENGINE = InnoDB");
  service_.Sql("INSERT INTO numbers (n) VALUES (0)");
  const int64_t needed =
      std::max({scale_.accesses, scale_.transactions, scale_.many * kCompaniesOfEach * kUsersOfEach});
  for (int64_t count = 1; count < needed; count *= 2) {
    service_.Sql(absl::Substitute("INSERT INTO numbers (n) SELECT n + $0 FROM numbers", count));
  }
}

void Fixture::Insert(const std::string& into, const std::string& select, int64_t count) {
  service_.Sql(absl::StrCat("INSERT INTO ", into, " SELECT ", select, " FROM numbers WHERE n < ", count));
}

void Fixture::LoadProducts(const std::string& account_id) {
  service_.NewProduct("license-a", v1::PRODUCT_KIND_LICENSE, account_id);
  service_.NewProduct("license-b", v1::PRODUCT_KIND_LICENSE, account_id);
  service_.NewProduct(kScan, v1::PRODUCT_KIND_TRANSACTION, account_id);
  Require(service_.SetPriceOf("license-a", "2025-01-01", "423.00", account_id).status());
  Require(service_.SetPriceOf("license-b", "2025-01-01", "99.00", account_id).status());
  Require(service_.SetPriceOf("license-b", "2026-10-16", "109.00", account_id).status());
  Require(service_.SetPriceOf(kScan, "2025-01-01", "1.25", account_id).status());
}

void Fixture::LoadLargeAgreement() {
  LoadProducts(kLargeAccount);
  const std::string company = IdSql("cmp-", "n");
  const std::string large = "'" + IdOf("agr-", 0) + "'";
  const std::string other = "'" + IdOf("agr-", 1) + "'";
  Insert(kAgreementColumns,
         absl::Substitute("'large', $0, 'Agreement', '1001', 0, 0, '$1', 1, '2025-01-01', '2025-01-01', NULL",
                          IdSql("agr-", "n"), kFromDay),
         2);
  Insert(kCompanyColumns,
         absl::Substitute("'large', $0, IF(n % 20 = 2, $1, $2), 'Company', '', 1, '2025-01-01', '2025-01-01', NULL",
                          company, other, large),
         scale_.companies);
  Insert(kPlacementColumns,
         absl::Substitute("'large', $0, '2025-01-01', IF(n % 20 < 2, $1, $2)", company, other, large),
         scale_.companies);
  service_.Sql(absl::Substitute(
      "INSERT INTO $0 SELECT 'large', $1, IF(n % 20 = 0, '2026-02-01', '2026-10-01' + INTERVAL (n DIV 20) % 31 DAY), "
      "IF(n % 20 = 2, $2, $3) FROM numbers WHERE n < $4 AND n % 20 < 3",
      kPlacementColumns, company, other, large, scale_.companies));
  // Users have two products in different companies, without any order.
  Insert(kAccessColumns,
         absl::Substitute("'large', $0, $1, CONCAT('user-', n % $2), IF(n DIV $2 = 3, 'license-b', 'license-a'), $3",
                          IdSql("cmp-", absl::Substitute("((n % $0) * 7919 + (n DIV $0) * 2503) % $1", scale_.users,
                                                         scale_.companies)),
                          IdSql("acc-", "n"), scale_.users, kAccessDays),
         scale_.accesses);
}

void Fixture::LoadManyAgreements(int64_t agreements) {
  const std::string account_id = RunAccount(agreements);
  const int64_t companies = agreements * kCompaniesOfEach;
  const std::string holder = IdSql("agr-", absl::Substitute("n % $0", agreements));
  LoadProducts(account_id);
  Insert(kAgreementColumns,
         absl::Substitute("'$0', $1, 'Agreement', '1001', $2, 0, '$3', 1, '2025-01-01', '2025-01-01', NULL", account_id,
                          IdSql("agr-", "n"), kCompaniesOfEach, kFromDay),
         agreements);
  Insert(kCompanyColumns,
         absl::Substitute("'$0', $1, $2, 'Company', '', 1, '2025-01-01', '2025-01-01', NULL", account_id,
                          IdSql("cmp-", "n"), holder),
         companies);
  Insert(kPlacementColumns, absl::Substitute("'$0', $1, '2025-01-01', $2", account_id, IdSql("cmp-", "n"), holder),
         companies);
  Insert(kAccessColumns,
         absl::Substitute("'$0', $1, $2, CONCAT('user-', n % $3, '-', n DIV $4), 'license-a', $5", account_id,
                          IdSql("cmp-", absl::Substitute("n % $0", companies)), IdSql("acc-", "n"), agreements,
                          companies, kAccessDays),
         companies * kUsersOfEach);
}

void Fixture::Analyze() {
  service_.Sql(
      "ANALYZE TABLE agreements, companies, placements, accesses, transactions, products, prices, order_bases, "
      "order_basis_lines");
}

void Fixture::LoadTransactions() {
  Insert(
      "transactions (account_id, company_id, transaction_id, product_id, quantity, occur_time, day, record_time, "
      "order_basis_id)",
      absl::Substitute("'large', $0, CONCAT('tx-', n), '$1', 1 + n % 7, '2026-10-01' + INTERVAL n % 31 DAY, "
                       "'2026-10-01' + INTERVAL n % 31 DAY, '2026-11-01', ''",
                       IdSql("cmp-", absl::Substitute("n % $0", scale_.companies)), kScan),
      scale_.transactions);
  Analyze();
}

void Fixture::RemoveTransactions() {
  service_.Sql(absl::Substitute("DELETE FROM transactions WHERE account_id = '$0'", kLargeAccount));
}

void Fixture::Unsettle(const std::string& account_id) {
  const std::string where = absl::Substitute(" WHERE account_id = '$0'", account_id);
  service_.Sql("DELETE FROM order_basis_lines" + where);
  service_.Sql("DELETE FROM order_bases" + where);
  service_.Sql("UPDATE transactions SET order_basis_id = ''" + where + " AND order_basis_id LIKE 'ord-%'");
  service_.Sql(absl::StrCat("UPDATE agreements SET settled_until = '", kFromDay, "'", where));
  service_.Sql("UPDATE products SET priced_until = NULL" + where);
}

}  // namespace agreements::benchmark
