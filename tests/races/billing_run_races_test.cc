// Billing runs that meet each other and midnight, and runs that are killed and started again: they come to the
// documents of an undisturbed run, each of which is created once (domain.md O3, O6).
#include <optional>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/races/billing_scene.h"
#include "tests/races/charged_days.h"
#include "tests/races/races.h"

namespace agreements::testing {
namespace {

using storage::StatementEvent;

constexpr int kRunRounds = 150;              // A tenth in CI.
constexpr int kUnguardedRuns = 300;          // At the most: the first lost race ends it.
constexpr int kStatementsBetweenHolds = 10;  // One in the long run.
constexpr int kMaxStatements = 150;          // Of two runs, before midnight.
constexpr int kAgreements = 3;

// In Oslo: 30 November, 23:59:59, and two seconds later.
const absl::Time kBeforeDecember = absl::FromCivil(absl::CivilSecond(2026, 11, 30, 22, 59, 59), absl::UTCTimeZone());
const absl::Time kInDecember = kBeforeDecember + absl::Seconds(2);

// Agreements with two months behind them at midnight, and a company that moves from the first one to the second one.
void PrepareAccount(Service& service, const std::string& account) {
  service.clock().SetDay("2026-10-20");
  service.NewProduct("seat", v1::PRODUCT_KIND_LICENSE, account);
  service.NewProduct("ehf", v1::PRODUCT_KIND_TRANSACTION, account);
  service.SetPriceOf("seat", "2026-10-01", "423.00", account).value();
  service.SetPriceOf("seat", "2026-11-16", "450.00", account).value();
  service.SetPriceOf("ehf", "2026-10-01", "1.50", account).value();
  std::vector<std::string> agreements;
  std::vector<std::string> companies;
  for (int i = 0; i < kAgreements; ++i) {
    agreements.push_back(service.NewAgreementWithNumber(absl::StrCat("A", i), "1001", account));
    companies.push_back(service.NewCompany(agreements.back(), absl::StrCat("C", i), "", account));
    service.Grant(companies.back(), absl::StrCat("user-", i), {"seat"}, account).value();
    service.Record(companies.back(), "t-1", "ehf", i + 1, "2026-10-20T09:00:00Z", account).value();
  }
  service.clock().SetDay("2026-11-10");
  service.Move(companies[0], agreements[1], account).value();
  service.Record(companies[0], "t-2", "ehf", 7, "2026-11-10T09:00:00Z", account).value();
  service.clock().Set(kBeforeDecember);
}

// The account's documents without ids and times.
std::string DocumentsOf(Service& service, const std::string& account) {
  return service.Sql(absl::StrCat(R"sql(
  SELECT b.agreement_display_name, b.customer_number, b.from_day, b.until_day, b.line_count, b.total_amount,
         l.line_number, l.product_id, l.unit_price, l.user_days, l.quantity, l.amount
  FROM order_bases b LEFT JOIN order_basis_lines l USING (account_id, order_basis_id)
  WHERE b.account_id = ')sql",
                                  account, "' ORDER BY 1, 3, 7, b.order_basis_id"));
}

// What runs said that they created: agreement and month, how often.
using Created = std::map<std::string, int>;

// One run, up to the first of the month. Returns "" at its end; or why it ended, which is after so many results if
// nothing else does it.
std::string Run(Service& service, const std::string& account, Created& created, int results = 1000) {
  v1::RunBillingRequest request;
  request.set_account_id(account);
  request.set_include_arrears(true);
  storage::Call call;
  call.account_id = account;
  call.deadline = absl::Now() + absl::Seconds(30);
  const auto next = RunBilling(service.database(), service.context(), request);
  for (int i = 0; i < results; ++i) {
    const auto response = next(call);
    if (!response.ok()) return response.status().ToString();
    if (!response->has_value()) return "";
    const v1::RunBillingResponse& result = **response;
    const std::string what = absl::StrCat(result.agreement_id(), " ", result.month());
    if (result.outcome() == v1::BILLING_OUTCOME_CREATED) ++created[what];
    if (result.outcome() == v1::BILLING_OUTCOME_REFUSED) return absl::StrCat(what, " ", result.error().message());
  }
  return "stopped";
}

// The documents of a run by itself.
const std::string& Undisturbed() {
  static const std::string documents = [] {
    Service service;
    PrepareAccount(service, kAccount);
    service.clock().Set(kInDecember);
    Created created;
    const std::string failure = Run(service, kAccount, created);
    return failure.empty() ? DocumentsOf(service, kAccount) : failure;
  }();
  return documents;
}

// After a run to the end. A document whose COMMIT was answered by nobody can be one that no run said it created.
std::string ProblemsOf(Service& service, const std::string& account, const Created& created) {
  std::string problems;
  for (const auto& [what, times] : created) {
    if (times > 1) absl::StrAppend(&problems, what, " created ", times, " times\n");
  }
  const std::string documents = DocumentsOf(service, account);
  if (documents != Undisturbed()) absl::StrAppend(&problems, "not those of an undisturbed run:\n", documents);
  return absl::StrCat(problems, ChargedDays(service, account).Problems(), VerifyAll(service, account));
}

// Two runs, and a third one afterwards that finishes what they left before midnight.
class TwoRuns {
 public:
  explicit TwoRuns(const Guards& guards) : conductor_(guards) {
    if (!guards.empty()) service_.Sql("ALTER TABLE order_bases DROP KEY agreement_from_day");
  }

