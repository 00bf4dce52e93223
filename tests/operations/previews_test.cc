// Previews: estimates of days that are not over, and why a preview says what it says.
#include "tests/operations/order_bases_fixture.h"

namespace agreements::testing {
namespace {

class PreviewsTest : public OrderBasesFixture {
 protected:
  static constexpr int kPart = 10'000;  // Accesses or transactions that are read at once.

  void SetUp() override { NewProducts(); }

  absl::StatusOr<v1::PreviewOrderBasisResponse> Estimate(const std::string& from_day = "",
                                                         const std::string& until_day = "") {
    return service_.Do(
        PreviewOrderBasis,
        {{"agreement_id", agreement_}, {"from_day", from_day}, {"until_day", until_day}, {"estimate", "true"}});
  }

  // "2026-10-01 - 2026-11-01: accounting 31 310.00, scan 2 4.00 of 2026-09".
  static std::string TextOf(const v1::OrderBasis& order_basis) {
    return absl::StrCat(order_basis.from_day(), " - ", order_basis.until_day(), ": ", LinesOf(order_basis));
  }

  Fields OfPreview(int line_number, Fields more = {}) {
    more.insert(more.end(), {{"agreement_id", agreement_}, {"line_number", absl::StrCat(line_number)}});
    return more;
  }

  // "anna 31 (2026-10-01 - 2026-11-01); t1 2 on 2026-10-05", whichever there are.
  static std::string TextOf(const Explained& messages) {
    std::vector<std::string> parts;
    for (const v1::ExplainOrderBasisResponse& message : messages) {
      for (const v1::UserShare& user : message.users()) {
        std::vector<std::string> shares;
        for (const v1::AccessShare& share : user.accesses()) {
          shares.push_back(absl::StrCat(share.from_day(), " - ", share.until_day()));
        }
        parts.push_back(absl::StrCat(user.user_id(), " ", user.days(), " (", absl::StrJoin(shares, ", "), ")"));
      }
      for (const v1::Transaction& transaction : message.transactions()) {
        parts.push_back(
            absl::StrCat(transaction.transaction_id(), " ", transaction.quantity(), " on ", transaction.day()));
      }
    }
    return absl::StrJoin(parts, "; ");
  }

  std::string Why(const Fields& line) {
    const auto explained = Explain(line);
    return explained.ok() ? TextOf(*explained) : Outcome(explained);
  }

  // 10,001 users, of whom the last, user-20000, has an access of their own: one more than a part has.
  void AddUsers() {
    service_.Grant(company_, "user-10000", {"accounting"}).value();
    service_.Sql(R"sql(
  INSERT INTO accesses (account_id, company_id, access_id, user_id, product_id, state, from_day, until_day, create_time,
                        update_time)
  WITH RECURSIVE hundred AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM hundred WHERE n < 99)
  SELECT account_id, company_id, CONCAT('acc-', LPAD(100 * a.n + b.n, 16, '0')),
         CONCAT('user-', 10001 + 100 * a.n + b.n), product_id, state, from_day, until_day, create_time, update_time
  FROM accesses, hundred AS a, hundred AS b)sql");
  }

  // 10,001 transactions of a piece each: one more than a part has.
  void AddTransactions() {
    service_.Record(company_, "t10000", "scan", 1, "2026-10-01T08:00:00Z").value();
    service_.Sql(R"sql(
  INSERT INTO transactions (account_id, company_id, transaction_id, product_id, quantity, occur_time, day, record_time,
                            order_basis_id)
  WITH RECURSIVE hundred AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM hundred WHERE n < 99)
  SELECT account_id, company_id, CONCAT('t', 10001 + 100 * a.n + b.n), product_id, quantity, occur_time, day,
         record_time, order_basis_id
  FROM transactions, hundred AS a, hundred AS b)sql");
  }
};

