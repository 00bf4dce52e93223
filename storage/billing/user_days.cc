#include "storage/billing/user_days.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/status_macros.h"
#include "storage/tables/placement_sql.h"

namespace agreements::storage {
namespace {

// The accesses `a` that count on days `p` of the agreements' companies. HeldDays groups by its key, which keeps MariaDB
// from merging it into the join. Merged, it would search for the next placement for each access, and take about twice
// as long.
//
// Values: those of HeldDays, account_id.
const std::string kCounting = absl::StrCat(HeldDays(), R"sql( AS p
  STRAIGHT_JOIN accesses AS a
    ON a.account_id = ? AND a.company_id = p.company_id
    AND a.until_day > p.from_day
    AND a.from_day < p.until_day
  WHERE p.from_day < p.until_day)sql");

// Grouped by the agreement's place, since its id would make the temporary table of a large agreement too large for
// memory, and take twice as long. ORDER BY NULL, since MariaDB sorts what it has grouped.
const Statement kCountUserDays = {"count_user_days", {{"{counting}", kCounting}}, R"sql(
  SELECT place, product_id, days, COUNT(*)
  FROM (
    SELECT p.place, a.product_id, a.user_id,
           BIT_OR((1 << DATEDIFF(LEAST(a.until_day, p.until_day), ?))
                  - (1 << DATEDIFF(GREATEST(a.from_day, p.from_day), ?))) AS days
    FROM {counting}
    GROUP BY p.place, a.product_id, a.user_id
    ORDER BY NULL
  ) AS users
  GROUP BY place, product_id, days
)sql"};

const Statement kListUserAccesses = {"list_user_accesses", {{"{counting}", kCounting}}, R"sql(
  SELECT a.user_id, a.company_id, a.access_id, GREATEST(a.from_day, p.from_day) AS share_from_day,
         LEAST(a.until_day, p.until_day)
  FROM {counting}
    AND a.product_id = ?
    AND a.user_id >= ?
    AND (a.user_id > ?
         OR a.company_id > ?
         OR a.company_id = ? AND a.access_id > ?
         OR a.company_id = ? AND a.access_id = ? AND GREATEST(a.from_day, p.from_day) > ?)
  ORDER BY a.user_id, a.company_id, a.access_id, share_from_day
  LIMIT ?
)sql"};

struct UserDaysRow {
  size_t place;
  UserDays days;  // Without the agreement.
};

UserDaysRow ReadUserDays(const Row& row) {
  return {.place = static_cast<size_t>(row.GetInt64(1)),
          .days = {.agreement_id = "",
                   .product_id = row.GetString(2),
                   .days = static_cast<uint32_t>(row.GetInt64(3)),
                   .users = row.GetInt64(4)}};
}

UserAccess ReadUserAccess(const Row& row) {
  return {.key = {.user_id = row.GetString(1),
                  .company_id = row.GetString(2),
                  .access_id = row.GetString(3),
                  .from_day = row.GetString(4)},
          .until_day = row.GetString(5)};
}

}  // namespace

absl::StatusOr<std::vector<UserDays>> CountUserDays(ReadTransaction& tx, const AgreementDays& page) {
  const absl::CivilDay first_of_month(absl::CivilMonth(page.until_day - 1));
  ASSIGN_OR_RETURN(std::vector<UserDaysRow> rows,
                   tx.Query(kCountUserDays,
                            {first_of_month, first_of_month, page.until_day, page.until_day, JsonOf(page),
                             tx.account_id(), page.until_day, tx.account_id()},
                            ReadUserDays));
  std::vector<UserDays> counted;
  for (auto& [place, days] : rows) {
    days.agreement_id = page.agreements.at(place).agreement_id;
    counted.push_back(std::move(days));
  }
  return counted;
}

absl::Status ForEachUserAccess(Snapshot& tx, absl::string_view agreement_id, absl::string_view product_id, Days days,
                               const UserAccessKey& after, int limit, absl::FunctionRef<void(const UserAccess&)> take) {
  const AgreementDays page = {.agreements = {{std::string(agreement_id), days.from}}, .until_day = days.until};
  return tx.ForEach(kListUserAccesses,
                    {days.until, days.until, JsonOf(page), tx.account_id(), days.until, tx.account_id(), product_id,
                     after.user_id, after.user_id, after.company_id, after.company_id, after.access_id,
                     after.company_id, after.access_id, after.from_day, limit},
                    ReadUserAccess, take);
}

}  // namespace agreements::storage