  // Each returns what is wrong, or "".
  std::string AtOnce(int statement) {
    Begin();
    conductor_.RunTogether({[&] { failures_[0] = Run(service_, account_, created_[0]); },
                            [&] { failures_[1] = Run(service_, account_, created_[1]); }},
                           statement, [&] { service_.clock().Set(kInDecember); });
    return End();
  }

  // Nothing, if the first run has not so many statements.
  std::optional<std::string> OneHeld(int statement) {
    Begin();
    service_.clock().Set(kInDecember);
    Conductor::Meeting meeting;
    meeting.at = [&](absl::string_view, int number) { return number == statement; };
    meeting.held = [&] { failures_[0] = Run(service_, account_, created_[0]); };
    meeting.second = [&] { failures_[1] = Run(service_, account_, created_[1]); };
    const bool held = conductor_.Meet(service_.test_database(), meeting).held;
    std::string problems = End();
    if (!held && problems.empty()) return std::nullopt;
    return problems;
  }

  std::string Findings() { return service_.Findings(); }

 private:
  void Begin() {
    account_ = absl::StrCat("acct-", ++count_);
    PrepareAccount(service_, account_);
    for (Created& created : created_) created.clear();
  }

  std::string End() {
    service_.clock().Set(kInDecember);
    std::string problems = absl::StrCat(failures_[0], failures_[1], Run(service_, account_, created_[2]));
    Created all;
    for (const Created& created : created_) {
      for (const auto& [what, times] : created) all[what] += times;
    }
    absl::StrAppend(&problems, ProblemsOf(service_, account_, all));
    return problems.empty() ? "" : absl::StrCat("in round ", count_, ":\n", problems);
  }

