#include "storage/billing/transaction_claims.h"

#include "absl/strings/str_cat.h"
#include "proto/status_macros.h"
#include "storage/billing/settlements.h"
#include "storage/tables/lists.h"
#include "storage/tables/placement_sql.h"
#include "storage/tables/transactions.h"

namespace agreements::storage {
namespace {

// The unclaimed transactions of agreements before a day. Placements come first in the join, so that the cost does not
// depend on what the account's other agreements have unclaimed. Mostly there are few transactions or none. Then a
// derived table of placements, as in kSumUnclaimed, would take twice as long.
const std::string kUnclaimedJoin = absl::StrCat(R"sql(placements AS p
  STRAIGHT_JOIN transactions AS t
    ON )sql",
                                                kUnclaimedSince);

// Values: account_id, an id for each of the places, the day twice.
std::string UnclaimedCondition(absl::string_view places) {
  return absl::StrCat("p.account_id = ? AND p.agreement_id ", places, R"sql(
    AND p.from_day < ?
    AND t.day < ?
    AND )sql",
                      NoLaterPlacement("p", "t.day"));
}

// Of one agreement.
const std::string kUnclaimedCondition = UnclaimedCondition("= ?");

// The first position of an agreement among the places is that of its order basis.
const Statement kClaimTransactions = {"claim_transactions",
                                      {{"{join}", kUnclaimedJoin},
                                       {"{condition}", UnclaimedCondition(InPlaces(kMaxSettled))},
                                       {"{places}", Places(kMaxSettled)}},
                                      R"sql(
  UPDATE {join}
  SET t.order_basis_id = ELT(FIELD(p.agreement_id, {places}), {places})
  WHERE {condition}
)sql"};

const Statement kUnclaimTransactions = {"unclaim_transactions", {{"{order_bases}", InPlaces(kMaxSettled)}}, R"sql(
  UPDATE transactions
  SET order_basis_id = ''
  WHERE account_id = ? AND order_basis_id {order_bases}
)sql"};

const Statement kSumClaimed = {"sum_claimed", {{"{order_bases}", InPlaces(kMaxSettled)}}, R"sql(
  SELECT order_basis_id, product_id, day, SUM(quantity), COUNT(*)
  FROM transactions
  WHERE account_id = ? AND order_basis_id {order_bases}
  GROUP BY order_basis_id, product_id, day
)sql"};

// The transactions that would be claimed. There may be many, so the end of each placement is found once, not for each
// transaction: with 100,000 this is 1.5 to 2.5 times as fast.
const Statement kSumUnclaimed = {"sum_unclaimed", {{"{held_days}", HeldDays()}}, R"sql(
  SELECT p.agreement_id, t.product_id, t.day, SUM(t.quantity), COUNT(*)
  FROM {held_days} AS p
  STRAIGHT_JOIN transactions AS t
    ON t.account_id = ? AND t.order_basis_id = '' AND t.company_id = p.company_id
    AND t.day >= p.from_day
    AND t.day < p.until_day
  GROUP BY p.agreement_id, t.product_id, t.day
)sql"};

const Statement kListClaimed = {"list_claimed", {{"{columns}", kTransactionColumns}}, R"sql(
  SELECT {columns}
  FROM transactions AS t
  WHERE t.account_id = ? AND t.order_basis_id = ?
    AND t.product_id = ?
    AND t.day >= ?
    AND t.day < ?
    AND t.company_id >= ?
    AND (t.company_id > ? OR t.day > ? OR t.day = ? AND t.transaction_id > ?)
  ORDER BY t.company_id, t.day, t.transaction_id
  LIMIT ?
)sql"};

const Statement kListUnclaimedOfProduct = {
    "list_unclaimed_of_product",
    {{"{columns}", kTransactionColumns}, {"{join}", kUnclaimedJoin}, {"{condition}", kUnclaimedCondition}},
    R"sql(
  SELECT {columns}
  FROM {join}
  WHERE {condition}
    AND t.product_id = ?
    AND t.day >= ?
    AND p.company_id >= ?
    AND (t.company_id > ? OR t.day > ? OR t.day = ? AND t.transaction_id > ?)
  ORDER BY t.company_id, t.day, t.transaction_id
  LIMIT ?
)sql"};

const Statement kListWronglyClaimed = {
    "list_wrongly_claimed",
    {{"{columns}", kTransactionColumns}, {"{holder}", HolderOn("t.account_id", "t.company_id", "t.day")}},
    R"sql(
  SELECT {columns}
  FROM transactions AS t
  WHERE t.account_id = ? AND t.order_basis_id = ?
    AND (t.day >= ? OR NOT COALESCE({holder}, '') = ?)
  ORDER BY t.company_id, t.day, t.transaction_id
  LIMIT ?
)sql"};

const Statement kCountUnclaimed = {
    "count_unclaimed", {{"{join}", kUnclaimedJoin}, {"{condition}", kUnclaimedCondition}}, R"sql(
  SELECT COUNT(*)
  FROM {join}
  WHERE {condition}
)sql"};

