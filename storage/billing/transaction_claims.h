// Which order basis has a transaction: the column `order_basis_id` of the table `transactions`. A transaction is
// claimed by the agreement that held its company on its day (domain.md B8), once (O3).
#ifndef AGREEMENTS_STORAGE_BILLING_TRANSACTION_CLAIMS_H_
#define AGREEMENTS_STORAGE_BILLING_TRANSACTION_CLAIMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/transaction.pb.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// Transactions `t` that are unclaimed and not before the placement `p` of their company: a condition for a join. With
// NoLaterPlacement("p", "t.day"), `p` is the placement that has the transaction's day.
inline constexpr char kUnclaimedSince[] = R"sql(t.account_id = p.account_id AND t.order_basis_id = ''
    AND t.company_id = p.company_id
    AND t.day >= p.from_day)sql";

// Pieces of a product on one day.
struct TransactionSum {
  std::string product_id;
  absl::CivilDay day;
  int64_t quantity;
};

// Marks every transaction of the agreement on a day before `until_day` that is unclaimed with the order basis, and
// returns how many there are. REQUIRES: the agreement is locked.
absl::StatusOr<int64_t> ClaimTransactions(Transaction& tx, absl::string_view agreement_id, absl::CivilDay until_day,
                                          absl::string_view order_basis_id);

// What the order basis has claimed, by its mark.
absl::StatusOr<std::vector<TransactionSum>> SumClaimed(ReadTransaction& tx, absl::string_view order_basis_id);

// What ClaimTransactions would claim, of days from `from_day` on.
absl::StatusOr<std::vector<TransactionSum>> SumUnclaimed(ReadTransaction& tx, absl::string_view agreement_id,
                                                         absl::CivilDay from_day, absl::CivilDay until_day);

// What comes after a row of the lists below, which are sorted by these; empty: the first row.
struct TransactionKey {
  std::string company_id;
  std::string day;
  std::string transaction_id;
};

// At most `limit` transactions of a product that the order basis has claimed, of days [from_day, until_day), after
// `after`.
absl::StatusOr<std::vector<v1::Transaction>> ListClaimed(ReadTransaction& tx, absl::string_view order_basis_id,
                                                         absl::string_view product_id, absl::CivilDay from_day,
                                                         absl::CivilDay until_day, const TransactionKey& after,
                                                         int limit);

// The same of what ClaimTransactions would claim for the agreement.
absl::StatusOr<std::vector<v1::Transaction>> ListUnclaimedOfProduct(ReadTransaction& tx, absl::string_view agreement_id,
                                                                    absl::string_view product_id,
                                                                    absl::CivilDay from_day, absl::CivilDay until_day,
                                                                    const TransactionKey& after, int limit);

// Transactions that are claimed by the order basis, and should not be: at most `limit` of those that are not the
// agreement's on their day, or of a day from `until_day` on.
absl::StatusOr<std::vector<v1::Transaction>> ListWronglyClaimed(ReadTransaction& tx, absl::string_view agreement_id,
                                                                absl::string_view order_basis_id,
                                                                absl::CivilDay until_day, int limit);

// Transactions of the agreement on days before `until_day` that are unclaimed: how many, and the first `limit`.
absl::StatusOr<int64_t> CountUnclaimed(ReadTransaction& tx, absl::string_view agreement_id, absl::CivilDay until_day);
absl::StatusOr<std::vector<v1::Transaction>> ListUnclaimed(ReadTransaction& tx, absl::string_view agreement_id,
                                                           absl::CivilDay until_day, int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_BILLING_TRANSACTION_CLAIMS_H_
