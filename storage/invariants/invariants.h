// What must hold for all that is stored, whoever wrote it: the SELECTs behind `agreements-admin verify`. Each looks at
// one account, and sees one state of the database, however much is written meanwhile.
#ifndef AGREEMENTS_STORAGE_INVARIANTS_INVARIANTS_H_
#define AGREEMENTS_STORAGE_INVARIANTS_INVARIANTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/connection/database.h"
#include "storage/connection/statement.h"

namespace agreements::storage {

// A rule, and how to find what breaks it.
struct Invariant {
  const char* table;          // What is looked at, e.g. "agreements".
  const char* rule;           // In words, e.g. "company_count is the number of companies that it holds".
  const Statement* breaches;  // Of an account, at most so many: what is wrong, in ascending order, and how much in all.
};

// Of agreements, companies, drafts, placements, accesses and requests.
std::vector<Invariant> StructureInvariants();

// Of products, prices, transactions and order bases.
std::vector<Invariant> BillingInvariants();

// Finds transactions that are not wrong, but arrived late: of settled days, and in no order basis yet.
const Invariant& WaitingTransactions();

// What an invariant found in one account.
struct Breaches {
  int64_t count = 0;
  std::vector<std::string> first;  // At most as many as asked for, ascending.
};

absl::StatusOr<Breaches> FindBreaches(ReadTransaction& tx, const Invariant& invariant, int limit);

// The account after `after_id` in ascending order of what is stored of any; nothing after the last one.
absl::StatusOr<std::optional<std::string>> NextAccount(Database& database, absl::string_view after_id);

// How many rows an account has, by table.
absl::StatusOr<std::map<std::string, int64_t>> CountRows(ReadTransaction& tx);

// When something was created, and the day from which it is told of.
struct Beginning {
  std::string id;
  absl::Time create_time;
  std::optional<absl::CivilDay> first_day;
  bool after_settled = false;  // Whether first_day is where some agreement's settled days end.
};

// At most `limit`, in ascending order of ids after `after_id`: of agreements, the first day of the first order basis
// or, without any, settled_until; of companies, that of the first placement.
absl::StatusOr<std::vector<Beginning>> ListAgreementBeginnings(ReadTransaction& tx, absl::string_view after_id,
                                                               int limit);
absl::StatusOr<std::vector<Beginning>> ListCompanyBeginnings(ReadTransaction& tx, absl::string_view after_id,
                                                             int limit);

// When a company was changed last, and the day by which its newest placement is placed: the one on which it begins or,
// of a deleted company, the last one on which an agreement has it.
struct LastChange {
  std::string id;
  absl::Time update_time;
  std::optional<absl::CivilDay> day;  // Of a company without placements: none.
};

// At most `limit`, in ascending order of ids after `after_id`.
absl::StatusOr<std::vector<LastChange>> ListCompanyChanges(ReadTransaction& tx, absl::string_view after_id, int limit);

// At most `limit`, in ascending order of ids after `after_id`.
absl::StatusOr<std::vector<std::string>> ListOrderBasisIds(ReadTransaction& tx, absl::string_view after_id, int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_INVARIANTS_INVARIANTS_H_