const Statement kListUnclaimed = {
    "list_unclaimed",
    {{"{columns}", kTransactionColumns}, {"{join}", kUnclaimedJoin}, {"{condition}", kUnclaimedCondition}},
    R"sql(
  SELECT {columns}
  FROM {join}
  WHERE {condition}
  ORDER BY t.company_id, t.day, t.transaction_id
  LIMIT ?
)sql"};

TransactionSum ReadSum(const Row& row) {
  return {.owner_id = row.GetString(1),
          .product_id = row.GetString(2),
          .day = row.GetDay(3),
          .quantity = row.GetInt64(4),
          .transactions = row.GetInt64(5)};
}

int64_t ReadCount(const Row& row) { return row.GetInt64(1); }

}  // namespace

absl::StatusOr<int64_t> ClaimTransactions(Transaction& tx, const std::vector<Claim>& claims, absl::CivilDay until_day) {
  std::vector<std::string> agreement_ids;
  std::vector<std::string> order_basis_ids;
  for (const auto& [agreement_id, order_basis_id] : claims) {
    agreement_ids.push_back(agreement_id);
    order_basis_ids.push_back(order_basis_id);
  }
  std::vector<Value> values;
  AddPlaces(agreement_ids, kMaxSettled, values);
  AddPlaces(order_basis_ids, kMaxSettled, values);
  values.emplace_back(tx.account_id());
  AddPlaces(agreement_ids, kMaxSettled, values);
  values.emplace_back(until_day);
  values.emplace_back(until_day);
  return tx.Execute(kClaimTransactions, values);
}

absl::Status UnclaimTransactions(Transaction& tx, const std::vector<std::string>& order_basis_ids) {
  for (const std::string& id : order_basis_ids) {
    tx.trail().Counted(v1::RESOURCE_KIND_ORDER_BASIS, id, kClaimedCount, 0);
  }
  std::vector<Value> values = {tx.account_id()};
  AddPlaces(order_basis_ids, kMaxSettled, values);
  return tx.Execute(kUnclaimTransactions, values).status();
}

absl::StatusOr<std::vector<TransactionSum>> SumClaimed(ReadTransaction& tx,
                                                       const std::vector<std::string>& order_basis_ids) {
  std::vector<Value> values = {tx.account_id()};
  AddPlaces(order_basis_ids, kMaxSettled, values);
  return tx.Query(kSumClaimed, values, ReadSum);
}

absl::StatusOr<std::vector<TransactionSum>> SumUnclaimed(ReadTransaction& tx, const AgreementDays& page) {
  return tx.Query(kSumUnclaimed,
                  {page.until_day, page.until_day, JsonOf(page), tx.account_id(), page.until_day, tx.account_id()},
                  ReadSum);
}

absl::Status ForEachClaimed(Snapshot& tx, absl::string_view order_basis_id, absl::string_view product_id, Days days,
                            const TransactionKey& after, int limit,
                            absl::FunctionRef<void(const v1::Transaction&)> take) {
  return tx.ForEach(kListClaimed,
                    {tx.account_id(), order_basis_id, product_id, days.from, days.until, after.company_id,
                     after.company_id, after.day, after.day, after.transaction_id, limit},
                    ReadTransactionRow, take);
}

absl::Status ForEachUnclaimedOfProduct(Snapshot& tx, absl::string_view agreement_id, absl::string_view product_id,
                                       Days days, const TransactionKey& after, int limit,
                                       absl::FunctionRef<void(const v1::Transaction&)> take) {
  return tx.ForEach(kListUnclaimedOfProduct,
                    {tx.account_id(), agreement_id, days.until, days.until, product_id, days.from, after.company_id,
                     after.company_id, after.day, after.day, after.transaction_id, limit},
                    ReadTransactionRow, take);
}

absl::StatusOr<std::vector<v1::Transaction>> ListWronglyClaimed(ReadTransaction& tx, absl::string_view agreement_id,
                                                                absl::string_view order_basis_id,
                                                                absl::CivilDay until_day, int limit) {
  return tx.Query(kListWronglyClaimed, {tx.account_id(), order_basis_id, until_day, agreement_id, limit},
                  ReadTransactionRow);
}

absl::StatusOr<int64_t> CountUnclaimed(ReadTransaction& tx, absl::string_view agreement_id, absl::CivilDay until_day) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> count,
                   tx.QueryOne(kCountUnclaimed, {tx.account_id(), agreement_id, until_day, until_day}, ReadCount));
  return count.value_or(0);
}

absl::StatusOr<std::vector<v1::Transaction>> ListUnclaimed(ReadTransaction& tx, absl::string_view agreement_id,
                                                           absl::CivilDay until_day, int limit) {
  return tx.Query(kListUnclaimed, {tx.account_id(), agreement_id, until_day, until_day, limit}, ReadTransactionRow);
}

}  // namespace agreements::storage
