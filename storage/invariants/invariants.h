// What must hold for all stored rows, whoever wrote them: the SELECTs of `agreements-admin verify`. Each one reads one
// account, in a Snapshot.
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

// A rule, and a SELECT that finds the rows that break it.
struct Invariant {
  const char* table;          // The rows that the rule is about, e.g. "agreements".
  const char* rule;           // In words, e.g. "company_count is the number of companies that it holds".
  const Statement* breaches;  // Values: account_id, limit. Rows: what is wrong, ascending; how many there are in all.
};

// Of agreements, companies, drafts, placements and accesses.
std::vector<Invariant> StructureInvariants();

// Of products, prices, transactions and order bases.
std::vector<Invariant> BillingInvariants();

// Of requests and changes.
std::vector<Invariant> ChangeInvariants();

// What was made recently and has no entry in the trail. Values of a SELECT: FirstId("", since) twice, account_id,
// limit.
std::vector<Invariant> RecentInvariants();

// Finds transactions that arrived late: they are of settled days, and wait for the next order basis. No breach.
const Invariant& WaitingTransactions();

// The breaches of an invariant in one account.
struct Breaches {
  int64_t count = 0;
  std::vector<std::string> first;  // At most `limit`, ascending.
};

absl::StatusOr<Breaches> FindBreaches(ReadTransaction& tx, const Invariant& invariant, int limit);

// The same for one of RecentInvariants().
absl::StatusOr<Breaches> FindRecentBreaches(ReadTransaction& tx, const Invariant& invariant, absl::Time since,
                                            int limit);

// The next account after `after_id` that has rows in any table, or std::nullopt after the last one.
absl::StatusOr<std::optional<std::string>> NextAccount(Database& database, absl::string_view after_id);

// The number of the account's rows in each table.
absl::StatusOr<std::map<std::string, int64_t>> CountRows(ReadTransaction& tx);

// The creation of an agreement or a company.
struct Beginning {
  std::string id;
  absl::Time create_time;
  std::optional<absl::CivilDay> first_day;
  bool after_settled = false;  // Whether the settled days of some agreement end, or ended, on first_day.
};

// At most `limit` with ids above `after_id`, in ascending order. The first day of an agreement is that of its first
// order basis or, without one, its settled_until. The first day of a company is that of its first placement.
absl::StatusOr<std::vector<Beginning>> ListAgreementBeginnings(ReadTransaction& tx, absl::string_view after_id,
                                                               int limit);
absl::StatusOr<std::vector<Beginning>> ListCompanyBeginnings(ReadTransaction& tx, absl::string_view after_id,
                                                             int limit);

// The last change of a company.
struct LastChange {
  std::string id;
  absl::Time update_time;
  // The first day of its newest placement. Of a deleted company, the last day in an agreement.
  std::optional<absl::CivilDay> day;
};

// At most `limit` with ids above `after_id`, in ascending order.
absl::StatusOr<std::vector<LastChange>> ListCompanyChanges(ReadTransaction& tx, absl::string_view after_id, int limit);

// At most `limit` ids above `after_id`, in ascending order.
absl::StatusOr<std::vector<std::string>> ListOrderBasisIds(ReadTransaction& tx, absl::string_view after_id, int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_INVARIANTS_INVARIANTS_H_
