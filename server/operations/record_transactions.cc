// Recording transactions: domain.md T1, T2.
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/operations.h"
#include "server/requests/validate.h"
#include "server/rules/rules.h"
#include "storage/billing/transaction_claims.h"
#include "storage/tables/transactions.h"

namespace agreements {
namespace {

using storage::Transaction;
using storage::TransactionName;

constexpr absl::Duration kMaxAhead = absl::Minutes(5);
constexpr int kNanosPerMicrosecond = 1000;

// One report of a call.
struct Item {
  bool named = false;           // Whether its ids are well-formed, so that it can be looked up.
  absl::Status format;          // The error of a report that is invalid whatever is stored.
  v1::Transaction transaction;  // The transaction that it becomes.
};

absl::Status AheadOfTime(int index) {
  return FieldsInvalid({{.field = absl::StrCat("transactions[", index, "].occur_time"),
                         .description = "must be at most 5 minutes ahead of the server's clock",
                         .sentence = "Tidspunktet kan ikke være fram i tid."}});
}

bool HasName(const v1::TransactionReport& report) {
  v1::TransactionKey key;
  key.set_company_id(report.company_id());
  key.set_transaction_id(report.transaction_id());
  return ValidateItem(key, 0).ok();
}

Item Prepare(const v1::TransactionReport& report, int index, const Moment& now, absl::TimeZone time_zone) {
  Item item;
  item.format = ValidateItem(report, index);
  item.named = item.format.ok() || HasName(report);
  v1::Transaction& transaction = item.transaction;
  transaction.set_company_id(report.company_id());
  transaction.set_transaction_id(report.transaction_id());
  if (!item.format.ok()) return item;

  transaction.set_product_id(report.product_id());
  transaction.set_quantity(report.quantity());
  *transaction.mutable_occur_time() = report.occur_time();
  const int32_t nanos = report.occur_time().nanos();
  transaction.mutable_occur_time()->set_nanos(nanos - nanos % kNanosPerMicrosecond);
  const absl::Time occur_time =
      absl::FromUnixSeconds(report.occur_time().seconds()) + absl::Nanoseconds(transaction.occur_time().nanos());
  if (occur_time > now.time + kMaxAhead) item.format = AheadOfTime(index);
  // T2: never later than the day on which it is recorded.
  transaction.set_day(FormatDay(std::min(rules::DayOf(occur_time, time_zone), now.day)));
  transaction.set_state(v1::TRANSACTION_STATE_RECORDED);
  *transaction.mutable_record_time() = ToTimestamp(now.time);
  return item;
}

bool SameContent(const v1::Transaction& a, const v1::Transaction& b) {
  return a.product_id() == b.product_id() && a.quantity() == b.quantity() &&
         a.occur_time().seconds() == b.occur_time().seconds() && a.occur_time().nanos() == b.occur_time().nanos();
}

storage::CompanyDay DayOf(const Item& item) { return {item.transaction.company_id(), item.transaction.day()}; }

// The results of one call, while its transaction runs.
class Recording {
 public:
  // `again`: an earlier run of the same call may have been committed.
  Recording(Transaction& tx, const std::vector<Item>& items, absl::Time record_time, bool again)
      : tx_(tx), items_(items), record_time_(record_time), again_(again) {}

  absl::StatusOr<v1::RecordTransactionsResponse> Run();

 private:
  void Conclude(size_t index, v1::TransactionOutcome outcome, const v1::Transaction& transaction);
  void Refuse(size_t index, const absl::Status& status);
  void ConcludeNamesake(size_t index, const v1::Transaction& recorded);
  absl::Status WhatIsWrong(size_t index) const;
  absl::Status Insert(const std::map<TransactionName, size_t>& accepted);
  absl::Status ConcludeInserted(const std::map<TransactionName, size_t>& accepted);

