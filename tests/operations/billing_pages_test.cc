// What a billing run settles in one transaction: how many, and what becomes of the others when one is refused, or when
// the transaction meets another one.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/billing/settlements.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using storage::StatementEvent;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::Le;

constexpr int kDeadlock = 1213;

// An account whose agreements have a company with a user each in November 2026, and a run in December.
class BillingPagesTest : public ::testing::Test {
 protected:
  BillingPagesTest() {
    hooks_.on_statement = [this](const StatementEvent& event) { return on_statement_ ? on_statement_(event) : 0; };
    service_.emplace(&hooks_);
    service_->NewProduct("accounting");
    service_->NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION);
    service_->SetPriceOf("accounting", "2026-11-01", "423.00").value();
    service_->SetPriceOf("scan", "2026-11-01", "1.50").value();
  }
  ~BillingPagesTest() override { EXPECT_EQ(service_->Findings(), ""); }

  Service& service() { return *service_; }

  std::string NewAgreement(const std::string& name, const std::string& customer_number = "417") {
    std::string agreement = service().NewAgreementWithNumber(name, customer_number);
    companies_[name] = service().NewCompany(agreement, name);
    service().Grant(companies_[name], "anna", {"accounting"}).value();
    return agreement;
  }

  // Many agreements without companies, in one statement.
  void NewAgreements(int count) {
    service().Sql(absl::StrCat(
        "INSERT INTO agreements (account_id, agreement_id, display_name, customer_number, company_count, draft_count, "
        "settled_until, revision, create_time, update_time, name_key, folded_name, keyed_name, key_version) "
        "WITH RECURSIVE hundred AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM hundred WHERE n < 99) "
        "SELECT account_id, CONCAT('agr-', LPAD(100 * a.n + b.n, 16, '0')), display_name, '', 0, 0, settled_until, 1, "
        "create_time, update_time, name_key, folded_name, keyed_name, key_version "
        "FROM agreements, hundred AS a, hundred AS b WHERE agreement_id = '",
        service().NewAgreement("A"), "' AND 100 * a.n + b.n < ", count, " - 1"));
    service().LeaveOut("each recent revision of an agreement");
    service().LeaveOut("every recent change");
  }

  // "A CREATED, B REFUSED CUSTOMER_NUMBER_MISSING", in the order in which they are told.
  std::string Run() {
    service().clock().SetDay("2026-12-01");
    v1::RunBillingRequest request;
    request.set_account_id(kAccount);
    storage::Call call;
    call.account_id = kAccount;
    call.deadline = absl::Now() + absl::Seconds(30);
    const auto next = RunBilling(service().database(), service().context(), request);
    std::vector<std::string> results;
    for (;;) {
      const auto message = next(call);
      if (!message.ok()) return message.status().ToString();
      if (!*message || (*message)->agreement_id().empty()) return absl::StrJoin(results, ", ");
      const v1::RunBillingResponse& result = **message;
      const auto agreement = service().Do(GetAgreement, {{"agreement_id", result.agreement_id()}}).value();
      const std::string reason =
          result.has_error() ? " " + v1::ErrorReason_Name(ReasonOf(result.error())).substr(strlen("ERROR_REASON_"))
                             : "";
      results.push_back(absl::StrCat(agreement.agreement().display_name(), " ",
                                     v1::BillingOutcome_Name(result.outcome()).substr(strlen("BILLING_OUTCOME_")),
                                     reason));
    }
  }

  std::string Documents() {
    return service().Sql(
        "SELECT agreement_display_name, from_day, until_day, total_amount / 100 FROM order_bases ORDER BY 1, 2");
  }

  std::map<std::string, std::string> companies_;  // By the names of their agreements.
  std::function<int(const StatementEvent&)> on_statement_;

 private:
  storage::TestHooks hooks_;
  std::optional<Service> service_;
};

