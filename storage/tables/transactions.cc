#include "storage/tables/transactions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "storage/connection/row_list.h"
#include "storage/tables/columns.h"
#include "storage/tables/lists.h"
#include "storage/tables/placement_sql.h"

namespace agreements::storage {
namespace {

// A batch is a JSON array of rows, which are arrays of strings. Its columns have the collations of the tables, so that
// joins use the tables' keys. It comes first in every join, so that rows are locked in its order.

// The transactions `t` of a batch of names. Values: the batch, account_id.
constexpr char kNamed[] = R"sql(JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         transaction_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]')) AS batch
  STRAIGHT_JOIN transactions AS t
    ON t.account_id = ? AND t.company_id = batch.company_id AND t.transaction_id = batch.transaction_id)sql";

// Three lists in one round trip: each row is a transaction, a company with its agreement, or a product.
const Statement kGetReferences = {"get_references", {{"{columns}", kTransactionColumns}, {"{named}", kNamed}}, R"sql(
  SELECT {columns}, NULL AS kind
  FROM {named}
  UNION ALL
  SELECT c.company_id, NULL, NULL, NULL, NULL, NULL, NULL, c.agreement_id, NULL
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]')) AS batch
  STRAIGHT_JOIN companies AS c
    ON c.account_id = ? AND c.company_id = batch.company_id
  UNION ALL
  SELECT NULL, NULL, p.product_id, NULL, NULL, NULL, NULL, NULL, p.kind
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]')) AS batch
  STRAIGHT_JOIN products AS p
    ON p.account_id = ? AND p.product_id = batch.product_id
)sql"};

// Each with the agreement of its company.
const Statement kGetTransactions = {
    "get_transactions", {{"{columns}", kTransactionColumns}, {"{named}", kNamed}}, R"sql(
  SELECT {columns}, c.agreement_id
  FROM {named}
  STRAIGHT_JOIN companies AS c
    ON c.account_id = t.account_id AND c.company_id = t.company_id
)sql"};

const PointSelect kGetTransaction = {
    "get_transaction", "transactions AS t", {"t.account_id", "t.company_id", "t.transaction_id"}, kTransactionColumns};

// Empty filters, and state 0, let everything through.
const Statement kListTransactions = {"list_transactions",
                                     {{"{columns}", kTransactionColumns},
                                      {"{cancelled}", kCancelled},
                                      {"{RECORDED}", v1::TRANSACTION_STATE_RECORDED},
                                      {"{CANCELLED}", v1::TRANSACTION_STATE_CANCELLED},
                                      {"{SETTLED}", v1::TRANSACTION_STATE_SETTLED}},
                                     R"sql(
  SELECT {columns}
  FROM transactions AS t
  WHERE t.account_id = ? AND t.company_id = ?
    AND t.occur_time <= ?
    AND (t.occur_time < ? OR t.transaction_id < ?)
    AND (? = '' OR t.product_id = ?)
    AND (? = 0
         OR ? = CASE t.order_basis_id WHEN '' THEN {RECORDED} WHEN '{cancelled}' THEN {CANCELLED} ELSE {SETTLED} END)
    AND (? = '' OR t.order_basis_id = ?)
    AND t.day >= ?
    AND t.day < ?
  ORDER BY t.occur_time DESC, t.transaction_id DESC
  LIMIT ?
)sql"};

const Statement kInsertTransactions = {"insert_transactions", R"sql(
  INSERT INTO transactions (account_id, company_id, transaction_id, product_id, quantity, occur_time, day, record_time,
                            order_basis_id)
  SELECT ?, company_id, transaction_id, product_id, quantity, occur_time, day, ?, ''
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         transaction_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]',
         product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[2]',
         quantity INT PATH '$[3]',
         occur_time VARCHAR(26) CHARACTER SET ascii PATH '$[4]',
         day VARCHAR(10) CHARACTER SET ascii PATH '$[5]')) AS batch
)sql"};

// Two lists in one round trip: days, and companies with another agreement than they had.
const Statement kListDaysNotHeld = {
    "list_days_not_held", {{"{holder}", HolderOn("?", "batch.company_id", "CAST(batch.day AS DATE)")}}, R"sql(
  SELECT batch.company_id, batch.day, NULL
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         day VARCHAR(10) CHARACTER SET ascii PATH '$[1]')) AS batch
  WHERE {holder} IS NULL
  UNION ALL
  SELECT c.company_id, NULL, c.agreement_id
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
         agreement_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]')) AS seen
  STRAIGHT_JOIN companies AS c
    ON c.account_id = ? AND c.company_id = seen.company_id
  WHERE c.agreement_id <> seen.agreement_id
)sql"};