  Transaction& tx_;
  const std::vector<Item>& items_;
  const absl::Time record_time_;
  const bool again_;
  storage::References references_;
  std::set<TransactionName> own_;  // Recorded by this call, and answered so for one item.
  v1::RecordTransactionsResponse response_;
};

void Recording::Conclude(size_t index, v1::TransactionOutcome outcome, const v1::Transaction& transaction) {
  v1::TransactionResult& result = *response_.mutable_results(static_cast<int>(index));
  result.set_outcome(outcome);
  *result.mutable_transaction() = transaction;
}

void Recording::Refuse(size_t index, const absl::Status& status) {
  v1::TransactionResult& result = *response_.mutable_results(static_cast<int>(index));
  result.set_outcome(v1::TRANSACTION_OUTCOME_REFUSED);
  *result.mutable_error() = ToRpcStatus(status);
}

// T1: the result of an item whose id is used already.
void Recording::ConcludeNamesake(size_t index, const v1::Transaction& recorded) {
  const Item& item = items_[index];
  if (!SameContent(item.transaction, recorded)) {
    Refuse(index, TransactionConflict(recorded.company_id(), recorded.transaction_id()));
    return;
  }
  // After a COMMIT whose answer was lost, this call finds the transactions that it recorded itself.
  const bool own = again_ && recorded.record_time().seconds() == item.transaction.record_time().seconds() &&
                   recorded.record_time().nanos() == item.transaction.record_time().nanos();
  const bool first = own && own_.insert(storage::NameOf(recorded)).second;
  Conclude(index, first ? v1::TRANSACTION_OUTCOME_RECORDED : v1::TRANSACTION_OUTCOME_DUPLICATE, recorded);
}

// T2, except for the holder of the company.
absl::Status Recording::WhatIsWrong(size_t index) const {
  const auto& [named, format, transaction] = items_[index];
  RETURN_IF_ERROR(format);
  if (references_.companies.count(transaction.company_id()) == 0) return CompanyNotFound(transaction.company_id());
  const auto kind = references_.product_kinds.find(transaction.product_id());
  if (kind == references_.product_kinds.end()) return ProductNotFound(transaction.product_id());
  if (kind->second != v1::PRODUCT_KIND_TRANSACTION) {
    return ProductKindWrong(absl::StrCat("transactions[", index, "].product_id"), transaction.product_id(),
                            kind->second);
  }
  // Placements and the type DATE begin later.
  if (ParseDay(transaction.day()) < kBeforeAllDays) {
    return CompanyNotHeld(transaction.company_id(), transaction.day());
  }
  return absl::OkStatus();
}

absl::Status Recording::Insert(const std::map<TransactionName, size_t>& accepted) {
  std::vector<const v1::Transaction*> transactions;
  for (const auto& [name, index] : accepted) transactions.push_back(&items_[index].transaction);
  return storage::InsertTransactions(tx_, transactions, record_time_);
}

// Reads the holder after the insert, which locks the companies. If it were read before, another transaction could
// delete the company in between, and leave a transaction on a day without a holder. A deletion that reaches the company
// after the insert looks for transactions.
absl::Status Recording::ConcludeInserted(const std::map<TransactionName, size_t>& accepted) {
  std::set<storage::CompanyDay> days;
  for (const auto& [name, index] : accepted) days.insert(DayOf(items_[index]));
  ASSIGN_OR_RETURN(const auto not_held, storage::ListDaysNotHeld(tx_, days, references_.companies));
  std::set<TransactionName> taken_back;
  for (const auto& [name, index] : accepted) {
    const Item& item = items_[index];
    if (not_held.count(DayOf(item)) > 0) {
      taken_back.insert(name);
      Refuse(index, CompanyNotHeld(name.first, item.transaction.day()));
    } else {
      own_.insert(name);
      references_.transactions.emplace(name, item.transaction);
      Conclude(index, v1::TRANSACTION_OUTCOME_RECORDED, item.transaction);
    }
  }
  return taken_back.empty() ? absl::OkStatus() : storage::DeleteTransactions(tx_, taken_back);
}

absl::StatusOr<v1::RecordTransactionsResponse> Recording::Run() {
  std::vector<const v1::Transaction*> wanted;
  std::vector<size_t> open;
  for (size_t i = 0; i < items_.size(); ++i) {
    response_.add_results();
    open.push_back(i);
    if (items_[i].named) wanted.push_back(&items_[i].transaction);
  }
  ASSIGN_OR_RETURN(references_, storage::GetReferences(tx_, wanted));
  // Usually one round. An item with the id of an earlier one waits until that one has its result.
  while (!open.empty()) {
    std::map<TransactionName, size_t> accepted;
    std::vector<size_t> waiting;
    for (const size_t index : open) {
      const TransactionName name = storage::NameOf(items_[index].transaction);
      const auto recorded = references_.transactions.find(name);
      if (items_[index].named && recorded != references_.transactions.end()) {
        ConcludeNamesake(index, recorded->second);
      } else if (accepted.count(name) > 0) {
        waiting.push_back(index);
      } else if (absl::Status wrong = WhatIsWrong(index); !wrong.ok()) {
        Refuse(index, wrong);
      } else {
        accepted.emplace(name, index);
      }
    }
    if (!accepted.empty()) {
      RETURN_IF_ERROR(Insert(accepted));
      RETURN_IF_ERROR(ConcludeInserted(accepted));
    }
    open = waiting;
  }
  return std::move(response_);
}

}  // namespace

absl::StatusOr<v1::RecordTransactionsResponse> RecordTransactions(storage::Database& database,
                                                                  const storage::Call& call, const Clock& clock,
                                                                  const v1::RecordTransactionsRequest& request) {
  // Read once, since a run after a COMMIT whose answer was lost must make the same transactions.
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  std::vector<Item> items;
  items.reserve(static_cast<size_t>(request.transactions_size()));
  for (int i = 0; i < request.transactions_size(); ++i) {
    items.push_back(Prepare(request.transactions(i), i, now, clock.time_zone));
  }
  bool again = false;
  return database.ReadWriteIdempotent(
      call, [&](Transaction& tx) { return Recording(tx, items, now.time, std::exchange(again, true)).Run(); });
}

}  // namespace agreements