  Conductor conductor_;
  Service service_{conductor_.hooks()};
  int count_ = 0;
  std::string account_;
  std::string failures_[2];
  Created created_[3];
};

TEST(TwoBillingRuns, CreateEachDocumentOnceWhereverOneIsHeld) {
  TwoRuns runs({});
  const int step = LongRun() ? 1 : kStatementsBetweenHolds;
  for (int statement = 0;; statement += step) {
    const auto problems = runs.OneHeld(statement);
    if (!problems) break;
    ASSERT_EQ(*problems, "") << "held before statement " << statement;
  }
  EXPECT_EQ(runs.Findings(), "");
}

TEST(TwoBillingRuns, CreateEachDocumentOnceAtFullSpeedOverMidnight) {
  TwoRuns runs({});
  std::mt19937 random;
  for (int i = 0; i < Rounds(kRunRounds); ++i) {
    const int statement = static_cast<int>(random() % kMaxStatements) + 1;
    ASSERT_EQ(runs.AtOnce(statement), "") << "midnight before statement " << statement;
  }
  EXPECT_EQ(runs.Findings(), "");
}

TEST(TwoBillingRuns, CreateDocumentsTwiceWithoutTheGuard) {
  TwoRuns runs(kSettledUntil);
  std::string lost;
  for (int statement = 0; lost.empty(); ++statement) {
    const auto problems = runs.OneHeld(statement);
    if (!problems) break;
    lost = *problems;
  }
  EXPECT_NE(lost, "");
  RecordProperty("lost", lost);
}

// Kills what runs in its thread, again and again, each time in another way.
class Killer {
 public:
  explicit Killer(bool in_one_transaction) {
    hooks_.on_statement = [this](const StatementEvent& event) { return OnStatement(event); };
    if (in_one_transaction) return;
    hooks_.interject = [](const StatementEvent& event) { return event.name == "insert_order_bases" ? "COMMIT" : ""; };
  }

  const storage::TestHooks* hooks() const { return &hooks_; }
  void SetDatabase(TestDatabase& database) { database_ = &database; }
  void Arm(int statements) { countdown_ = statements; }
  int Random(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

 private:
  int OnStatement(const StatementEvent& event) {
    if (countdown_ == 0 || --countdown_ > 0) return 0;
    // The call goes on after a killed session and a deadlock, and ends after what looks like a defect.
    constexpr int kDeadlock = 1213;
    constexpr int kSyntaxError = 1064;
    const int errors[] = {0, kDeadlock, kSyntaxError};
    const int error = errors[Random(3)];
    if (error == 0) database_->Sql(absl::StrCat("KILL ", event.connection_id));
    return error;
  }

  storage::TestHooks hooks_;
  TestDatabase* database_ = nullptr;
  int countdown_ = 0;
  std::mt19937 random_;
};

// Runs that are killed and started again until one comes to its end. Returns what is wrong with the first bad round.
// `in_one_transaction`: an agreement is settled and its document stored at the same moment.
std::string KillRuns(bool in_one_transaction, int rounds) {
  constexpr int kEvents = 60;  // At the most, before the next death: before and after each statement.
  constexpr int kDeaths = 20;  // Of one round, in which it must have come to an end otherwise.
  Killer killer(in_one_transaction);
  Service service(killer.hooks());
  killer.SetDatabase(service.test_database());
  for (int i = 0; i < rounds; ++i) {
    const std::string account = absl::StrCat("acct-", i);
    PrepareAccount(service, account);
    service.clock().Set(kInDecember);
    Created created;
    for (int deaths = 0; deaths < kDeaths; ++deaths) {
      killer.Arm(killer.Random(kEvents) + 1);
      if (Run(service, account, created, killer.Random(8) + 1).empty()) break;
    }
    killer.Arm(0);
    std::string problems = Run(service, account, created);
    absl::StrAppend(&problems, ProblemsOf(service, account, created));
    if (!problems.empty()) return absl::StrCat("in round ", i + 1, ":\n", problems);
  }
  return service.Findings();
}

TEST(KilledBillingRuns, StartedAgainCreateTheDocumentsOfAnUndisturbedRun) {
  EXPECT_EQ(KillRuns(/*in_one_transaction=*/true, Rounds(kRunRounds)), "");
}

TEST(KilledBillingRuns, LoseDocumentsIfTheyDoNotSettleInTheSameTransaction) {
  const std::string lost = KillRuns(/*in_one_transaction=*/false, kUnguardedRuns);
  EXPECT_NE(lost, "");
  RecordProperty("lost", lost);
}

}  // namespace
}  // namespace agreements::testing
