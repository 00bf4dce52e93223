#include "storage/billing/billable_agreements.h"

#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

const Statement kListBillable = {"list_billable", R"sql(
  SELECT a.agreement_id, a.settled_until
  FROM agreements AS a
  WHERE a.account_id = ?
    AND a.agreement_id > ?
    AND (a.settled_until < ?
         AND (a.delete_time IS NULL
              OR EXISTS (SELECT 1
                         FROM placements AS p
                         WHERE p.account_id = a.account_id AND p.agreement_id = a.agreement_id
                           AND p.from_day < ?
                           AND NOT EXISTS (SELECT 1
                                           FROM placements AS later
                                           WHERE later.account_id = p.account_id AND later.company_id = p.company_id
                                             AND later.from_day > p.from_day AND later.from_day <= a.settled_until))
              OR EXISTS (SELECT 1
                         FROM placements AS p
                         JOIN transactions AS t
                           ON t.account_id = p.account_id AND t.order_basis_id = '' AND t.company_id = p.company_id
                           AND t.day >= p.from_day
                         WHERE p.account_id = a.account_id AND p.agreement_id = a.agreement_id
                           AND t.day < ?
                           AND NOT EXISTS (SELECT 1
                                           FROM placements AS later
                                           WHERE later.account_id = t.account_id AND later.company_id = t.company_id
                                             AND later.from_day > p.from_day AND later.from_day <= t.day)))
         OR ? = 1
         AND a.settled_until >= ?
         AND EXISTS (SELECT 1
                     FROM order_bases AS d
                     WHERE d.account_id = a.account_id AND d.agreement_id = a.agreement_id
                       AND d.from_day < ?
                       AND d.until_day >= ?))
  ORDER BY a.agreement_id
  LIMIT ?
)sql"};

// The same condition, for the whole run.
const Statement kCountBillable = {"count_billable", R"sql(
  SELECT COALESCE(SUM(IF(a.settled_until < ?,
                         PERIOD_DIFF(DATE_FORMAT(? - INTERVAL 1 DAY, '%Y%m'), DATE_FORMAT(a.settled_until, '%Y%m')) + 1,
                         1)), 0),
         COALESCE(MIN(a.settled_until), '9999-12-31')
  FROM agreements AS a
  WHERE a.account_id = ?
    AND (a.settled_until < ?
         AND (a.delete_time IS NULL
              OR EXISTS (SELECT 1
                         FROM placements AS p
                         WHERE p.account_id = a.account_id AND p.agreement_id = a.agreement_id
                           AND p.from_day < ?
                           AND NOT EXISTS (SELECT 1
                                           FROM placements AS later
                                           WHERE later.account_id = p.account_id AND later.company_id = p.company_id
                                             AND later.from_day > p.from_day AND later.from_day <= a.settled_until))
              OR EXISTS (SELECT 1
                         FROM placements AS p
                         JOIN transactions AS t
                           ON t.account_id = p.account_id AND t.order_basis_id = '' AND t.company_id = p.company_id
                           AND t.day >= p.from_day
                         WHERE p.account_id = a.account_id AND p.agreement_id = a.agreement_id
                           AND t.day < ?
                           AND NOT EXISTS (SELECT 1
                                           FROM placements AS later
                                           WHERE later.account_id = t.account_id AND later.company_id = t.company_id
                                             AND later.from_day > p.from_day AND later.from_day <= t.day)))
         OR a.settled_until >= ?
         AND EXISTS (SELECT 1
                     FROM order_bases AS d
                     WHERE d.account_id = a.account_id AND d.agreement_id = a.agreement_id
                       AND d.from_day < ?
                       AND d.until_day >= ?))
)sql"};

BillableAgreement ReadBillable(const Row& row) {
  return {.agreement_id = row.GetString(1), .settled_until = row.GetDay(2)};
}

BillableCount ReadBillableCount(const Row& row) { return {.months = row.GetInt64(1), .oldest_until = row.GetDay(2)}; }

}  // namespace

absl::StatusOr<std::vector<BillableAgreement>> ListBillable(ReadTransaction& tx, Billable which,
                                                            absl::string_view after_id, int limit) {
  return tx.Query(kListBillable,
                  {tx.account_id(), after_id, which.month_until, which.until_day, which.until_day, which.settled,
                   which.until_day, which.until_day, which.until_day, limit},
                  ReadBillable);
}

absl::StatusOr<BillableCount> CountBillable(ReadTransaction& tx, absl::CivilDay until_day) {
  ASSIGN_OR_RETURN(const std::optional<BillableCount> count,
                   tx.QueryOne(kCountBillable,
                               {until_day, until_day, tx.account_id(), until_day, until_day, until_day, until_day,
                                until_day, until_day},
                               ReadBillableCount));
  return count.value_or(BillableCount());
}

}  // namespace agreements::storage
