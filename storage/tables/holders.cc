#include "storage/tables/holders.h"

#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "storage/tables/companies.h"
#include "storage/tables/company_drafts.h"
#include "storage/tables/placements.h"

namespace agreements::storage {
namespace {

// The agreement that holds a company. Values: account_id, company_id.
constexpr char kHolder[] = R"sql((SELECT c.agreement_id
                         FROM companies AS c
                         WHERE c.account_id = ? AND c.company_id = ?))sql";

const std::string kHolderOfDraft = absl::StrCat(R"sql((SELECT d.agreement_id
                         FROM company_drafts AS d
                         WHERE d.account_id = ? AND d.draft_id = ?
                           AND d.state = )sql",
                                                v1::COMPANY_DRAFT_STATE_OPEN, ")");

const Statement kLockHolder = {"lock_holder", LockSql("?", kHolder)};
const Statement kLockHolderOfDraft = {"lock_holder_of_draft", LockSql("?", kHolderOfDraft)};

// Both engines read the two rows by the primary key, in ascending order.
const Statement kLockHolderAndTarget = {"lock_holder_and_target", {{"{holder}", kHolder}}, R"sql(
  UPDATE agreements
  SET company_count = company_count + IF(agreement_id = ?, 1, ?),
      guard = ?
  WHERE account_id = ? AND agreement_id IN (?, {holder})
    AND (delete_time IS NULL OR agreement_id <> ? AND ? = 0)
    AND company_count + IF(agreement_id = ?, 1, ?) >= 0
)sql"};

// A row for each of the newest placements.
std::string HeldCompanySql(absl::string_view more_columns) {
  return absl::StrCat("\n  SELECT ", CompanyColumns("c"), ",\n         ", AgreementColumns("a"), ",\n         ",
                      AgreementColumns("t"), R"sql(,
         a.guard = ?, t.guard = ?, p.company_id, p.agreement_id, p.from_day)sql",
                      more_columns, R"sql(
  FROM companies AS c
  JOIN agreements AS a
    ON a.account_id = c.account_id AND a.agreement_id = c.agreement_id
  LEFT JOIN agreements AS t
    ON t.account_id = c.account_id AND t.agreement_id = ?
  LEFT JOIN placements AS p
    ON p.account_id = c.account_id AND p.company_id = c.company_id
  WHERE c.account_id = ? AND c.company_id = ?
  ORDER BY p.from_day DESC
  LIMIT 3
)sql");
}

const Statement kGetHeldCompany = {"get_held_company", HeldCompanySql("")};

