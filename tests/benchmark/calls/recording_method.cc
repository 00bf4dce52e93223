// RecordTransactions, 100 in a call: beside it, one INSERT of as many rows. It needs no record, since an id is recorded
// once.
#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "agreements/v1/company_service.pb.h"
#include "tests/benchmark/calls/data.h"
#include "tests/benchmark/calls/methods.h"

namespace agreements::benchmark {
namespace {

constexpr int kTransactions = 100;
constexpr int kColumns = 9;

class Recording : public Method {
 public:
  std::string name() const override { return "RecordTransactions"; }
  std::string path() const override { return "/agreements.v1.CompanyService/RecordTransactions"; }
  bool writes() const override { return true; }

  std::string NextRequest(int caller) override {
    v1::RecordTransactionsRequest request;
    request.set_account_id(AccountOf(caller));
    for (int i = 0; i < kTransactions; ++i) {
      auto& transaction = *request.add_transactions();
      transaction.set_company_id(CompanyId(caller, i % kCompaniesOfEach));
      transaction.set_transaction_id(NewId("tx-"));
      transaction.set_product_id(kScan);
      transaction.set_quantity(1 + i % 7);
      transaction.mutable_occur_time()->set_seconds(absl::ToUnixSeconds(occur_time_));
    }
    return request.SerializeAsString();
  }

  std::string WrongIn(const std::string& response) const override {
    v1::RecordTransactionsResponse parsed;
    if (!parsed.ParseFromString(response)) return "a response that does not parse";
    for (const v1::TransactionResult& result : parsed.results()) {
      if (result.outcome() != v1::TRANSACTION_OUTCOME_RECORDED) return result.ShortDebugString();
    }
    return parsed.results_size() == kTransactions ? "" : "too few results";
  }

  void Execute(BareConnection& connection, int caller) override {
    static const std::string kSql = absl::StrCat(
        "INSERT INTO transactions (account_id, company_id, transaction_id, product_id, quantity, occur_time, day, "
        "record_time, order_basis_id) VALUES ",
        absl::StrJoin(std::vector<std::string>(kTransactions, "(?, ?, ?, ?, ?, ?, ?, ?, ?)"), ", "));
    std::vector<std::string> values;
    values.reserve(size_t{kTransactions} * kColumns);
    const std::string account_id = AccountOf(caller);
    const std::string time = absl::FormatTime("%Y-%m-%d %H:%M:%S", occur_time_, absl::UTCTimeZone());
    for (int i = 0; i < kTransactions; ++i) {
      values.insert(values.end(), {account_id, CompanyId(caller, i % kCompaniesOfEach), NewId("tx-"), kScan,
                                   absl::StrCat(1 + i % 7), time, time.substr(0, time.find(' ')), time, ""});
    }
    connection.Execute(kSql, values, kTransactions);
    connection.Commit();
  }

 private:
  const absl::Time occur_time_ = absl::Now();
};

}  // namespace

std::unique_ptr<Method> RecordTransactions() { return std::make_unique<Recording>(); }

}  // namespace agreements::benchmark
