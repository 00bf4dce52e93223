// Claims transactions for order bases: the column `order_basis_id` of the table `transactions`. Each transaction is
// claimed once (domain.md O3), for the agreement that held its company on its day (B8).
#ifndef AGREEMENTS_STORAGE_BILLING_TRANSACTION_CLAIMS_H_
#define AGREEMENTS_STORAGE_BILLING_TRANSACTION_CLAIMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/transaction.pb.h"
#include "proto/days.h"
#include "storage/billing/agreement_days.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// A condition for a join: the transaction `t` is unclaimed, and is not of a day before the placement `p` of its
// company. With NoLaterPlacement("p", "t.day"), `p` is the placement that has the transaction's day.
inline constexpr char kUnclaimedSince[] = R"sql(t.account_id = p.account_id AND t.order_basis_id = ''
    AND t.company_id = p.company_id
    AND t.day >= p.from_day)sql";

// Which order basis claims the transactions of an agreement.
struct Claim {
  std::string agreement_id;
  std::string order_basis_id;
};

// How the trail calls what an order basis has claimed.
inline constexpr char kClaimedCount[] = "transactions_claimed";

// Claims the agreements' unclaimed transactions of days before `until_day`, each for its order basis, and returns how
// many it claimed. Does not tell the trail: that is for the entry of each order basis, see Trail::Counted() and
// TransactionSum. REQUIRES: there are 1 to kMaxSettled agreements, which are locked.
absl::StatusOr<int64_t> ClaimTransactions(Transaction& tx, const std::vector<Claim>& claims, absl::CivilDay until_day);

// Gives back what these order bases, which do not come to be, have claimed in this transaction. REQUIRES: there are 1
// to kMaxSettled.
absl::Status UnclaimTransactions(Transaction& tx, const std::vector<std::string>& order_basis_ids);

// The pieces of a product that were used on a day.
struct TransactionSum {
  std::string owner_id;  // The order basis that has claimed them, or the agreement if none has.
  std::string product_id;
  absl::CivilDay day;
  int64_t quantity;
  int64_t transactions;  // How many they are.
};

// The sums of the transactions that order bases have claimed. REQUIRES: there are 1 to kMaxSettled.
absl::StatusOr<std::vector<TransactionSum>> SumClaimed(ReadTransaction& tx,
                                                       const std::vector<std::string>& order_basis_ids);

// The sums of the transactions that ClaimTransactions would claim, of each agreement's days from its own first day on.
absl::StatusOr<std::vector<TransactionSum>> SumUnclaimed(ReadTransaction& tx, const AgreementDays& page);

// A position in the lists below, which are sorted by these fields. If all are empty, it is before the first row.
struct TransactionKey {
  std::string company_id;
  std::string day;
  std::string transaction_id;
};

// Passes at most `limit` transactions of a product that the order basis has claimed to `take`, in ascending order.
// Begins after `after`.
absl::Status ForEachClaimed(Snapshot& tx, absl::string_view order_basis_id, absl::string_view product_id, Days days,
                            const TransactionKey& after, int limit,
                            absl::FunctionRef<void(const v1::Transaction&)> take);

// The same for transactions that ClaimTransactions would claim.
absl::Status ForEachUnclaimedOfProduct(Snapshot& tx, absl::string_view agreement_id, absl::string_view product_id,
                                       Days days, const TransactionKey& after, int limit,
                                       absl::FunctionRef<void(const v1::Transaction&)> take);

// At most `limit` transactions that the order basis has claimed wrongly: the agreement did not hold the company on that
// day, or the day is `until_day` or later.
absl::StatusOr<std::vector<v1::Transaction>> ListWronglyClaimed(ReadTransaction& tx, absl::string_view agreement_id,
                                                                absl::string_view order_basis_id,
                                                                absl::CivilDay until_day, int limit);

// The agreement's unclaimed transactions of days before `until_day`: their number, and the first `limit`.
absl::StatusOr<int64_t> CountUnclaimed(ReadTransaction& tx, absl::string_view agreement_id, absl::CivilDay until_day);
absl::StatusOr<std::vector<v1::Transaction>> ListUnclaimed(ReadTransaction& tx, absl::string_view agreement_id,
                                                           absl::CivilDay until_day, int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_BILLING_TRANSACTION_CLAIMS_H_