const Statement kGetCompanyInUse = {"get_company_in_use", {{"{ENDED}", v1::ACCESS_STATE_ENDED}}, HeldCompanySql(R"sql(,
         (SELECT MAX(u.day)
          FROM transactions AS u
          WHERE u.account_id = c.account_id AND u.order_basis_id = '' AND u.company_id = c.company_id),
         EXISTS (SELECT 1
                 FROM accesses AS x
                 WHERE x.account_id = c.account_id AND x.company_id = c.company_id
                   AND x.state <> {ENDED}))sql")};

const Statement kGetHeldDraft = {
    "get_held_draft", {{"{draft}", DraftColumns("d")}, {"{holder}", AgreementColumns("a")}}, R"sql(
  SELECT {draft},
         {holder},
         a.guard = ?
  FROM company_drafts AS d
  JOIN agreements AS a
    ON a.account_id = d.account_id AND a.agreement_id = d.agreement_id
  WHERE d.account_id = ? AND d.draft_id = ?
)sql"};

HeldCompany ReadHeldCompany(const Row& row) {
  HeldCompany held;
  held.company = ReadCompany(row, 1);
  held.holder = ReadAgreement(row, 9);
  held.is_locked = row.GetInt64(29) == 1;
  if (!row.IsNull(19)) {
    held.target = ReadAgreement(row, 19);
    held.is_locked = held.is_locked && row.GetInt64(30) == 1;
  }
  if (!row.IsNull(31)) held.newest.push_back(ReadPlacement(row, 31));
  return held;
}

HeldCompany ReadCompanyInUse(const Row& row) {
  HeldCompany held = ReadHeldCompany(row);
  if (!row.IsNull(34)) held.newest_transaction_day = row.GetDay(34);
  held.has_accesses = row.GetInt64(35) == 1;
  return held;
}

HeldDraft ReadHeldDraft(const Row& row) {
  return {.draft = ReadDraft(row, 1), .holder = ReadAgreement(row, 10), .is_locked = row.GetInt64(20) == 1};
}

// A number that no other transaction has.
int64_t NewMark() {
  thread_local absl::BitGen generator;
  // Servers of an earlier version add one.
  return absl::Uniform<int64_t>(generator, 1, int64_t{1} << 62);
}

absl::StatusOr<HolderLock> Lock(Transaction& tx, const Statement& statement, absl::string_view id, CountChange change) {
  HolderLock lock = {.mark = NewMark(), .change = change, .target_id = ""};
  RETURN_IF_ERROR(tx.Execute(statement, {change.companies, change.drafts, lock.mark, tx.account_id(), tx.account_id(),
                                         id, change.companies, change.drafts})
                      .status());
  return lock;
}

absl::StatusOr<HeldCompany> GetHeld(Transaction& tx, const Statement& statement, HeldCompany (*reader)(const Row&),
                                    absl::string_view company_id, const HolderLock& lock) {
  ASSIGN_OR_RETURN(std::vector<HeldCompany> rows,
                   tx.Query(statement, {lock.mark, lock.mark, lock.target_id, tx.account_id(), company_id}, reader));
  if (rows.empty()) return CompanyNotFound(company_id);
  HeldCompany held = std::move(rows.front());
  for (size_t i = 1; i < rows.size(); ++i) held.newest.push_back(std::move(rows[i].newest.front()));
  tx.Saw(held.company);
  if (!held.is_locked) return held;
  if (held.target) TellLocked(tx, *held.target, {.companies = 1});
  if (lock.target_id != held.holder.agreement_id()) TellLocked(tx, held.holder, lock.change);
  return held;
}

}  // namespace

absl::StatusOr<HolderLock> LockHolder(Transaction& tx, absl::string_view company_id, CountChange change) {
  return Lock(tx, kLockHolder, company_id, change);
}

absl::StatusOr<HolderLock> LockHolderOfDraft(Transaction& tx, absl::string_view draft_id, CountChange change) {
  return Lock(tx, kLockHolderOfDraft, draft_id, change);
}

absl::StatusOr<HolderLock> LockHolderAndTarget(Transaction& tx, absl::string_view company_id,
                                               absl::string_view target_id, int companies) {
  HolderLock lock = {.mark = NewMark(), .change = {.companies = companies}, .target_id = std::string(target_id)};
  RETURN_IF_ERROR(
      tx.Execute(kLockHolderAndTarget, {target_id, companies, lock.mark, tx.account_id(), target_id, tx.account_id(),
                                        company_id, target_id, companies, target_id, companies})
          .status());
  return lock;
}

absl::StatusOr<HeldCompany> GetHeldCompany(Transaction& tx, absl::string_view company_id, const HolderLock& lock) {
  return GetHeld(tx, kGetHeldCompany, ReadHeldCompany, company_id, lock);
}

absl::StatusOr<HeldCompany> GetCompanyInUse(Transaction& tx, absl::string_view company_id, const HolderLock& lock) {
  return GetHeld(tx, kGetCompanyInUse, ReadCompanyInUse, company_id, lock);
}

absl::StatusOr<HeldDraft> GetHeldDraft(Transaction& tx, absl::string_view draft_id, const HolderLock& lock) {
  ASSIGN_OR_RETURN(std::optional<HeldDraft> held,
                   tx.QueryOne(kGetHeldDraft, {lock.mark, tx.account_id(), draft_id}, ReadHeldDraft));
  if (!held) return DraftNotFound(draft_id);
  tx.Saw(held->draft);
  if (held->is_locked) TellLocked(tx, held->holder, lock.change);
  return *std::move(held);
}

}  // namespace agreements::storage