// Counted, since time would be a bad measure in a test.
TEST_F(BillingPagesTest, NoTransactionSettlesMoreThanTheMost) {
  NewAgreements(450);
  std::vector<int> sizes;
  int before = 0;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name == "COMMIT" && event.phase == StatementEvent::Phase::kAfter) {
      const int now = std::stoi(service().Sql("SELECT COUNT(*) FROM order_bases"));
      sizes.push_back(now - before);
      before = now;
    }
    return 0;
  };
  service().clock().SetDay("2026-12-01");
  storage::Call call;
  call.account_id = kAccount;
  v1::RunBillingRequest request;
  request.set_account_id(kAccount);
  const auto next = RunBilling(service().database(), service().context(), request);
  while (next(call).value()) continue;
  on_statement_ = nullptr;
  EXPECT_EQ(before, 450);
  EXPECT_THAT(sizes, Each(AllOf(Ge(1), Le(static_cast<int>(storage::kMaxSettled)))));
}

TEST_F(BillingPagesTest, APageTakesAsManyStatementsAsOneAgreement) {
  NewAgreements(10);
  std::vector<std::string> statements;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.phase == StatementEvent::Phase::kBefore) statements.emplace_back(event.name);
    return 0;
  };
  const std::string results = Run();
  on_statement_ = nullptr;
  EXPECT_EQ(std::count(statements.begin(), statements.end(), "lock_for_settlement"), 1) << results;
  EXPECT_EQ(std::count(statements.begin(), statements.end(), "insert_order_bases"), 1);
}

TEST_F(BillingPagesTest, OneThatIsRefusedLeavesThePage) {
  NewAgreement("A");
  const std::string b = NewAgreement("B", "");
  NewAgreement("C");
  service().NewProduct("payroll");
  service().SetPriceOf("payroll", "2026-11-01", "99.00").value();
  service().Grant(companies_["B"], "anna", {"payroll"}).value();
  service().Record(companies_["B"], "t-1", "scan", 4, "2026-11-01T08:00:00Z").value();
  service().Record(companies_["C"], "t-2", "scan", 2, "2026-11-01T08:00:00Z").value();
  EXPECT_EQ(Run(), "A CREATED, B REFUSED CUSTOMER_NUMBER_MISSING, C CREATED");
  EXPECT_EQ(Documents(),
            "A|2026-11-01|2026-12-01|423.0000\n"
            "C|2026-11-01|2026-12-01|426.0000\n");
  EXPECT_EQ(service().Do(GetAgreement, {{"agreement_id", b}})->agreement().settled_until(), "2026-11-01");
  EXPECT_EQ(service().Do(GetProduct, {{"product_id", "payroll"}})->product().priced_until(), "");
  EXPECT_EQ(service().Sql("SELECT transaction_id FROM transactions WHERE order_basis_id = ''"), "t-1\n");
  service().Do(UpdateAgreement, {{"agreement_id", b}, {"customer_number", "418"}}).value();
  EXPECT_EQ(Run(), "A EXISTED, B CREATED, C EXISTED");
}

TEST_F(BillingPagesTest, APageInWhichAllAreRefusedChangesNothing) {
  for (const char* name : {"A", "B"}) {
    NewAgreement(name, "");
    service().Record(companies_[name], "t-1", "scan", 4, "2026-11-01T08:00:00Z").value();
  }
  const std::string entries = service().Entries();
  EXPECT_EQ(Run(), "A REFUSED CUSTOMER_NUMBER_MISSING, B REFUSED CUSTOMER_NUMBER_MISSING");
  EXPECT_EQ(Documents(), "");
  EXPECT_EQ(service().Entries(), entries);
}

TEST_F(BillingPagesTest, APageThatMeetsAnotherTransactionIsHalved) {
  for (const char* name : {"A", "B", "C", "D", "E"}) NewAgreement(name);
  int deadlocks = 2;
  std::vector<std::string> locked;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.phase != StatementEvent::Phase::kBefore) return 0;
    if (event.name == "COMMIT") locked.push_back(service().Sql("SELECT COUNT(*) FROM order_bases"));
    return event.name == "insert_order_bases" && --deadlocks >= 0 ? kDeadlock : 0;
  };
  EXPECT_EQ(Run(), "A CREATED, B CREATED, C CREATED, D CREATED, E CREATED");
  on_statement_ = nullptr;
  // 5 and 2 fail; then 1, 2 and 2 follow each other.
  EXPECT_EQ(absl::StrJoin(locked, ""), "0\n1\n3\n");
  EXPECT_EQ(service().Sql("SELECT COUNT(*), COUNT(DISTINCT agreement_id) FROM order_bases"), "5|5\n");
}

