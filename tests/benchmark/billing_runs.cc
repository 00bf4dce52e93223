// Billing runs over few and over many agreements of 10 companies each: what one agreement costs must not grow.
#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/billing/billable_agreements.h"
#include "tests/benchmark/parts.h"

namespace agreements::benchmark {
namespace {

using storage::Row;
using storage::Session;
using storage::Statement;

constexpr int64_t kTurn = 100;               // Agreements.
constexpr int64_t kEnoughForWaits = 10'000;  // Of a run, to measure waits.

// The least that settling an agreement takes.
const Statement kLock = {"lock", R"sql(
  UPDATE agreements
  SET guard = guard + 1
  WHERE account_id = ? AND agreement_id = ?
)sql"};

const Statement kReadAccesses = {"read_accesses", R"sql(
  SELECT p.company_id, p.from_day, a.user_id, a.product_id, a.from_day, a.until_day
  FROM placements AS p
  JOIN accesses AS a
    ON a.account_id = p.account_id AND a.company_id = p.company_id
  WHERE p.account_id = ? AND p.agreement_id = ?
    AND p.from_day < ?
    AND a.until_day > ?
    AND a.from_day < ?
)sql"};

const Statement kInsertDocument = {"insert_document", R"sql(
  INSERT INTO order_bases (account_id, order_basis_id, agreement_id, agreement_display_name, customer_number, from_day,
                           until_day, line_count, total_amount, digest, create_time)
  VALUES (?, ?, ?, 'Agreement', '1001', '2026-09-01', '2026-10-01', 1, 123456, REPEAT('0', 64), '2026-11-01')
)sql"};

const Statement kInsertLine = {"insert_line", R"sql(
  INSERT INTO order_basis_lines (account_id, order_basis_id, line_number, product_id, product_display_name, kind,
                                 price_valid_from, unit_price, user_days, days_in_month, quantity, original_month,
                                 amount)
  VALUES (?, ?, 1, 'license-a', 'license-a', 1, '2025-01-01', 4230000, 123, 31, 0, NULL, 123456)
)sql"};

// Writes the agreements that are settled just now, again and again, and notes how long it waits.
class Writer {
 public:
  Writer(Fixture& fixture, std::string account_id, int64_t agreements)
      : session_(fixture.Connect()),
        thread_([this, account_id = std::move(account_id), agreements](const std::stop_token& stop) {
          Write(stop, account_id, agreements);
        }) {}

  // `agreement` is the next one to be settled.
  void GoTo(int64_t agreement) { next_ = agreement; }

  // The wait that 99 in a hundred stay below. Ends the writing.
  absl::Duration P99() {
    thread_.request_stop();
    thread_.join();
    Require(waits_.size() >= 100, "too few writes to tell");
    std::sort(waits_.begin(), waits_.end());
    return waits_[waits_.size() * 99 / 100];
  }

 private:
  void Write(const std::stop_token& stop, const std::string& account_id, int64_t agreements) {
    std::mt19937 random;
    while (!stop.stop_requested()) {
      const int64_t agreement = std::min<int64_t>(next_ + static_cast<int64_t>(random() % kTurn), agreements - 1);
      waits_.push_back(TimeOf([&] {
        Fixture::Require(session_->Execute(kLock, {account_id, IdOf("agr-", agreement)}).status());
      }));
      absl::SleepFor(absl::Milliseconds(1));
    }
  }

  const std::unique_ptr<Session> session_;
  std::atomic<int64_t> next_ = 0;
  std::vector<absl::Duration> waits_;
  std::jthread thread_;
};

// A run of the service and, by turns, the bare SQL for the same agreements, whose documents are of the month before, so
// that the two do not meet.
class Run {
 public:
  Run(Fixture& fixture, int64_t agreements)
      : fixture_(fixture),
        agreements_(agreements),
        account_id_(RunAccount(agreements)),
        session_(fixture.Connect()),
        stream_(RunBilling(fixture.service().database(), fixture.service().context(), Request())) {}

  // What an agreement takes. A run settles pages, of which a turn may have one more than another one: so all turns
  // count.
  void Measure(std::vector<absl::Duration>& services, std::vector<absl::Duration>& bares) {
    absl::Duration service;
    absl::Duration bare;
    for (int64_t first = 0; first < agreements_; first += kTurn) {
      const int64_t end = std::min(first + kTurn, agreements_);
      const bool service_first = first / kTurn % 2 == 0;
      if (service_first) service += TimeOf([&] { Settle(first, end); });
      bare += TimeOf([&] { SettleBare(first, end); });
      if (!service_first) service += TimeOf([&] { Settle(first, end); });
    }
    End();
    services.push_back(service / agreements_);
    bares.push_back(bare / agreements_);
  }

