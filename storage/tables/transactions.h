// The table `transactions`: what companies used (domain.md T1 to T4). billing/transaction_claims.h claims transactions
// for order bases, and adds them up.
//
// A function on a batch passes all rows to one statement, as one JSON text.
#ifndef AGREEMENTS_STORAGE_TABLES_TRANSACTIONS_H_
#define AGREEMENTS_STORAGE_TABLES_TRANSACTIONS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/v1/company.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "agreements/v1/product.pb.h"
#include "agreements/v1/transaction.pb.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// company_id and transaction_id. The table is in this order.
using TransactionName = std::pair<std::string, std::string>;

// company_id and a day, "2026-11-01".
using CompanyDay = std::pair<std::string, std::string>;

// Transactions by name.
using Transactions = std::map<TransactionName, v1::Transaction>;

TransactionName NameOf(const v1::Transaction& transaction);

// The order_basis_id of a CANCELLED transaction. That of a RECORDED one is empty.
inline constexpr char kCancelled[] = "cancelled";

// The columns that ReadTransactionRow reads, of `transactions AS t`. They come first in the row.
inline constexpr char kTransactionColumns[] =
    "t.company_id, t.transaction_id, t.product_id, t.quantity, t.occur_time, t.day, t.record_time, t.order_basis_id";

v1::Transaction ReadTransactionRow(const Row& row);

// What a batch of transactions refers to, as far as it exists.
struct References {
  Transactions transactions;                     // With the ids of the batch.
  std::map<std::string, v1::Company> companies;  // By id, with their agreements only.
  std::map<std::string, v1::ProductKind> product_kinds;
};

// REQUIRES: the ids of `batch` are well-formed. A product_id may be empty.
absl::StatusOr<References> GetReferences(ReadTransaction& tx, const std::vector<const v1::Transaction*>& batch);

// The transactions of `names` that exist. REQUIRES: the ids are well-formed.
absl::StatusOr<Transactions> GetTransactions(ReadTransaction& tx, const std::set<TransactionName>& names);

// NOT_FOUND TRANSACTION_NOT_FOUND.
absl::StatusOr<v1::Transaction> GetTransaction(PointReader& tx, absl::string_view company_id,
                                               absl::string_view transaction_id);

// At most `limit` transactions that pass the request's filters, from the latest occur_time down, then from the highest
// id down. Begins after the transaction with `before_time` and `before_id`.
absl::StatusOr<std::vector<v1::Transaction>> ListTransactions(ReadTransaction& tx,
                                                              const v1::ListTransactionsRequest& request,
                                                              absl::Time before_time, absl::string_view before_id,
                                                              int limit);

// Stores RECORDED transactions with one record_time. Locks the rows of their companies until the transaction ends, so
// that no company is deleted or moved meanwhile. Starts over if another transaction was faster. REQUIRES: the companies
// exist, and the transactions are in the order of their names, so that two batches that overlap cannot deadlock.
absl::Status InsertTransactions(Transaction& tx, const std::vector<const v1::Transaction*>& transactions,
                                absl::Time record_time);

// The days of `days` on which no agreement holds the company. Tells the trail which of `companies`, which were read
// before they were locked, have been moved meanwhile. REQUIRES: the companies are locked.
absl::StatusOr<std::set<CompanyDay>> ListDaysNotHeld(Transaction& tx, const std::set<CompanyDay>& days,
                                                     const std::map<std::string, v1::Company>& companies);

// Deletes transactions. REQUIRES: this database transaction has inserted them.
absl::Status DeleteTransactions(Transaction& tx, const std::set<TransactionName>& names);

// T4: cancels RECORDED transactions, in the order of their names. Starts over if one is no longer RECORDED.
absl::Status CancelTransactions(Transaction& tx, const std::set<TransactionName>& names);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_TRANSACTIONS_H_