const Statement kDeleteTransactions = {"delete_transactions", {{"{named}", kNamed}}, R"sql(
  DELETE t
  FROM {named}
)sql"};

const Statement kCancelTransactions = {"cancel_transactions", {{"{named}", kNamed}, {"{cancelled}", kCancelled}}, R"sql(
  UPDATE {named}
  SET t.order_basis_id = '{cancelled}'
  WHERE t.order_basis_id = ''
)sql"};

// A batch of pairs or of strings.
template <typename Names>
std::string BatchOf(const Names& names) {
  RowList batch;
  for (const auto& name : names) {
    if constexpr (requires { name.second; }) {
      batch.Add(name.first, name.second);
    } else {
      batch.Add(name);
    }
  }
  return std::move(batch).Json();
}

v1::TransactionState StateOf(absl::string_view order_basis_id) {
  if (order_basis_id.empty()) return v1::TRANSACTION_STATE_RECORDED;
  if (order_basis_id == kCancelled) return v1::TRANSACTION_STATE_CANCELLED;
  return v1::TRANSACTION_STATE_SETTLED;
}

// With its company, which has its agreement.
struct HeldTransaction {
  v1::Transaction transaction;
  v1::Company company;
};

HeldTransaction ReadHeldTransaction(const Row& row) {
  HeldTransaction held = {.transaction = ReadTransactionRow(row), .company = {}};
  held.company.set_company_id(row.GetString(1));
  held.company.set_agreement_id(row.GetString(9));
  return held;
}

// One row of kGetReferences.
References ReadReference(const Row& row) {
  References found;
  if (!row.IsNull(2)) {
    v1::Transaction transaction = ReadTransactionRow(row);
    found.transactions.emplace(NameOf(transaction), std::move(transaction));
  } else if (!row.IsNull(1)) {
    v1::Company company;
    company.set_company_id(row.GetString(1));
    company.set_agreement_id(row.GetString(8));
    found.companies.emplace(row.GetString(1), std::move(company));
  } else {
    found.product_kinds.emplace(row.GetString(3), static_cast<v1::ProductKind>(row.GetInt64(9)));
  }
  return found;
}

// How the trail calls the transactions of a company.
constexpr char kRecordedCount[] = "transactions_recorded";
constexpr char kCancelledCount[] = "transactions_cancelled";

void Count(Transaction& tx, absl::string_view company_id, const char* field, int64_t count) {
  tx.trail().Counted(v1::RESOURCE_KIND_COMPANY, company_id, field, count);
}

// One row of kListDaysNotHeld. The day, or the agreement, is empty.
struct NotHeldOrMoved {
  CompanyDay day;
  std::string agreement_id;
};

NotHeldOrMoved ReadNotHeldOrMoved(const Row& row) {
  return {.day = {row.GetString(1), row.GetString(2)}, .agreement_id = row.GetString(3)};
}

std::string OrElse(const std::string& value, const char* otherwise) { return value.empty() ? otherwise : value; }

}  // namespace

v1::Transaction ReadTransactionRow(const Row& row) {
  v1::Transaction transaction;
  transaction.set_company_id(row.GetString(1));
  transaction.set_transaction_id(row.GetString(2));
  transaction.set_product_id(row.GetString(3));
  transaction.set_quantity(row.GetInt64(4));
  *transaction.mutable_occur_time() = row.GetTimestamp(5);
  transaction.set_day(row.GetString(6));
  *transaction.mutable_record_time() = row.GetTimestamp(7);
  const std::string order_basis_id = row.GetString(8);
  transaction.set_state(StateOf(order_basis_id));
  if (transaction.state() == v1::TRANSACTION_STATE_SETTLED) transaction.set_order_basis_id(order_basis_id);
  return transaction;
}

TransactionName NameOf(const v1::Transaction& transaction) {
  return {transaction.company_id(), transaction.transaction_id()};
}

absl::StatusOr<References> GetReferences(ReadTransaction& tx, const std::vector<const v1::Transaction*>& batch) {
  std::set<TransactionName> names;
  std::set<std::string> company_ids;
  std::set<std::string> product_ids;
  for (const v1::Transaction* transaction : batch) {
    names.insert(NameOf(*transaction));
    company_ids.insert(transaction->company_id());
    product_ids.insert(transaction->product_id());
  }
  ASSIGN_OR_RETURN(std::vector<References> rows, tx.Query(kGetReferences,
                                                          {BatchOf(names), tx.account_id(), BatchOf(company_ids),
                                                           tx.account_id(), BatchOf(product_ids), tx.account_id()},
                                                          ReadReference));
  References found;
  for (References& row : rows) {
    found.transactions.merge(row.transactions);
    found.companies.merge(row.companies);
    found.product_kinds.merge(row.product_kinds);
  }
  for (const auto& [company_id, company] : found.companies) tx.Saw(company);
  return found;
}