TEST_F(PreviewsTest, AnEstimateIsWhatIsFrozenLaterIfNothingChanges) {
  service_.SetPriceOf("accounting", "2026-10-16", "620.00").value();
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.Invite(company_, "bo", {"accounting"}).value();
  service_.Record(company_, "t1", "scan", 2, "2026-10-01T08:00:00Z").value();
  const std::string other = service_.NewCompany(agreement_, "Havblikk");
  service_.Grant(other, "cecilie", {"accounting"}).value();
  EXPECT_EQ(TextOf(Estimate().value().order_basis()),
            "2026-10-01 - 2026-11-01: accounting 30 300.00, accounting 32 640.00, scan 2 4.00");
  service_.clock().SetDay("2026-10-05");
  service_.Move(other, service_.NewAgreement("Elsewhere")).value();
  service_.clock().SetDay("2026-10-20");
  service_.Revoke(company_, "anna", {"accounting"}).value();
  // Anna until the 20th, Cecilie until the 4th.
  constexpr char kMonth[] = "2026-10-01 - 2026-11-01: accounting 19 190.00, accounting 5 100.00, scan 2 4.00";
  for (const std::string today : {"2026-10-20", "2026-10-21", "2026-10-31"}) {
    service_.clock().SetDay(today);
    const v1::PreviewOrderBasisResponse estimate = Estimate().value();
    EXPECT_EQ(TextOf(estimate.order_basis()), kMonth);
    EXPECT_EQ(estimate.order_basis().total_amount(), "294.00");
    EXPECT_EQ(estimate.order_basis().currency(), "NOK");
    EXPECT_EQ(estimate.estimated_from_day(), today);
    EXPECT_EQ(estimate.order_basis().digest(), "") << "CreateOrderBasis cannot freeze it";
  }
  service_.clock().SetDay("2026-11-01");
  const v1::PreviewOrderBasisResponse past = Estimate("2026-10-01").value();
  EXPECT_EQ(past.estimated_from_day(), "");
  EXPECT_EQ(past.DebugString(), service_.Preview(agreement_).value().DebugString());
  const v1::OrderBasis document = CreateOctober();
  EXPECT_EQ(TextOf(document), kMonth);
  EXPECT_EQ(document.digest(), past.order_basis().digest());
}

TEST_F(PreviewsTest, AnEstimateOfAnAgreementInArrearsIsOfTheRunningMonth) {
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.Record(company_, "october", "scan", 1, "2026-10-01T08:00:00Z").value();
  service_.clock().SetDay("2026-11-10");
  service_.Record(company_, "november", "scan", 20, "2026-11-10T08:00:00Z").value();
  v1::PreviewOrderBasisResponse estimate = Estimate().value();
  EXPECT_EQ(TextOf(estimate.order_basis()), "2026-11-01 - 2026-12-01: accounting 30 310.00, scan 20 40.00");
  EXPECT_EQ(estimate.estimated_from_day(), "2026-11-10");
  EXPECT_EQ(estimate.order_basis().digest(), "");

  estimate = Estimate("2026-10-01").value();
  EXPECT_EQ(TextOf(estimate.order_basis()), "2026-10-01 - 2026-11-01: accounting 31 310.00, scan 1 2.00");
  EXPECT_EQ(estimate.estimated_from_day(), "");
  EXPECT_EQ(estimate.order_basis().digest(), service_.Preview(agreement_).value().order_basis().digest());

  // Over, and not next.
  estimate = Estimate("2026-11-01", "2026-11-10").value();
  EXPECT_EQ(TextOf(estimate.order_basis()), "2026-11-01 - 2026-11-10: accounting 9 93.00");
  EXPECT_EQ(estimate.estimated_from_day(), "");
  EXPECT_EQ(estimate.order_basis().digest(), "");

  estimate = Estimate("2027-02-10").value();
  EXPECT_EQ(TextOf(estimate.order_basis()), "2027-02-10 - 2027-03-01: accounting 19 210.36");
  EXPECT_EQ(estimate.estimated_from_day(), "2027-02-10");
}

TEST_F(PreviewsTest, AnEstimateOfDaysThatComeNextHasWhatCameLate) {
  service_.clock().SetDay("2026-11-10");
  CreateOctober();
  service_.Record(company_, "late", "scan", 3, "2026-10-01T08:00:00Z").value();
  service_.Grant(company_, "anna", {"accounting"}).value();
  EXPECT_EQ(TextOf(Estimate().value().order_basis()),
            "2026-11-01 - 2026-12-01: accounting 21 217.00, scan 3 6.00 of 2026-10");
  EXPECT_EQ(TextOf(Estimate("2026-11-02").value().order_basis()), "2026-11-02 - 2026-12-01: accounting 21 217.00");
}

