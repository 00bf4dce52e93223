// Cancelling transactions, and reading them: domain.md T4.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "server/requests/validate.h"
#include "storage/tables/transactions.h"

namespace agreements {
namespace {

using storage::GatheredRead;
using storage::ReadTransaction;
using storage::Transaction;

// The key of the last row of a page: "1793530800000000 ehf-2026-11-07-0001".
std::string KeyOf(const v1::Transaction& transaction) {
  const google::protobuf::Timestamp& time = transaction.occur_time();
  return absl::StrCat(time.seconds() * 1'000'000 + time.nanos() / 1000, " ", transaction.transaction_id());
}

// A key before the first row of a list.
const char* const kAfterAllTransactions = "253402300799999999 ~";

storage::TransactionName NameOf(const v1::TransactionKey& key) { return {key.company_id(), key.transaction_id()}; }

// The result of one item, given the stored transactions. Adds to `to_cancel` what must be cancelled for it.
v1::TransactionResult CancelItem(const v1::TransactionKey& key, int index, const storage::Transactions& transactions,
                                 std::set<storage::TransactionName>& to_cancel) {
  absl::Status status = ValidateItem(key, index);
  const auto found = transactions.find(NameOf(key));
  if (status.ok() && found == transactions.end()) status = TransactionNotFound(key.company_id(), key.transaction_id());
  if (status.ok() && found->second.state() == v1::TRANSACTION_STATE_SETTLED) {
    status = TransactionSettled(key.company_id(), key.transaction_id(), found->second.order_basis_id());
  }
  v1::TransactionResult result;
  if (!status.ok()) {
    result.set_outcome(v1::TRANSACTION_OUTCOME_REFUSED);
    *result.mutable_error() = ToRpcStatus(status);
    return result;
  }
  if (found->second.state() == v1::TRANSACTION_STATE_RECORDED) to_cancel.insert(NameOf(key));
  result.set_outcome(v1::TRANSACTION_OUTCOME_CANCELLED);
  *result.mutable_transaction() = found->second;
  result.mutable_transaction()->set_state(v1::TRANSACTION_STATE_CANCELLED);
  return result;
}

}  // namespace

absl::StatusOr<v1::CancelTransactionsResponse> CancelTransactions(Transaction& tx,
                                                                  const v1::CancelTransactionsRequest& request) {
  std::set<storage::TransactionName> names;
  for (int i = 0; i < request.transactions_size(); ++i) {
    if (ValidateItem(request.transactions(i), i).ok()) names.insert(NameOf(request.transactions(i)));
  }
  // Idempotent, since a cancelled transaction stays cancelled.
  ASSIGN_OR_RETURN(const storage::Transactions transactions, storage::GetTransactions(tx, names));
  v1::CancelTransactionsResponse response;
  std::set<storage::TransactionName> to_cancel;
  for (int i = 0; i < request.transactions_size(); ++i) {
    *response.add_results() = CancelItem(request.transactions(i), i, transactions, to_cancel);
  }
  if (!to_cancel.empty()) RETURN_IF_ERROR(storage::CancelTransactions(tx, to_cancel));
  return response;
}

absl::StatusOr<v1::GetTransactionResponse> GetTransaction(GatheredRead& read,
                                                          const v1::GetTransactionRequest& request) {
  v1::GetTransactionResponse response;
  ASSIGN_OR_RETURN(*response.mutable_transaction(),
                   storage::GetTransaction(read, request.company_id(), request.transaction_id()));
  return response;
}

absl::StatusOr<v1::ListTransactionsResponse> ListTransactions(ReadTransaction& tx,
                                                              const v1::ListTransactionsRequest& request) {
  ASSIGN_OR_RETURN(const std::string key, PageKey(request, kAfterAllTransactions));
  const std::pair<std::string, std::string> before = absl::StrSplit(key, ' ');
  int64_t microseconds = 0;
  if (!absl::SimpleAtoi(before.first, &microseconds)) return PageTokenMismatch();
  ASSIGN_OR_RETURN(auto transactions, storage::ListTransactions(tx, request, absl::FromUnixMicros(microseconds),
                                                                before.second, PageSize(request) + 1));
  v1::ListTransactionsResponse response;
  response.set_next_page_token(FillPage(request, std::move(transactions), *response.mutable_transactions(), KeyOf));
  return response;
}

}  // namespace agreements