TEST_F(BillingPagesTest, OneByOneTheRunGoesOnWhileItMeetsOthers) {
  for (const char* name : {"A", "B", "C"}) NewAgreement(name);
  std::atomic<int> statements = 0;
  on_statement_ = [&](const StatementEvent& event) {
    // Each transaction the first time.
    return event.phase == StatementEvent::Phase::kBefore && event.name == "settle_until" && ++statements % 2 == 1
               ? kDeadlock
               : 0;
  };
  EXPECT_EQ(Run(), "A CREATED, B CREATED, C CREATED");
  on_statement_ = nullptr;
  EXPECT_EQ(service().Sql("SELECT COUNT(*), COUNT(DISTINCT agreement_id) FROM order_bases"), "3|3\n");
}

// Calls `change` before the page is locked.
class SettledMeanwhileTest : public BillingPagesTest {
 protected:
  std::string RunWhile(const std::function<void()>& change) {
    bool done = false;
    on_statement_ = [&, change](const StatementEvent& event) {
      if (event.name != "lock_for_settlement" || event.phase != StatementEvent::Phase::kBefore || done) return 0;
      done = true;
      change();
      return 0;
    };
    std::string results = Run();
    on_statement_ = nullptr;
    return results;
  }
};

TEST_F(SettledMeanwhileTest, OneThatSomebodyElseHasSettledExists) {
  NewAgreement("A");
  const std::string b = NewAgreement("B");
  NewAgreement("C");
  EXPECT_EQ(RunWhile([&] { service().CreateOrder(b, "2026-11-01", "2026-12-01").value(); }),
            "A CREATED, B EXISTED, C CREATED");
  EXPECT_EQ(service().Sql("SELECT COUNT(*) FROM order_bases"), "3\n");
}

TEST_F(SettledMeanwhileTest, TheRestOfAPartSettlementIsCreated) {
  NewAgreement("A");
  const std::string b = NewAgreement("B");
  NewAgreement("C");
  EXPECT_EQ(RunWhile([&] { service().CreateOrder(b, "2026-11-01", "2026-11-16").value(); }),
            "A CREATED, B CREATED, C CREATED");
  EXPECT_EQ(Documents(),
            "A|2026-11-01|2026-12-01|423.0000\n"
            "B|2026-11-01|2026-11-16|211.5000\n"
            "B|2026-11-16|2026-12-01|211.5000\n"
            "C|2026-11-01|2026-12-01|423.0000\n");
}

// After the page has computed its documents with the old price.
TEST_F(SettledMeanwhileTest, APriceThatIsSetMeanwhileIsThatOfTheDocuments) {
  NewAgreement("A");
  NewAgreement("B");
  bool done = false;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name != "lock_priced_product" || event.phase != StatementEvent::Phase::kBefore || done) return 0;
    done = true;
    service().SetPriceOf("accounting", "2026-11-16", "400.00").value();
    return 0;
  };
  EXPECT_EQ(Run(), "A CREATED, B CREATED");
  on_statement_ = nullptr;
  EXPECT_EQ(Documents(),
            "A|2026-11-01|2026-12-01|411.5000\n"
            "B|2026-11-01|2026-12-01|411.5000\n");
}

// Names go through JSON.
TEST_F(BillingPagesTest, DocumentsHaveNamesAsTheyAre) {
  const std::string name = R"(Bø "& Sønn\ 𝔸's)";
  NewAgreement(name);
  service().NewProduct("quoted");
  service().Do(UpdateProduct, {{"product_id", "quoted"}, {"display_name", name}}).value();
  service().SetPriceOf("quoted", "2026-11-01", "1.00").value();
  service().Grant(companies_[name], "anna", {"quoted"}).value();
  EXPECT_EQ(Run(), name + " CREATED");
  EXPECT_EQ(service().Sql("SELECT agreement_display_name FROM order_bases"), name + "\n");
  EXPECT_EQ(service().Sql("SELECT product_display_name FROM order_basis_lines WHERE product_id = 'quoted'"),
            name + "\n");
}

}  // namespace
}  // namespace agreements::testing