  // How long others wait who write the agreements that are settled just now.
  Medians MeasureWaits() {
    Medians waits;
    const auto p99 = [&](const std::function<void(int64_t, int64_t)>& settle) {
      Writer writer(fixture_, account_id_, agreements_);
      for (int64_t i = 0; i < agreements_; ++i) {
        writer.GoTo(i);
        settle(i, i + 1);
      }
      return writer.P99();
    };
    waits.service = p99([this](int64_t first, int64_t end) { Settle(first, end); });
    waits.bare = p99([this](int64_t first, int64_t end) { SettleBare(first, end); });
    End();
    return waits;
  }

 private:
  v1::RunBillingRequest Request() const {
    v1::RunBillingRequest request;
    request.set_account_id(account_id_);
    request.set_until_day(kUntilDay);
    return request;
  }

  void End() {
    Require(!Fixture::Next(stream_, account_id_)->has_order_basis(), "the run has not ended");
    fixture_.Unsettle(account_id_);
  }

  // The stream's next agreements, which come in the order of their ids.
  void Settle(int64_t first, int64_t end) {
    for (int64_t i = first; i < end; ++i) {
      const auto response = Fixture::Next(stream_, account_id_);
      Require(
          response && response->outcome() == v1::BILLING_OUTCOME_CREATED && response->agreement_id() == IdOf("agr-", i),
          absl::StrCat("the run has not settled ", IdOf("agr-", i),
                       ", but: ", response ? response->ShortDebugString() : ""));
    }
  }

  void SettleBare(int64_t first, int64_t end) {
    for (int64_t i = first; i < end; ++i) {
      const std::string agreement_id = IdOf("agr-", i);
      const std::string id = IdOf("ord-", i);
      Fixture::Require(session_->Command("START TRANSACTION"));
      Fixture::Require(session_->Execute(kLock, {account_id_, agreement_id}).status());
      size_t bytes = 0;
      Fixture::Require(session_->Query(kReadAccesses, {account_id_, agreement_id, kUntilDay, kFromDay, kUntilDay},
                                       [&](const Row& row) {
                                         for (int column = 1; column <= 6; ++column) {
                                           bytes += row.GetString(column).size();
                                         }
                                       }));
      Require(bytes > 0, "there is nothing to read");
      Fixture::Require(session_->Execute(kInsertDocument, {account_id_, id, agreement_id}).status());
      Fixture::Require(session_->Execute(kInsertLine, {account_id_, id}).status());
      Fixture::Require(session_->Command("COMMIT"));
    }
  }

  Fixture& fixture_;
  const int64_t agreements_;
  const std::string account_id_;
  const std::unique_ptr<Session> session_;
  const Stream<v1::RunBillingResponse> stream_;
};

class BillingRuns {
 public:
  BillingRuns(Fixture& fixture, Report& report) : fixture_(fixture), report_(report) {}

  void Measure() {
    const Medians few = MeasureRuns(fixture_.scale().few);
    const Medians many = MeasureRuns(fixture_.scale().many);
    report_.AddGrowth("billing run: growth of the cost of an agreement", absl::FDivDuration(many.service, few.service),
                      absl::FDivDuration(many.bare, few.bare));
    if (fixture_.scale().many < kEnoughForWaits) return;
    report_.AddTimes("billing run: the wait of 99 % of those who write what is settled just now",
                     Run(fixture_, fixture_.scale().many).MeasureWaits());
  }

 private:
  // What an agreement costs, with its share of the count with which a run begins.
  Medians MeasureRuns(int64_t agreements) {
    ResetPeak();
    const double before = ReadMemory().resident;
    std::vector<absl::Duration> services;
    std::vector<absl::Duration> bares;
    const absl::Duration count = MeasureCount(agreements);
    do {
      Run(fixture_, agreements).Measure(services, bares);
    } while (services.size() < 3 && fixture_.scale().repetitions > 1);
    const Medians medians = {.service = MedianOf(services) + count / agreements, .bare = MedianOf(bares)};
    const std::string what = absl::StrCat("billing run over ", agreements, " agreements");
    report_.AddTimes(what + ", each", medians);
    report_.AddMemory(what, ReadMemory().peak - before);
    return medians;
  }

  absl::Duration MeasureCount(int64_t agreements) {
    std::vector<absl::Duration> counts;
    storage::Call call;
    call.account_id = RunAccount(agreements);
    for (int i = 0; i < fixture_.scale().repetitions; ++i) {
      counts.push_back(TimeOf([&] {
        const auto count = fixture_.service().database().ReadOnly(call, [&](storage::ReadTransaction& tx) {
          return storage::CountBillable(tx, absl::CivilDay(2026, 11, 1));
        });
        Require(Fixture::Value(count).months == agreements, "not all agreements are counted");
      }));
    }
    return MedianOf(counts);
  }

  Fixture& fixture_;
  Report& report_;
};

}  // namespace

void MeasureBillingRuns(Fixture& fixture, Report& report) { BillingRuns(fixture, report).Measure(); }

}  // namespace agreements::benchmark
