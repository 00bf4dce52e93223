#include "storage/transaction_claims.h"

#include "storage/status_macros.h"

namespace agreements::storage {
namespace {

// An agreement's transactions are those of its placements' days: a placement goes on until a later one begins.
const Statement kClaimTransactions = {"claim_transactions", R"sql(
  UPDATE placements AS p
  JOIN transactions AS t
    ON t.account_id = p.account_id AND t.order_basis_id = '' AND t.company_id = p.company_id
    AND t.day >= p.from_day
  SET t.order_basis_id = ?
  WHERE p.account_id = ? AND p.agreement_id = ?
    AND p.from_day < ?
    AND t.day < ?
    AND NOT EXISTS (SELECT 1
                    FROM placements AS later
                    WHERE later.account_id = t.account_id AND later.company_id = t.company_id
                      AND later.from_day > p.from_day AND later.from_day <= t.day)
)sql"};

const Statement kSumClaimed = {"sum_claimed", R"sql(
  SELECT product_id, day, SUM(quantity)
  FROM transactions
  WHERE account_id = ? AND order_basis_id = ?
  GROUP BY product_id, day
)sql"};

const Statement kSumUnclaimed = {"sum_unclaimed", R"sql(
  SELECT t.product_id, t.day, SUM(t.quantity)
  FROM placements AS p
  JOIN transactions AS t
    ON t.account_id = p.account_id AND t.order_basis_id = '' AND t.company_id = p.company_id
    AND t.day >= p.from_day
  WHERE p.account_id = ? AND p.agreement_id = ?
    AND p.from_day < ?
    AND t.day >= ?
    AND t.day < ?
    AND NOT EXISTS (SELECT 1
                    FROM placements AS later
                    WHERE later.account_id = t.account_id AND later.company_id = t.company_id
                      AND later.from_day > p.from_day AND later.from_day <= t.day)
  GROUP BY t.product_id, t.day
)sql"};

const Statement kListClaimed = {"list_claimed", R"sql(
  SELECT company_id, transaction_id, product_id, quantity, occur_time, day, order_basis_id, record_time
  FROM transactions
  WHERE account_id = ? AND order_basis_id = ?
    AND product_id = ?
    AND day >= ?
    AND day < ?
    AND company_id >= ?
    AND (company_id > ? OR day > ? OR day = ? AND transaction_id > ?)
  ORDER BY company_id, day, transaction_id
  LIMIT ?
)sql"};

const Statement kListWronglyClaimed = {"list_wrongly_claimed", R"sql(
  SELECT t.company_id, t.transaction_id, t.product_id, t.quantity, t.occur_time, t.day, t.order_basis_id, t.record_time
  FROM transactions AS t
  WHERE t.account_id = ? AND t.order_basis_id = ?
    AND (t.day >= ?
         OR NOT COALESCE((SELECT p.agreement_id
                          FROM placements AS p
                          WHERE p.account_id = t.account_id AND p.company_id = t.company_id
                            AND p.from_day <= t.day
                          ORDER BY p.from_day DESC
                          LIMIT 1), '') = ?)
  ORDER BY t.company_id, t.day, t.transaction_id
  LIMIT ?
)sql"};

const Statement kCountUnclaimed = {"count_unclaimed", R"sql(
  SELECT COUNT(*)
  FROM placements AS p
  JOIN transactions AS t
    ON t.account_id = p.account_id AND t.order_basis_id = '' AND t.company_id = p.company_id
    AND t.day >= p.from_day
  WHERE p.account_id = ? AND p.agreement_id = ?
    AND p.from_day < ?
    AND t.day < ?
    AND NOT EXISTS (SELECT 1
                    FROM placements AS later
                    WHERE later.account_id = t.account_id AND later.company_id = t.company_id
                      AND later.from_day > p.from_day AND later.from_day <= t.day)
)sql"};

const Statement kListUnclaimed = {"list_unclaimed", R"sql(
  SELECT t.company_id, t.transaction_id, t.product_id, t.quantity, t.occur_time, t.day, t.order_basis_id, t.record_time
  FROM placements AS p
  JOIN transactions AS t
    ON t.account_id = p.account_id AND t.order_basis_id = '' AND t.company_id = p.company_id
    AND t.day >= p.from_day
  WHERE p.account_id = ? AND p.agreement_id = ?
    AND p.from_day < ?
    AND t.day < ?
    AND NOT EXISTS (SELECT 1
                    FROM placements AS later
                    WHERE later.account_id = t.account_id AND later.company_id = t.company_id
                      AND later.from_day > p.from_day AND later.from_day <= t.day)
  ORDER BY t.company_id, t.day, t.transaction_id
  LIMIT ?
)sql"};

TransactionSum ReadSum(const Row& row) {
  return {.product_id = row.GetString(1), .day = row.GetDay(2), .quantity = row.GetInt64(3)};
}

int64_t ReadCount(const Row& row) { return row.GetInt64(1); }

// Of a transaction that is not cancelled.
v1::Transaction ReadTransactionRow(const Row& row) {
  v1::Transaction transaction;
  transaction.set_company_id(row.GetString(1));
  transaction.set_transaction_id(row.GetString(2));
  transaction.set_product_id(row.GetString(3));
  transaction.set_quantity(row.GetInt64(4));
  *transaction.mutable_occur_time() = row.GetTimestamp(5);
  transaction.set_day(row.GetString(6));
  transaction.set_order_basis_id(row.GetString(7));
  *transaction.mutable_record_time() = row.GetTimestamp(8);
  transaction.set_state(transaction.order_basis_id().empty() ? v1::TRANSACTION_STATE_RECORDED
                                                             : v1::TRANSACTION_STATE_SETTLED);
  return transaction;
}

}  // namespace

absl::Status ClaimTransactions(Transaction& tx, absl::string_view account_id, absl::string_view agreement_id,
                               absl::CivilDay until_day, absl::string_view order_basis_id) {
  return tx.Execute(kClaimTransactions, {order_basis_id, account_id, agreement_id, until_day, until_day}).status();
}

absl::StatusOr<std::vector<TransactionSum>> SumClaimed(ReadTransaction& tx, absl::string_view account_id,
                                                       absl::string_view order_basis_id) {
  return tx.Query(kSumClaimed, {account_id, order_basis_id}, ReadSum);
}

absl::StatusOr<std::vector<TransactionSum>> SumUnclaimed(ReadTransaction& tx, absl::string_view account_id,
                                                         absl::string_view agreement_id, absl::CivilDay from_day,
                                                         absl::CivilDay until_day) {
  return tx.Query(kSumUnclaimed, {account_id, agreement_id, until_day, from_day, until_day}, ReadSum);
}

absl::StatusOr<std::vector<v1::Transaction>> ListClaimed(ReadTransaction& tx, absl::string_view account_id,
                                                         absl::string_view order_basis_id, absl::string_view product_id,
                                                         absl::CivilDay from_day, absl::CivilDay until_day,
                                                         const TransactionKey& after, int limit) {
  return tx.Query(kListClaimed,
                  {account_id, order_basis_id, product_id, from_day, until_day, after.company_id, after.company_id,
                   after.day, after.day, after.transaction_id, limit},
                  ReadTransactionRow);
}

absl::StatusOr<std::vector<v1::Transaction>> ListWronglyClaimed(ReadTransaction& tx, absl::string_view account_id,
                                                                absl::string_view agreement_id,
                                                                absl::string_view order_basis_id,
                                                                absl::CivilDay until_day, int limit) {
  return tx.Query(kListWronglyClaimed, {account_id, order_basis_id, until_day, agreement_id, limit},
                  ReadTransactionRow);
}

absl::StatusOr<int64_t> CountUnclaimed(ReadTransaction& tx, absl::string_view account_id,
                                       absl::string_view agreement_id, absl::CivilDay until_day) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> count,
                   tx.QueryOne(kCountUnclaimed, {account_id, agreement_id, until_day, until_day}, ReadCount));
  return count.value_or(0);
}

absl::StatusOr<std::vector<v1::Transaction>> ListUnclaimed(ReadTransaction& tx, absl::string_view account_id,
                                                           absl::string_view agreement_id, absl::CivilDay until_day,
                                                           int limit) {
  return tx.Query(kListUnclaimed, {account_id, agreement_id, until_day, until_day, limit}, ReadTransactionRow);
}

}  // namespace agreements::storage
