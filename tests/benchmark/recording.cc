// RecordTransactions with calls of 1,000, some of which were recorded before.
#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/benchmark/parts.h"

namespace agreements::benchmark {
namespace {

using storage::Session;
using storage::Statement;
using storage::Value;

constexpr int kCall = 1'000;
constexpr int kMaxCallers = 4;

std::string InsertSql() {
  std::string sql =
      "INSERT INTO transactions (account_id, company_id, transaction_id, product_id, quantity, occur_time, day, "
      "record_time, order_basis_id) VALUES ";
  for (int i = 0; i < kCall; ++i) absl::StrAppend(&sql, i == 0 ? "" : ", ", "(?, ?, ?, ?, ?, ?, ?, ?, '')");
  return sql;
}

const Statement& InsertStatement() {
  static const Statement statement("insert_1000", InsertSql().c_str());
  return statement;
}

class Recording {
 public:
  Recording(Fixture& fixture, Report& report) : fixture_(fixture), report_(report) {}

  void Measure() {
    for (int i = 0; i < kMaxCallers; ++i) {
      sessions_.push_back(fixture_.Connect());
      // Prepares the statement.
      Insert({.session = sessions_.back().get(), .calls = {NewValues()}});
    }
    for (const int callers : {1, kMaxCallers}) {
      for (const int duplicates : {0, 10, 50}) MeasureCalls(callers, duplicates);
    }
  }

 private:
  v1::TransactionReport ReportOf(int64_t number) const {
    v1::TransactionReport report;
    report.set_company_id(IdOf("cmp-", number * 7 % fixture_.scale().companies));
    report.set_transaction_id(absl::StrCat("service-", number));
    report.set_product_id(kScan);
    report.set_quantity(1 + number % 7);
    *report.mutable_occur_time() = testing::Instant("2026-10-15T10:00:00Z");
    return report;
  }

  // So many of the call's items, spread over it, are those of an earlier one; the others are new.
  v1::RecordTransactionsRequest NewRequest(int percent) {
    v1::RecordTransactionsRequest request;
    request.set_account_id(kLargeAccount);
    int64_t earlier = 0;
    for (int i = 0; i < kCall; ++i) {
      const bool duplicate = i % 100 < percent;
      *request.add_transactions() = ReportOf(duplicate ? earlier++ : next_++);
    }
    return request;
  }

  void MeasureCalls(int callers, int duplicates) {
    const int calls = fixture_.scale().calls;
    ResetPeak();
    const double before = ReadMemory().resident;
    const Medians medians = Compare(
        fixture_.scale().repetitions, [&] { return RecordAll(callers, calls, duplicates); },
        [&] { return InsertAll(callers, calls); });
    const std::string what = absl::StrCat("RecordTransactions, ", duplicates, " % duplicates, ", callers,
                                          callers == 1 ? " caller" : " callers");
    report_.AddRates(what, medians, int64_t{callers} * calls * kCall);
    report_.AddMemory(what, ReadMemory().peak - before);
  }

  // All callers at once, each with its own calls one after the other.
  absl::Duration RecordAll(int callers, int calls, int duplicates) {
    std::vector<std::vector<v1::RecordTransactionsRequest>> requests(static_cast<size_t>(callers));
    for (auto& own : requests) {
      for (int i = 0; i < calls; ++i) own.push_back(NewRequest(duplicates));
    }
    const int recorded = kCall * (100 - duplicates) / 100;
    return TimeOfAll(requests, [&](const std::vector<v1::RecordTransactionsRequest>& own) {
      for (const auto& request : own) {
        const auto response = Fixture::Value(fixture_.service().Do(RecordTransactions, request));
        int count = 0;
        for (const auto& result : response.results()) count += result.outcome() == v1::TRANSACTION_OUTCOME_RECORDED;
        Require(count == recorded, "other items than the new ones were recorded");
      }
    });
  }

  struct BareCalls {
    Session* session;
    std::vector<std::vector<Value>> calls;
  };

  absl::Duration InsertAll(int callers, int calls) {
    std::vector<BareCalls> all(static_cast<size_t>(callers));
    for (size_t i = 0; i < all.size(); ++i) {
      all[i].session = sessions_[i].get();
      for (int call = 0; call < calls; ++call) all[i].calls.push_back(NewValues());
    }
    return TimeOfAll(all, Insert);
  }

  static void Insert(const BareCalls& own) {
    for (const std::vector<Value>& values : own.calls) {
      Fixture::Require(own.session->Command("START TRANSACTION"));
      Require(Fixture::Value(own.session->Execute(InsertStatement(), values)) == kCall, "not all were inserted");
      Fixture::Require(own.session->Command("COMMIT"));
    }
  }

  // In the order of the key, as the service's are.
  std::vector<Value> NewValues() {
    std::vector<v1::TransactionReport> reports;
    for (int i = 0; i < kCall; ++i) reports.push_back(ReportOf(next_++));
    std::sort(reports.begin(), reports.end(), [](const auto& a, const auto& b) {
      return std::pair(a.company_id(), a.transaction_id()) < std::pair(b.company_id(), b.transaction_id());
    });
    std::vector<Value> values;
    for (const v1::TransactionReport& report : reports) {
      const std::initializer_list<Value> row = {kLargeAccount,       report.company_id(),  report.transaction_id(),
                                                report.product_id(), report.quantity(),    "2026-10-15 10:00:00",
                                                "2026-10-15",        "2026-11-01 11:00:00"};
      values.insert(values.end(), row);
    }
    return values;
  }

  template <typename Own, typename Work>
  absl::Duration TimeOfAll(const std::vector<Own>& all, const Work& work) {
    std::vector<std::string> errors(all.size());
    const absl::Duration time = TimeOf([&] {
      std::vector<std::jthread> threads;
      for (size_t i = 0; i < all.size(); ++i) {
        threads.emplace_back([&, i] {
          try {
            work(all[i]);
          } catch (const std::exception& error) {
            errors[i] = error.what();
          }
        });
      }
      for (std::jthread& thread : threads) thread.join();
    });
    for (const std::string& error : errors) Require(error.empty(), error);
    return time;
  }

  Fixture& fixture_;
  Report& report_;
  std::vector<std::unique_ptr<Session>> sessions_;  // Of the bare SQL's callers.
  int64_t next_ = 0;                                // Of transactions.
};

}  // namespace

void MeasureRecording(Fixture& fixture, Report& report) { Recording(fixture, report).Measure(); }

}  // namespace agreements::benchmark