absl::StatusOr<Transactions> GetTransactions(ReadTransaction& tx, const std::set<TransactionName>& names) {
  ASSIGN_OR_RETURN(std::vector<HeldTransaction> rows,
                   tx.Query(kGetTransactions, {BatchOf(names), tx.account_id()}, ReadHeldTransaction));
  Transactions transactions;
  for (auto& [transaction, company] : rows) {
    tx.Saw(company);
    transactions.emplace(NameOf(transaction), std::move(transaction));
  }
  return transactions;
}

absl::StatusOr<v1::Transaction> GetTransaction(PointReader& tx, absl::string_view company_id,
                                               absl::string_view transaction_id) {
  ASSIGN_OR_RETURN(std::optional<v1::Transaction> transaction,
                   tx.Get(kGetTransaction, {company_id, transaction_id}, ReadTransactionRow));
  if (!transaction) return TransactionNotFound(company_id, transaction_id);
  return *std::move(transaction);
}

absl::StatusOr<std::vector<v1::Transaction>> ListTransactions(ReadTransaction& tx,
                                                              const v1::ListTransactionsRequest& request,
                                                              absl::Time before_time, absl::string_view before_id,
                                                              int limit) {
  const auto state = static_cast<int>(request.state());
  return tx.Query(kListTransactions,
                  {tx.account_id(), request.company_id(), before_time, before_time, before_id, request.product_id(),
                   request.product_id(), state, state, request.order_basis_id(), request.order_basis_id(),
                   OrElse(request.from_day(), kFirstDate), OrElse(request.until_day(), kLastDate), limit},
                  ReadTransactionRow);
}

absl::Status InsertTransactions(Transaction& tx, const std::vector<const v1::Transaction*>& transactions,
                                absl::Time record_time) {
  RowList batch;
  for (const v1::Transaction* transaction : transactions) {
    const Value occur_time = ToValue(transaction->occur_time());
    batch.Add(transaction->company_id(), transaction->transaction_id(), transaction->product_id(),
              transaction->quantity(), std::get<std::string>(occur_time.get()), transaction->day());
  }
  absl::Status inserted =
      tx.Execute(kInsertTransactions, {tx.account_id(), record_time, std::move(batch).Json()}).status();
  if (IsDuplicate(inserted, kPrimaryKey)) return StartOver();
  for (const v1::Transaction* transaction : transactions) Count(tx, transaction->company_id(), kRecordedCount, 1);
  return inserted;
}

absl::StatusOr<std::set<CompanyDay>> ListDaysNotHeld(Transaction& tx, const std::set<CompanyDay>& days,
                                                     const std::map<std::string, v1::Company>& companies) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& [company_id, company] : companies) seen.emplace(company_id, company.agreement_id());
  ASSIGN_OR_RETURN(
      const std::vector<NotHeldOrMoved> rows,
      tx.Query(kListDaysNotHeld, {BatchOf(days), tx.account_id(), BatchOf(seen), tx.account_id()}, ReadNotHeldOrMoved));
  std::set<CompanyDay> not_held;
  for (const auto& [day, agreement_id] : rows) {
    if (agreement_id.empty()) {
      not_held.insert(day);
    } else {
      v1::Company moved = companies.at(day.first);
      moved.set_agreement_id(agreement_id);
      tx.Saw(moved);
    }
  }
  return not_held;
}

absl::Status DeleteTransactions(Transaction& tx, const std::set<TransactionName>& names) {
  for (const auto& [company_id, transaction_id] : names) Count(tx, company_id, kRecordedCount, -1);
  return tx.Execute(kDeleteTransactions, {BatchOf(names), tx.account_id()}).status();
}

absl::Status CancelTransactions(Transaction& tx, const std::set<TransactionName>& names) {
  ASSIGN_OR_RETURN(const int64_t changed, tx.Execute(kCancelTransactions, {BatchOf(names), tx.account_id()}));
  if (changed != static_cast<int64_t>(names.size())) return StartOver();
  for (const auto& [company_id, transaction_id] : names) Count(tx, company_id, kCancelledCount, 1);
  return absl::OkStatus();
}

}  // namespace agreements::storage
