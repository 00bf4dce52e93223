#include "tests/benchmark/calls/data.h"

#include <atomic>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/substitute.h"
#include "agreements/v1/product.pb.h"
#include "storage/tables/name_keys.h"

namespace agreements::benchmark {
namespace {

constexpr int kAllAgreements = kAgreements * (1 + kTargetsOfEach);
constexpr int kAllCompanies = kAgreements * kCompaniesOfEach;

std::string IdOf(absl::string_view prefix, int64_t number) { return absl::StrFormat("%s%016d", prefix, number); }

// The id of a number that SQL computes.
std::string IdSql(absl::string_view prefix, absl::string_view number) {
  return absl::Substitute("CONCAT('$0', LPAD($1, 16, '0'))", prefix, number);
}

// The account of an agreement's number that SQL computes.
std::string AccountSql(absl::string_view agreement) {
  return absl::Substitute("CONCAT('acct-', ($0) % $1)", agreement, kAccounts);
}

// Values of name_key, folded_name, keyed_name and key_version, so that the server need not compute them.
std::string NameKeysSql() {
  const storage::NameKeys keys = storage::KeysOf(kDisplayName);
  return absl::Substitute("X'$0', X'$1', '$2', $3", absl::BytesToHexString(keys.sort_key),
                          absl::BytesToHexString(keys.folded), kDisplayName, keys.version);
}

// A table of the numbers from 0 on, to select from.
void LoadNumbers(testing::TestDatabase& database) {
  database.Sql("CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY) ENGINE = InnoDB");
  database.Sql("INSERT INTO numbers (n) VALUES (0)");
  for (int count = 1; count < kAllCompanies; count *= 2) {
    database.Sql(absl::Substitute("INSERT INTO numbers (n) SELECT n + $0 FROM numbers", count));
  }
}

void LoadProducts(testing::TestDatabase& database) {
  for (const auto& [id, kind] :
       {std::pair(kLicense, v1::PRODUCT_KIND_LICENSE), std::pair(kScan, v1::PRODUCT_KIND_TRANSACTION)}) {
    database.Sql(absl::Substitute(
        "INSERT INTO products (account_id, product_id, display_name, kind, priced_until, guard, revision, create_time, "
        "update_time) SELECT $0, '$1', '$1', $2, NULL, 0, 1, '2025-01-01', '2025-01-01' FROM numbers WHERE n < $3",
        AccountSql("n"), id, kind, kAccounts));
  }
}

// A target's number is that of its agreement and a multiple of kAgreements.
void LoadAgreements(testing::TestDatabase& database) {
  database.Sql(absl::Substitute(
      "INSERT INTO agreements (account_id, agreement_id, display_name, customer_number, company_count, draft_count, "
      "settled_until, revision, create_time, update_time, delete_time, name_key, folded_name, keyed_name, key_version) "
      "SELECT $0, $1, '$2', '1001', IF(n < $3, $4, 0), 0, '2025-02-01', 1, '2025-01-01', '2025-01-01', NULL, $5 "
      "FROM numbers WHERE n < $6",
      AccountSql("n"), IdSql("agr-", "n"), kDisplayName, kAgreements, kCompaniesOfEach, NameKeysSql(), kAllAgreements));
}

void LoadCompanies(testing::TestDatabase& database) {
  const std::string agreement = absl::StrCat("(n DIV ", kCompaniesOfEach, ")");
  database.Sql(absl::Substitute(
      "INSERT INTO companies (account_id, company_id, agreement_id, display_name, organization_number, revision, "
      "create_time, update_time, delete_time, name_key, folded_name, keyed_name, key_version) "
      "SELECT $0, $1, $2, '$3', '', 1, '2025-01-01', '2025-01-01', NULL, $4 FROM numbers WHERE n < $5",
      AccountSql(agreement), IdSql("cmp-", "n"), IdSql("agr-", agreement), kDisplayName, NameKeysSql(), kAllCompanies));
  database.Sql(
      absl::Substitute("INSERT INTO placements (account_id, company_id, from_day, agreement_id) "
                       "SELECT $0, $1, '2025-01-01', $2 FROM numbers WHERE n < $3",
                       AccountSql(agreement), IdSql("cmp-", "n"), IdSql("agr-", agreement), kAllCompanies));
}

}  // namespace

std::string AccountOf(int agreement) { return absl::StrCat("acct-", agreement % kAccounts); }

std::string AgreementId(int agreement) { return IdOf("agr-", agreement); }

std::string TargetId(int agreement, int target) { return IdOf("agr-", agreement + (target + 1) * kAgreements); }

std::string CompanyId(int agreement, int company) { return IdOf("cmp-", agreement * kCompaniesOfEach + company); }

std::string NewId(absl::string_view prefix) {
  static std::atomic<int64_t> next = 1'000'000'000;
  return IdOf(prefix, next++);
}

void LoadData(testing::TestDatabase& database) {
  LoadNumbers(database);
  LoadProducts(database);
  LoadAgreements(database);
  LoadCompanies(database);
  database.Sql("DROP TABLE numbers");
  database.Sql("ANALYZE TABLE agreements, companies, placements, products");
}

}  // namespace agreements::benchmark