TEST_F(PreviewsTest, DaysThatAreSettledOrSpanMonthsAreNotEstimated) {
  service_.clock().SetDay("2026-11-10");
  CreateOctober();
  EXPECT_EQ(Outcome(Estimate("2026-10-31")), "INTERVAL_NOT_NEXT");
  EXPECT_EQ(Outcome(Estimate("", "2026-10-31")), "INTERVAL_NOT_NEXT");
  EXPECT_EQ(Outcome(Estimate("", "2026-12-02")), "PERIOD_SPANS_MONTHS");
  EXPECT_EQ(Outcome(Estimate("2026-11-20", "2026-11-20")), "FIELD_INVALID");
  EXPECT_EQ(Outcome(service_.Preview(agreement_, "", "2026-11-11")), "PERIOD_NOT_OVER");
  EXPECT_EQ(Outcome(service_.Preview(agreement_, "2026-11-02", "2026-11-10")), "INTERVAL_NOT_NEXT");
  EXPECT_EQ(Outcome(service_.Preview(agreement_, "", "2026-10-31")), "INTERVAL_NOT_NEXT");
  service_.NewProduct("payroll");
  service_.Grant(company_, "anna", {"payroll"}).value();
  EXPECT_EQ(Outcome(Estimate()), "PRICE_MISSING");
}

TEST_F(PreviewsTest, APreviewIsExplainedAsTheDocumentMadeOfIt) {
  service_.clock().SetDay("2026-10-02");
  service_.CreateOrder(agreement_, "2026-10-01", "2026-10-02").value();
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.Record(company_, "late", "scan", 3, "2026-10-01T08:00:00Z").value();
  service_.Record(company_, "t1", "scan", 2, "2026-10-02T08:00:00Z").value();
  service_.clock().SetDay("2026-11-01");
  const v1::OrderBasis preview = service_.Preview(agreement_).value().order_basis();
  ASSERT_EQ(TextOf(preview), "2026-10-02 - 2026-11-01: accounting 30 300.00, scan 2 4.00, scan 3 6.00 of 2026-10");
  const std::vector<std::string> explained = {"anna 30 (2026-10-02 - 2026-11-01)", "t1 2 on 2026-10-02",
                                              "late 3 on 2026-10-01"};
  for (int line = 1; line <= 3; ++line) {
    EXPECT_EQ(Why(OfPreview(line)), explained[static_cast<size_t>(line - 1)]);
    EXPECT_EQ(
        Why(OfPreview(
            line, {{"from_day", "2026-10-02"}, {"until_day", "2026-11-01"}, {"expected_digest", preview.digest()}})),
        explained[static_cast<size_t>(line - 1)]);
  }
  const v1::OrderBasis document = service_.CreateOrder(agreement_, "2026-10-02", "2026-11-01").value().order_basis();
  for (int line = 1; line <= 3; ++line) {
    EXPECT_EQ(Why(OfDocument(document, line)), explained[static_cast<size_t>(line - 1)]);
  }
}

TEST_F(PreviewsTest, AnEstimateIsExplainedWithDaysToCome) {
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.Record(company_, "october", "scan", 1, "2026-10-01T08:00:00Z").value();
  service_.clock().SetDay("2026-11-10");
  service_.Record(company_, "november", "scan", 20, "2026-11-10T08:00:00Z").value();
  EXPECT_EQ(Why(OfPreview(1, {{"estimate", "true"}})), "anna 30 (2026-11-01 - 2026-12-01)");
  EXPECT_EQ(Why(OfPreview(2, {{"estimate", "true"}})), "november 20 on 2026-11-10");
  EXPECT_EQ(Why(OfPreview(2, {{"estimate", "true"}, {"from_day", "2026-10-01"}})), "october 1 on 2026-10-01");
}

TEST_F(PreviewsTest, AnExplanationIsRefusedAsThePreviewIs) {
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.clock().SetDay("2026-10-11");
  const std::pair<std::string, std::string> until = {"until_day", "2026-10-11"};
  EXPECT_EQ(Why(OfPreview(1)), "PERIOD_NOT_OVER");
  EXPECT_EQ(Why(OfPreview(1, {until})), "anna 10 (2026-10-01 - 2026-10-11)");
  EXPECT_EQ(Why(OfPreview(2, {until})), "ORDER_BASIS_LINE_NOT_FOUND");
  EXPECT_EQ(Why(OfPreview(1, {until, {"from_day", "2026-10-02"}})), "INTERVAL_NOT_NEXT");
  const std::pair<std::string, std::string> digest = {
      "expected_digest", service_.Preview(agreement_, "", "2026-10-11").value().order_basis().digest()};
  EXPECT_EQ(Why(OfPreview(1, {until, digest})), "anna 10 (2026-10-01 - 2026-10-11)");
  service_.SetPriceOf("accounting", "2026-01-01", "620.00").value();
  EXPECT_EQ(Why(OfPreview(1, {until, digest})), "PREVIEW_CHANGED");
  EXPECT_EQ(Why(OfPreview(1, {digest, {"estimate", "true"}})), "PREVIEW_CHANGED") << "an estimate has no digest";
}

