// Order bases on a real database: what is particular to storing, claiming and finding them. The rules' own tests are
// over the wire (order_basis_vectors_test.cc, billing_run_test.cc), and random histories in billing_property_test.cc.
#include <algorithm>
#include <set>

#include "tests/operations/order_bases_fixture.h"
#include "tests/testing/explanation.h"

namespace agreements::testing {
namespace {

class OrderBasesTest : public OrderBasesFixture {
 protected:
  void SetUp() override { NewProducts(); }

  std::string List(const Fields& filters) {
    const auto list = service_.Do(ListOrderBases, filters).value();
    return absl::StrJoin(list.order_bases(), ", ", [](std::string* out, const v1::OrderBasis& document) {
      EXPECT_EQ(document.lines_size(), 0);
      absl::StrAppend(out, document.agreement_display_name(), " ", document.from_day(), " ", document.total_amount());
    });
  }

  // "A 2026-10 CREATED 310.00", one for each result.
  std::string Run(const std::string& until_day, bool include_arrears = false) {
    v1::RunBillingRequest request;
    request.set_account_id(kAccount);
    request.set_until_day(until_day);
    request.set_include_arrears(include_arrears);
    std::vector<std::string> results;
    const auto messages = ReadAll(RunBilling(service_.database(), service_.context(), request)).value();
    for (const v1::RunBillingResponse& message : messages) {
      if (message.agreement_id().empty()) continue;
      const std::string outcome = v1::BillingOutcome_Name(message.outcome()).substr(sizeof("BILLING_OUTCOME_") - 1);
      results.push_back(absl::StrCat(
          service_.Do(GetAgreement, {{"agreement_id", message.agreement_id()}}).value().agreement().display_name(), " ",
          message.month(), " ", outcome, " ", message.order_basis().total_amount()));
    }
    return absl::StrJoin(results, ", ");
  }
};

TEST_F(OrderBasesTest, FiltersOfTheListAllHold) {
  const std::string b = service_.NewAgreementWithNumber("B", "C-B");
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.clock().SetDay("2026-12-01");
  EXPECT_EQ(Run("2026-12-01", true),
            "A 2026-10 CREATED 310.00, B 2026-10 NOTHING_TO_CHARGE 0.00, A 2026-11 CREATED 310.00, "
            "B 2026-11 NOTHING_TO_CHARGE 0.00");
  EXPECT_EQ(List({}), "A 2026-11-01 310.00, A 2026-10-01 310.00");
  EXPECT_EQ(List({{"show_empty", "true"}}),
            "B 2026-11-01 0.00, A 2026-11-01 310.00, B 2026-10-01 0.00, A 2026-10-01 310.00");
  EXPECT_EQ(List({{"show_empty", "true"}, {"from_day", "2026-11-01"}}), "B 2026-11-01 0.00, A 2026-11-01 310.00");
  EXPECT_EQ(List({{"show_empty", "true"}, {"from_day", "2026-11-01"}, {"agreement_id", b}}), "B 2026-11-01 0.00");
  EXPECT_EQ(List({{"show_empty", "true"}, {"until_day", "2026-11-01"}, {"agreement_id", b}}), "B 2026-10-01 0.00");
  EXPECT_EQ(List({{"show_empty", "true"}, {"until_day", "2026-11-01"}, {"customer_number", "C-A"}}),
            "A 2026-10-01 310.00");
}

TEST_F(OrderBasesTest, ARunThatIsRepeatedChangesNothing) {
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.clock().SetDay("2026-11-01");
  EXPECT_EQ(Run("2026-11-01"), "A 2026-10 CREATED 310.00");
  const std::string state = service_.State();
  EXPECT_EQ(Run("2026-11-01"), "A 2026-10 EXISTED 310.00");
  EXPECT_EQ(Run(""), "A 2026-10 EXISTED 310.00");
  EXPECT_EQ(service_.State(), state);
}

TEST_F(OrderBasesTest, MonthsInArrearsAreReportedAndLeft) {
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.clock().SetDay("2026-12-20");
  const std::string state = service_.State();
  EXPECT_EQ(Run("2026-12-11"), "A 2026-10 IN_ARREARS 310.00, A 2026-11 IN_ARREARS 310.00, A 2026-12 REFUSED ");
  EXPECT_EQ(service_.State(), state);
  EXPECT_EQ(Run("2026-12-11", true), "A 2026-10 CREATED 310.00, A 2026-11 CREATED 310.00, A 2026-12 CREATED 100.00");
}

TEST_F(OrderBasesTest, ADeletedAgreementIsInTheRunWhileSomethingOfItsIsNotCharged) {
  service_.clock().SetDay("2026-10-10");
  service_.RemoveCompany(company_).value();
  service_.Delete(agreement_).value();
  service_.clock().SetDay("2026-12-01");
  EXPECT_EQ(Run("2026-11-01"), "A 2026-10 NOTHING_TO_CHARGE 0.00");
  EXPECT_EQ(Run("2026-12-01"), "");
  service_.Record(company_, "late", "scan", 3, "2026-10-10T08:00:00Z").value();
  EXPECT_EQ(Run("2026-12-01"), "A 2026-11 CREATED 6.00");
  EXPECT_EQ(Run("2026-12-01"), "A 2026-11 EXISTED 6.00");
}

TEST_F(OrderBasesTest, AnExplanationGoesOnInFurtherMessagesAndCountsNobodyTwice) {
  constexpr int kUsers = 10'000;  // As many accesses as are read at once.
  service_.Grant(company_, "user-10001", {"accounting"}).value();
  service_.Sql(absl::StrCat(
      "INSERT INTO accesses (account_id, company_id, access_id, user_id, product_id, state, from_day, ",
      "until_day, create_time, update_time) WITH RECURSIVE hundred AS (SELECT 0 AS n UNION ALL SELECT ",
      "n + 1 FROM hundred WHERE n < 99) SELECT account_id, company_id, CONCAT('acc-', LPAD(100 * a.n + ",
      "b.n, 16, '0')), CONCAT('user-', 10001 + 100 * a.n + b.n), product_id, state, from_day, ",
      "until_day, create_time, update_time FROM accesses, hundred AS a, hundred AS b WHERE a.n + b.n > 0"));
  const std::string last_user = absl::StrCat("user-", 2 * kUsers);
  const std::string other_company = service_.NewCompany(agreement_, "Sørvest");
  service_.Grant(other_company, last_user, {"accounting"}).value();
  service_.clock().SetDay("2026-11-01");
  const v1::OrderBasis document = CreateOctober();

  const auto messages = ExplainInParts(kUsers, OfDocument(document, 1)).value();
  ASSERT_EQ(messages.size(), 11);
  std::set<std::string> users;
  int64_t user_days = 0;
  for (const auto& message : messages) {
    for (const v1::UserShare& user : message.users()) {
      users.insert(user.user_id());
      user_days += user.days();
    }
  }
  EXPECT_EQ(users.size(), kUsers);
  EXPECT_EQ(user_days, document.lines(0).user_days());
  EXPECT_EQ(user_days, kUsers * 31);
  ASSERT_EQ(messages.back().users_size(), 1);
  EXPECT_EQ(messages.back().users(0).user_id(), last_user);
  EXPECT_EQ(messages.back().users(0).days(), 0);
  EXPECT_EQ(messages.back().users(0).accesses(0).company_id(), other_company);
}

TEST_F(OrderBasesTest, AnExplanationIsTheSameWhateverIsReadAtOnce) {
  const std::string other_company = service_.NewCompany(agreement_, "Sørvest");
  for (const std::string& company : {company_, other_company}) {
    for (const char* user : {"anna", "bo"}) service_.Grant(company, user, {"accounting"}).value();
    for (const char* id : {"t1", "t2"}) service_.Record(company, id, "scan", 3, "2026-10-01T08:00:00Z").value();
    service_.Record(company, "t0", "scan", 2, "2026-10-01T08:00:00Z").value();
  }
  // Away for ten days, so that an access to it has two shares.
  service_.clock().SetDay("2026-10-10");
  service_.Move(company_, service_.NewAgreement("Elsewhere")).value();
  service_.clock().SetDay("2026-10-20");
  service_.Move(company_, agreement_).value();
  service_.clock().SetDay("2026-11-01");
  const v1::OrderBasis document = CreateOctober();
  for (const int line : {1, 2}) {
    const Explained whole = Explain(OfDocument(document, line)).value();
    ASSERT_EQ(whole.size(), 1U);
    for (const int part : {1, 2, 7}) {
      v1::ExplainOrderBasisResponse in_parts;
      const Explained messages = ExplainInParts(part, OfDocument(document, line)).value();
      for (const v1::ExplainOrderBasisResponse& message : messages) AddMessage(message, in_parts);
      EXPECT_EQ(in_parts.DebugString(), whole[0].DebugString()) << "line " << line << ", parts of " << part;
    }
  }
}

TEST_F(OrderBasesTest, TransactionsAreExplainedInOrderOverSeveralMessages) {
  for (const std::string batch : {"a", "b"}) {
    v1::RecordTransactionsRequest report;
    for (int i = 0; i < 1000; ++i) {
      v1::TransactionReport& transaction = *report.add_transactions();
      transaction.set_company_id(company_);
      transaction.set_transaction_id(absl::StrCat(batch, 1000 + i));
      transaction.set_product_id("scan");
      transaction.set_quantity(1);
      *transaction.mutable_occur_time() = Instant("2026-10-01T08:00:00Z");
    }
    service_.Do(RecordTransactions, report).value();
  }
  service_.clock().SetDay("2026-11-01");
  const v1::OrderBasis document = CreateOctober();
  std::vector<std::string> explained;
  const auto messages = Explain(OfDocument(document, 1)).value();
  for (const auto& message : messages) {
    for (const v1::Transaction& transaction : message.transactions()) explained.push_back(transaction.transaction_id());
  }
  EXPECT_EQ(explained.size(), 2000);
  EXPECT_TRUE(std::is_sorted(explained.begin(), explained.end()));
  EXPECT_EQ(std::set<std::string>(explained.begin(), explained.end()).size(), 2000);
}

TEST_F(OrderBasesTest, VerifyingFindsWhatWasChangedByHand) {
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.Record(company_, "t1", "scan", 2, "2026-10-01T08:00:00Z").value();
  service_.clock().SetDay("2026-11-01");
  const v1::OrderBasis document = CreateOctober();
  struct Change {
    std::string sql;
    std::string undo;
    std::string problems;
  };
  const std::vector<Change> kChanges = {
      {"UPDATE order_basis_lines SET user_days = user_days + 1 WHERE line_number = 1",
       "UPDATE order_basis_lines SET user_days = user_days - 1 WHERE line_number = 1", "LINE DIGEST"},
      {"UPDATE order_basis_lines SET amount = amount + 1 WHERE line_number = 2",
       "UPDATE order_basis_lines SET amount = amount - 1 WHERE line_number = 2", "LINE TOTAL DIGEST"},
      {"UPDATE order_basis_lines SET order_basis_id = '' WHERE line_number = 2",
       absl::StrCat("UPDATE order_basis_lines SET order_basis_id = '", document.order_basis_id(), "'"),
       "LINE TOTAL TOTAL DIGEST"},
      {"UPDATE order_bases SET total_amount = total_amount + 1",
       "UPDATE order_bases SET total_amount = total_amount - 1", "TOTAL DIGEST"},
      {"UPDATE order_bases SET customer_number = '1'", "UPDATE order_bases SET customer_number = 'C-A'", "DIGEST"},
      {"UPDATE accesses SET from_day = '2026-10-02'", "UPDATE accesses SET from_day = '2026-10-01'", "LINE"},
      {"UPDATE prices SET unit_price = unit_price + 1", "UPDATE prices SET unit_price = unit_price - 1", "LINE LINE"},
      {"UPDATE prices SET valid_from = '2026-10-02' WHERE product_id = 'scan'",
       "UPDATE prices SET valid_from = '2026-01-01' WHERE product_id = 'scan'", "LINE"},
      {"UPDATE transactions SET order_basis_id = ''",
       absl::StrCat("UPDATE transactions SET order_basis_id = '", document.order_basis_id(), "'"), "LINE"},
      {"UPDATE transactions SET day = '2026-11-01'", "UPDATE transactions SET day = '2026-10-01'", "TRANSACTION"},
      {"UPDATE placements SET agreement_id = NULL",
       absl::StrCat("UPDATE placements SET agreement_id = '", agreement_, "'"), "LINE TRANSACTION"},
      {"UPDATE agreements SET settled_until = '2026-10-31'", "UPDATE agreements SET settled_until = '2026-11-01'",
       "DAYS"},
      {"UPDATE agreements SET create_time = create_time - INTERVAL 1 DAY",
       "UPDATE agreements SET create_time = create_time + INTERVAL 1 DAY", "DAYS"},
  };
  service_.Sql("SET FOREIGN_KEY_CHECKS = 0");
  for (const Change& change : kChanges) {
    service_.Sql(change.sql);
    EXPECT_EQ(Problems(document), change.problems) << change.sql;
    service_.Sql(change.undo);
  }
  service_.Sql("SET FOREIGN_KEY_CHECKS = 1");
  EXPECT_EQ(Problems(document), "");
}

}  // namespace
}  // namespace agreements::testing
