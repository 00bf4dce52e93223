#include "storage/billing/billable_agreements.h"

#include "absl/strings/str_replace.h"
#include "proto/status_macros.h"
#include "storage/billing/transaction_claims.h"
#include "storage/tables/columns.h"
#include "storage/tables/placement_sql.h"

namespace agreements::storage {
namespace {

// The agreement `a` is not settled. If it is deleted, it has an uncharged day or transaction (domain.md O6).
// Values: the day until which it should be settled, the day before which days and transactions count twice.
const std::string kNotSettled =
    absl::StrReplaceAll(R"sql(a.settled_until < ?
         AND (a.delete_time IS NULL
              OR EXISTS (SELECT 1
                         FROM placements AS p
                         WHERE p.account_id = a.account_id AND p.agreement_id = a.agreement_id
                           AND p.from_day < ?
                           AND {held_after_settled_days})
              OR EXISTS (SELECT 1
                         FROM placements AS p
                         JOIN transactions AS t
                           ON {unclaimed_since}
                         WHERE p.account_id = a.account_id AND p.agreement_id = a.agreement_id
                           AND t.day < ?
                           AND {held_on_its_day})))sql",
                        {{"{held_after_settled_days}", NoLaterPlacement("p", "a.settled_until")},
                         {"{unclaimed_since}", kUnclaimedSince},
                         {"{held_on_its_day}", NoLaterPlacement("p", "t.day")}});

// The agreement `a` is settled until a day, and has an order basis of the day before. Values: the day three times.
constexpr char kSettled[] = R"sql(a.settled_until >= ?
         AND EXISTS (SELECT 1
                     FROM order_bases AS d
                     WHERE d.account_id = a.account_id AND d.agreement_id = a.agreement_id
                       AND d.from_day < ?
                       AND d.until_day >= ?))sql";

const Statement kListBillable = {"list_billable", {{"{not_settled}", kNotSettled}, {"{settled}", kSettled}}, R"sql(
  SELECT a.agreement_id, a.settled_until, a.company_count
  FROM agreements AS a
  WHERE a.account_id = ?
    AND a.agreement_id > ?
    AND ({not_settled} OR ? = 1 AND {settled})
  ORDER BY a.agreement_id
  LIMIT ?
)sql"};

const Statement kCountBillable = {
    "count_billable", {{"{not_settled}", kNotSettled}, {"{settled}", kSettled}, {"{last_date}", kLastDate}}, R"sql(
  SELECT COALESCE(SUM(IF(a.settled_until < ?,
                         PERIOD_DIFF(DATE_FORMAT(? - INTERVAL 1 DAY, '%Y%m'), DATE_FORMAT(a.settled_until, '%Y%m')) + 1,
                         1)), 0),
         COALESCE(MIN(a.settled_until), '{last_date}')
  FROM agreements AS a
  WHERE a.account_id = ?
    AND ({not_settled} OR {settled})
)sql"};

BillableAgreement ReadBillable(const Row& row) {
  return {.agreement_id = row.GetString(1), .settled_until = row.GetDay(2), .companies = row.GetInt64(3)};
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