TEST_F(PreviewsTest, WhatIsReadAtOnceIsOfOneMomentWhateverHappensThen) {
  service_.Grant(company_, "anna", {"accounting"}).value();
  for (int i = 0; i < 3; ++i) {
    service_.Sql(absl::StrCat(
        "INSERT INTO accesses (account_id, company_id, access_id, user_id, product_id, state, from_day, until_day, ",
        "create_time, update_time) SELECT account_id, company_id, CONCAT('acc-', '000000000000000", i, "'), 'user-", i,
        "', product_id, state, from_day, until_day, create_time, update_time FROM accesses WHERE user_id = 'anna'"));
  }
  service_.clock().SetDay("2026-10-11");
  const Fields line = OfPreview(1, {{"estimate", "true"}});
  const auto explained = Explain(line, 2, [&] { service_.Revoke(company_, "anna", {"accounting"}).value(); });
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->size(), 1U);
}

TEST_F(PreviewsTest, UsersThatNoLongerAddUpToTheLineEndTheExplanation) {
  service_.LeaveOut("what its response contains");
  service_.LeaveOut("what it touched");
  AddUsers();
  service_.clock().SetDay("2026-10-11");
  const Fields line = OfPreview(1, {{"estimate", "true"}});
  EXPECT_EQ(ExplainInParts(kPart, line).value().size(), 11U);
  const auto revoke = [&] { service_.Revoke(company_, "user-20000", {"accounting"}).value(); };
  EXPECT_EQ(Outcome(ExplainInParts(kPart, line, 11, revoke)), "PREVIEW_CHANGED");
  EXPECT_EQ(ExplainInParts(kPart, line).value().size(), 11U);
  // Who is gone for good is missing from what is read last.
  const auto remove = [&] { service_.Sql("DELETE FROM accesses WHERE user_id = 'user-20000'"); };
  EXPECT_EQ(Outcome(ExplainInParts(kPart, line, 11, remove)), "PREVIEW_CHANGED");
}

TEST_F(PreviewsTest, TransactionsThatNoLongerAddUpToTheLineEndTheExplanation) {
  service_.LeaveOut("there are as many as recent entries");
  AddTransactions();
  service_.clock().SetDay("2026-10-11");
  const Fields line = OfPreview(1, {{"until_day", "2026-10-11"}});
  const Explained explained = ExplainInParts(kPart, line).value();
  ASSERT_EQ(explained.size(), 11U);
  EXPECT_EQ(explained[10].transactions(0).transaction_id(), "t20000");
  EXPECT_EQ(Outcome(ExplainInParts(kPart, line, 11, [&] { service_.Cancel(company_, "t20000").value(); })),
            "PREVIEW_CHANGED");
  EXPECT_EQ(ExplainInParts(kPart, line).value().size(), 10U);
  service_.Record(company_, "t20001", "scan", 1, "2026-10-01T08:00:00Z").value();
  EXPECT_EQ(Outcome(ExplainInParts(kPart, line, 11,
                                   [&] { service_.CreateOrder(agreement_, "2026-10-01", "2026-10-11").value(); })),
            "PREVIEW_CHANGED")
      << "they are claimed by a document";
}

TEST_F(PreviewsTest, ADocumentThatHistoryDoesNotExplainIsAnInternalError) {
  service_.LeaveOut("computing it again from history");
  service_.LeaveOut("the values that recent entries give");
  service_.Grant(company_, "anna", {"accounting"}).value();
  service_.Record(company_, "t1", "scan", 2, "2026-10-01T08:00:00Z").value();
  service_.clock().SetDay("2026-11-01");
  const v1::OrderBasis document = CreateOctober();
  service_.Sql("UPDATE accesses SET from_day = '2026-10-02'");
  service_.Sql("UPDATE transactions SET quantity = 3");
  for (const int line : {1, 2}) {
    EXPECT_EQ(Explain(OfDocument(document, line)).status().code(), absl::StatusCode::kInternal);
  }
}

}  // namespace
}  // namespace agreements::testing
