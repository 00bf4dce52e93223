// A fixture for tests that record transactions, on a real database.
#ifndef AGREEMENTS_TESTS_OPERATIONS_TRANSACTIONS_FIXTURE_H_
#define AGREEMENTS_TESTS_OPERATIONS_TRANSACTIONS_FIXTURE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tests/testing/service.h"

namespace agreements::testing {

struct Report {
  std::string id = "t1";
  std::string when = "2026-11-01T10:00:00Z";
  int64_t quantity = 1;
  std::string product = "scan";
  std::string company = {};  // Empty: the test's own.
};

// "RECORDED", or the reason of a refusal.
inline std::string Text(const v1::TransactionResult& result) {
  EXPECT_EQ(result.has_error(), result.outcome() == v1::TRANSACTION_OUTCOME_REFUSED);
  EXPECT_NE(result.has_error(), result.has_transaction());
  google::rpc::ErrorInfo info;
  for (const auto& detail : result.error().details()) detail.UnpackTo(&info);
  if (result.has_error()) return info.reason();
  return std::string(absl::StripPrefix(v1::TransactionOutcome_Name(result.outcome()), "TRANSACTION_OUTCOME_"));
}

template <typename Response>
std::string Texts(const absl::StatusOr<Response>& response) {
  if (!response.ok()) return Outcome(response);
  std::vector<std::string> texts;
  for (const v1::TransactionResult& result : response->results()) texts.push_back(Text(result));
  return absl::StrJoin(texts, ", ");
}

class TransactionsTest : public ::testing::Test {
 protected:
  TransactionsTest() {
    hooks_.on_statement = [this](const storage::StatementEvent& event) {
      return on_statement_ ? on_statement_(event) : 0;
    };
    service_.clock().SetDay("2026-03-01");
    agreement_ = service_.NewAgreement("A");
    company_ = service_.NewCompany(agreement_, "Nordlys");
    service_.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION);
    service_.NewProduct("ehf", v1::PRODUCT_KIND_TRANSACTION);
    service_.NewProduct("accounting", v1::PRODUCT_KIND_LICENSE);
    service_.clock().SetDay("2026-11-01");
  }
  ~TransactionsTest() override { EXPECT_EQ(service_.Findings(), ""); }

  absl::StatusOr<v1::RecordTransactionsResponse> RecordAll(const std::vector<Report>& reports) {
    v1::RecordTransactionsRequest request;
    for (const Report& report : reports) {
      v1::TransactionReport& added = *request.add_transactions();
      added.set_company_id(report.company.empty() ? company_ : report.company);
      added.set_transaction_id(report.id);
      added.set_product_id(report.product);
      added.set_quantity(report.quantity);
      *added.mutable_occur_time() = Instant(report.when);
    }
    return service_.Do(RecordTransactions, request);
  }

  std::string Record(const std::vector<Report>& reports) { return Texts(RecordAll(reports)); }

  std::string Cancel(const std::vector<std::string>& ids) {
    v1::CancelTransactionsRequest request;
    for (const std::string& id : ids) {
      v1::TransactionKey& key = *request.add_transactions();
      key.set_company_id(company_);
      key.set_transaction_id(id);
    }
    return Texts(service_.Do(CancelTransactions, request));
  }

  absl::StatusOr<v1::Transaction> Get(const std::string& id) {
    const auto got = service_.Do(GetTransaction, {{"company_id", company_}, {"transaction_id", id}});
    if (!got.ok()) return got.status();
    return got->transaction();
  }

  // "t2, t1", through pages of `page_size`.
  std::string List(Fields filters, int page_size = kMaxPageSize) {
    filters.emplace_back("company_id", company_);
    const auto list = service_.List(ListTransactions, filters, page_size);
    return absl::StrJoin(list.transactions(), ", ", [](std::string* out, const v1::Transaction& transaction) {
      absl::StrAppend(out, transaction.transaction_id());
    });
  }

  // Claims a transaction, as an order basis would.
  void Settle(const std::string& id, const std::string& order_basis_id = "ord-0000000000000001") {
    service_.LeaveOut("an order basis that has it is there");
    service_.Sql(absl::StrCat("UPDATE transactions SET order_basis_id = '", order_basis_id,
                              "' WHERE transaction_id = '", id, "'"));
  }

  // Called around each statement, if it is set.
  std::function<int(const storage::StatementEvent&)> on_statement_;
  storage::TestHooks hooks_;
  Service service_{&hooks_};
  std::string agreement_;
  std::string company_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_OPERATIONS_TRANSACTIONS_FIXTURE_H_
