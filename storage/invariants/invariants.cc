#include "storage/invariants/invariants.h"

#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "storage/connection/changes.h"
#include "storage/connection/ids.h"

namespace agreements::storage {
namespace {

const Statement kNextAccount = {"next_account", R"sql(
  SELECT MIN(account_id)
  FROM (
    SELECT MIN(account_id) AS account_id FROM agreements WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM companies WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM company_drafts WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM placements WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM accesses WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM products WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM prices WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM transactions WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM order_bases WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM order_basis_lines WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM requests WHERE account_id > ?
    UNION ALL SELECT MIN(account_id) FROM changes WHERE account_id > ?
  ) AS following
)sql"};

const Statement kCountRows = {"count_rows", {{"{ENTRY}", kEntryRow}}, R"sql(
  SELECT 'agreements', COUNT(*) FROM agreements WHERE account_id = ?
  UNION ALL SELECT 'companies', COUNT(*) FROM companies WHERE account_id = ?
  UNION ALL SELECT 'drafts', COUNT(*) FROM company_drafts WHERE account_id = ?
  UNION ALL SELECT 'placements', COUNT(*) FROM placements WHERE account_id = ?
  UNION ALL SELECT 'accesses', COUNT(*) FROM accesses WHERE account_id = ?
  UNION ALL SELECT 'products', COUNT(*) FROM products WHERE account_id = ?
  UNION ALL SELECT 'prices', COUNT(*) FROM prices WHERE account_id = ?
  UNION ALL SELECT 'transactions', COUNT(*) FROM transactions WHERE account_id = ?
  UNION ALL SELECT 'order bases', COUNT(*) FROM order_bases WHERE account_id = ?
  UNION ALL SELECT 'order basis lines', COUNT(*) FROM order_basis_lines WHERE account_id = ?
  UNION ALL SELECT 'requests', COUNT(*) FROM requests WHERE account_id = ?
  UNION ALL SELECT 'changes', COUNT(*) FROM changes WHERE account_id = ? AND kind = {ENTRY}
)sql"};

const Statement kListAgreementBeginnings = {"list_agreement_beginnings", R"sql(
  SELECT a.agreement_id, a.create_time,
         COALESCE((SELECT MIN(d.from_day)
                   FROM order_bases AS d
                   WHERE d.account_id = a.account_id AND d.agreement_id = a.agreement_id), a.settled_until),
         0
  FROM agreements AS a
  WHERE a.account_id = ?
    AND a.agreement_id > ?
  ORDER BY a.agreement_id
  LIMIT ?
)sql"};

// The first day is seldom later than the day of creation in UTC, so the subqueries seldom run.
const Statement kListCompanyBeginnings = {"list_company_beginnings", R"sql(
  SELECT c.company_id, c.create_time, c.first_day,
         CASE
           WHEN c.first_day <= DATE(c.create_time) THEN 0
           ELSE EXISTS (SELECT 1
                        FROM agreements AS a
                        WHERE a.account_id = c.account_id
                          AND a.settled_until = c.first_day)
                OR EXISTS (SELECT 1
                           FROM order_bases AS d
                           WHERE d.account_id = c.account_id
                             AND (d.from_day = c.first_day OR d.until_day = c.first_day))
         END
  FROM (
    SELECT account_id, company_id, create_time,
           (SELECT MIN(p.from_day)
            FROM placements AS p
            WHERE p.account_id = companies.account_id AND p.company_id = companies.company_id) AS first_day
    FROM companies
    WHERE account_id = ?
      AND company_id > ?
    ORDER BY company_id
    LIMIT ?
  ) AS c
  ORDER BY c.company_id
)sql"};

const Statement kListCompanyChanges = {"list_company_changes", R"sql(
  SELECT company_id, update_time,
         (SELECT MAX(p.from_day)
          FROM placements AS p
          WHERE p.account_id = companies.account_id AND p.company_id = companies.company_id)
           - INTERVAL IF(delete_time IS NULL, 0, 1) DAY
  FROM companies
  WHERE account_id = ?
    AND company_id > ?
  ORDER BY company_id
  LIMIT ?
)sql"};

const Statement kListOrderBasisIds = {"list_order_basis_ids", R"sql(
  SELECT order_basis_id
  FROM order_bases
  WHERE account_id = ?
    AND order_basis_id > ?
  ORDER BY order_basis_id
  LIMIT ?
)sql"};

struct Breach {
  std::string text;
  int64_t count;  // Of all.
};

Breach ReadBreach(const Row& row) { return {.text = row.GetString(1), .count = row.GetInt64(2)}; }

std::optional<std::string> ReadAccount(const Row& row) {
  if (row.IsNull(1)) return std::nullopt;
  return row.GetString(1);
}

std::pair<std::string, int64_t> ReadCount(const Row& row) { return {row.GetString(1), row.GetInt64(2)}; }

Beginning ReadBeginning(const Row& row) {
  Beginning beginning;
  beginning.id = row.GetString(1);
  beginning.create_time = ToTime(row.GetTimestamp(2));
  if (!row.IsNull(3)) beginning.first_day = row.GetDay(3);
  beginning.after_settled = row.GetInt64(4) != 0;
  return beginning;
}

LastChange ReadChange(const Row& row) {
  LastChange change;
  change.id = row.GetString(1);
  change.update_time = ToTime(row.GetTimestamp(2));
  if (!row.IsNull(3)) change.day = row.GetDay(3);
  return change;
}

std::string ReadId(const Row& row) { return row.GetString(1); }

Breaches Gathered(std::vector<Breach> found) {
  Breaches breaches;
  for (Breach& breach : found) {
    breaches.count = breach.count;
    breaches.first.push_back(std::move(breach.text));
  }
  return breaches;
}

}  // namespace

absl::StatusOr<Breaches> FindBreaches(ReadTransaction& tx, const Invariant& invariant, int limit) {
  ASSIGN_OR_RETURN(auto found, tx.Query(*invariant.breaches, {tx.account_id(), limit}, ReadBreach));
  return Gathered(std::move(found));
}

absl::StatusOr<Breaches> FindRecentBreaches(ReadTransaction& tx, const Invariant& invariant, absl::Time since,
                                            int limit) {
  const std::string since_id = FirstId("", since);
  ASSIGN_OR_RETURN(auto found, tx.Query(*invariant.breaches, {since_id, since_id, tx.account_id(), limit}, ReadBreach));
  return Gathered(std::move(found));
}

absl::StatusOr<std::optional<std::string>> NextAccount(Database& database, absl::string_view after_id) {
  const std::vector<Value> values(12, after_id);
  ASSIGN_OR_RETURN(const auto next, database.QueryAlone(kNextAccount, values, ReadAccount));
  return next.front();
}

absl::StatusOr<std::map<std::string, int64_t>> CountRows(ReadTransaction& tx) {
  const std::vector<Value> values(12, tx.account_id());
  ASSIGN_OR_RETURN(const auto counts, tx.Query(kCountRows, values, ReadCount));
  return std::map<std::string, int64_t>(counts.begin(), counts.end());
}

absl::StatusOr<std::vector<Beginning>> ListAgreementBeginnings(ReadTransaction& tx, absl::string_view after_id,
                                                               int limit) {
  return tx.Query(kListAgreementBeginnings, {tx.account_id(), after_id, limit}, ReadBeginning);
}

absl::StatusOr<std::vector<Beginning>> ListCompanyBeginnings(ReadTransaction& tx, absl::string_view after_id,
                                                             int limit) {
  return tx.Query(kListCompanyBeginnings, {tx.account_id(), after_id, limit}, ReadBeginning);
}

absl::StatusOr<std::vector<LastChange>> ListCompanyChanges(ReadTransaction& tx, absl::string_view after_id, int limit) {
  return tx.Query(kListCompanyChanges, {tx.account_id(), after_id, limit}, ReadChange);
}

absl::StatusOr<std::vector<std::string>> ListOrderBasisIds(ReadTransaction& tx, absl::string_view after_id, int limit) {
  return tx.Query(kListOrderBasisIds, {tx.account_id(), after_id, limit}, ReadId);
}

}  // namespace agreements::storage
