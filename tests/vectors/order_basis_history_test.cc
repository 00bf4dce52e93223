// domain.md O7 and O8, over the network: documents explained and verified, also after someone has changed rows in the
// database.
#include "absl/strings/str_cat.h"
#include "tests/vectors/billing_story.h"

namespace agreements::testing {
namespace {

using ::testing::HasSubstr;

// Agreement A's January: u1 all month and u2 from the 21st through c1, and until the 10th through c2, which leaves for
// B on the 16th; three pieces of c1 on the 7th, and one of c2.
class OrderBasisHistoryTest : public BillingStoryTest {
 protected:
  OrderBasisHistoryTest() {
    story.Agreement("A");
    story.Agreement("B");
    story.Company("A", "c1");
    story.Company("A", "c2");
    story.License("accounting");
    story.PerPiece("scan");
    story.Grant("c1", "u1", "accounting");
    story.Grant("c2", "u2", "accounting");
    story.At("2026-01-10");
    story.Revoke("c2", "u2", "accounting");
    story.Record({{.company = "c1", .id = "t1", .when = "2026-01-07", .quantity = 3},
                  {.company = "c2", .id = "t2", .when = "2026-01-08"}});
    story.At("2026-01-16");
    story.Move("c2", "B");
    story.At("2026-01-21");
    story.Grant("c1", "u2", "accounting");
    story.At("2026-02-01");
    document_ = story.Settle("A", "2026-02-01");
    story.Name("ord", document_.order_basis_id());
    story.Name("document", "");
  }

  // Changes rows with `sql`, and returns what verification finds.
  std::string ProblemsAfter(const std::string& sql) {
    story.Sql("SET FOREIGN_KEY_CHECKS = 0");
    story.Sql(sql + " AND account_id = '$account'");
    story.Sql("SET FOREIGN_KEY_CHECKS = 1");
    return story.Problems(document_);
  }

  v1::VerifyOrderBasisResponse Verify() { return story.Do(&Agreements::VerifyOrderBasis, "order_basis_id: '$ord'"); }

  v1::OrderBasis document_;
};

TEST_F(OrderBasisHistoryTest, O7ALicenseLineIsExplainedByUsersDaysAndCompanies) {
  EXPECT_EQ(LinesText(document_), "accounting 2026-01-01 423.00 52/31 709.55; scan 2026-01-01 2.00 x4 8.00");
  EXPECT_EQ(story.Explain(document_, 1),
            "u1 31: c1 2026-01-01 - 2026-02-01; u2 21: c1 2026-01-21 - 2026-02-01, c2 2026-01-01 - 2026-01-11");
}

TEST_F(OrderBasisHistoryTest, O7ATransactionLineIsExplainedByTransactions) {
  EXPECT_EQ(story.Explain(document_, 2), "c1/t1 2026-01-07 3; c2/t2 2026-01-08 1");
}

TEST_F(OrderBasisHistoryTest, O7OnlyDaysInTheAgreementExplain) {
  story.Grant("c2", "u3", "accounting");
  story.At("2026-02-10");
  story.Move("c2", "A");
  story.At("2026-03-01");
  const v1::OrderBasis february = story.Settle("A", "2026-03-01");
  EXPECT_EQ(story.Explain(february, 1),
            "u1 28: c1 2026-02-01 - 2026-03-01; u2 28: c1 2026-02-01 - 2026-03-01; u3 19: c2 2026-02-10 - 2026-03-01");
}

TEST_F(OrderBasisHistoryTest, O7ExplanationsStayWhenHistoryGoesOn) {
  const std::string license = story.Explain(document_, 1);
  const std::string pieces = story.Explain(document_, 2);
  story.Revoke("c1", "u1", "accounting");
  story.DeleteCompany("c1");
  story.DeleteCompany("c2");
  EXPECT_EQ(story.Explain(document_, 1), license);
  EXPECT_EQ(story.Explain(document_, 2), pieces);
  story.CheckDocument(document_);
}

TEST_F(OrderBasisHistoryTest, O7ALineThatIsNotThereIsNotFound) {
  EXPECT_EQ(Describe(story.ReadAll(&Agreements::ExplainOrderBasis, "order_basis_id: '$ord' line_number: 3").status(),
                     {{"$ord", document_.order_basis_id()}}),
            "NOT_FOUND ORDER_BASIS_LINE_NOT_FOUND line_number=3 order_basis_id=$ord; "
            "ResourceInfo OrderBasisLine $ord/3");
  EXPECT_EQ(
      Describe(story.ReadAll(&Agreements::ExplainOrderBasis, "order_basis_id: 'ord-0000000000000000' line_number: 1")
                   .status()),
      "NOT_FOUND ORDER_BASIS_NOT_FOUND order_basis_id=ord-0000000000000000; "
      "ResourceInfo OrderBasis ord-0000000000000000");
}

// SQL that changes rows, and what verification finds afterwards.
struct Change {
  const char* name;
  const char* sql;
  const char* problems;
};

constexpr Change kChanges[] = {
    {"O8ALinesAmountIsCompared", "UPDATE order_basis_lines SET amount = amount + 1 WHERE line_number = 1",
     "LINE TOTAL DIGEST"},
    {"O8AMissingLineIsFound", "DELETE FROM order_basis_lines WHERE line_number = 2", "LINE TOTAL DIGEST"},
    {"O8ALinesProductIsCompared", "UPDATE order_basis_lines SET product_id = 'other' WHERE line_number = 2",
     "LINE DIGEST"},
    {"O8TheTotalIsCompared", "UPDATE order_bases SET total_amount = total_amount + 1 WHERE order_basis_id = '$ord'",
     "TOTAL DIGEST"},
    {"O8AnAccessThatBeganLaterIsFound", "UPDATE accesses SET from_day = '2026-01-02' WHERE user_id = 'u1'", "LINE"},
    {"O8AnAccessThatEndedLaterIsFound",
     "UPDATE accesses SET until_day = '2026-01-12' WHERE user_id = 'u2' AND company_id = '$c2'", "LINE"},
    {"O8APlacementThatBeganEarlierIsFound", "UPDATE placements SET from_day = '2026-01-05' WHERE agreement_id = '$B'",
     "LINE TRANSACTION"},
    {"O8APriceThatWasChangedIsFound", "UPDATE prices SET unit_price = 4240000 WHERE product_id = 'accounting'", "LINE"},
    {"O8AClaimThatWasDroppedIsFound", "UPDATE transactions SET order_basis_id = '' WHERE transaction_id = 't1'",
     "LINE"},
    {"O8ATransactionsQuantityIsCompared", "UPDATE transactions SET quantity = 4 WHERE transaction_id = 't1'", "LINE"},
    {"O8AFirstDocumentThatDoesNotBeginWithTheAgreementIsFound",
     "UPDATE agreements SET create_time = '2025-12-30 12:00:00' WHERE agreement_id = '$A'", "DAYS"},
};

class ChangedHistoryTest : public OrderBasisHistoryTest, public ::testing::WithParamInterface<Change> {};

TEST_P(ChangedHistoryTest, IsFound) { EXPECT_EQ(ProblemsAfter(GetParam().sql), GetParam().problems); }

INSTANTIATE_TEST_SUITE_P(Every, ChangedHistoryTest, ::testing::ValuesIn(kChanges),
                         [](const auto& change) { return std::string(change.param.name); });

TEST_F(OrderBasisHistoryTest, O8ALinesUserDaysAreCompared) {
  EXPECT_EQ(ProblemsAfter("UPDATE order_basis_lines SET user_days = user_days - 1 WHERE line_number = 1"),
            "LINE DIGEST");
  const v1::VerifyOrderBasisResponse verified = Verify();
  bool tells = false;
  for (const auto& finding : verified.findings()) {
    tells = tells || ::testing::Value(finding.description(),
                                      ::testing::AllOf(HasSubstr("accounting"), HasSubstr("51"), HasSubstr("52")));
  }
  EXPECT_TRUE(tells) << verified.DebugString();
}

TEST_F(OrderBasisHistoryTest, O8ALinesPriceIsCompared) {
  EXPECT_THAT(ProblemsAfter("UPDATE order_basis_lines SET unit_price = 1 WHERE line_number = 2"), HasSubstr("LINE"));
}

TEST_F(OrderBasisHistoryTest, O8TheDigestIsCompared) {
  EXPECT_EQ(ProblemsAfter(absl::StrCat("UPDATE order_bases SET digest = '", std::string(64, '0'),
                                       "' WHERE order_basis_id = '$ord'")),
            "DIGEST");
}

TEST_F(OrderBasisHistoryTest, O8AClaimOnAnotherAgreementsTransactionIsFound) {
  story.Record({{.company = "c2", .id = "t3", .when = "2026-01-20"}});
  EXPECT_EQ(ProblemsAfter("UPDATE transactions SET order_basis_id = '$ord' WHERE transaction_id = 't3'"),
            "LINE TRANSACTION");
}

TEST_F(OrderBasisHistoryTest, O8AClaimOnADayThatIsNotOverIsFound) {
  story.Record({{.company = "c1", .id = "t3", .when = "2026-02-01"}});
  EXPECT_THAT(ProblemsAfter("UPDATE transactions SET order_basis_id = '$ord' WHERE transaction_id = 't3'"),
              HasSubstr("TRANSACTION"));
}

TEST_F(OrderBasisHistoryTest, O8DocumentsThatOverlapAreFound) {
  story.At("2026-03-01");
  story.Settle("A", "2026-03-01");
  EXPECT_THAT(ProblemsAfter("UPDATE order_bases SET from_day = '2026-01-31' WHERE from_day = '2026-02-01'"),
              HasSubstr("DAYS"));
}

TEST_F(OrderBasisHistoryTest, O8ADocumentBeforeThatGoesOnIntoThisOneIsFound) {
  story.At("2026-03-01");
  const v1::OrderBasis february = story.Settle("A", "2026-03-01");
  ProblemsAfter("UPDATE order_bases SET until_day = '2026-02-02' WHERE order_basis_id = '$ord'");
  EXPECT_EQ(story.Problems(february), "DAYS");
}

TEST_F(OrderBasisHistoryTest, O8AGapBeforeTheDocumentIsFound) {
  story.At("2026-03-01");
  const v1::OrderBasis february = story.Settle("A", "2026-03-01");
  ProblemsAfter(
      "UPDATE order_bases SET from_day = '2025-12-01', until_day = '2026-01-01' WHERE order_basis_id = '$ord'");
  EXPECT_EQ(story.Problems(february), "DAYS");
}

TEST_F(OrderBasisHistoryTest, O8AGapAfterTheDocumentIsFound) {
  EXPECT_THAT(ProblemsAfter("UPDATE agreements SET settled_until = '2026-02-02' WHERE agreement_id = '$A'"),
              HasSubstr("DAYS"));
}

TEST_F(OrderBasisHistoryTest, O8UnchargedTransactionsOfSettledDaysAreListedAsWaiting) {
  EXPECT_EQ(Verify().waiting_transaction_count(), 0);
  story.Record({{.company = "c1", .id = "t3", .when = "2026-01-09", .quantity = 5},
                {.company = "c1", .id = "t4", .when = "2026-02-01"},
                {.company = "c2", .id = "t5", .when = "2026-01-20"},
                {.company = "c1", .id = "t6", .when = "2026-01-09"}});
  story.Cancel({{"c1", "t6"}});
  const auto verified = Verify();
  EXPECT_EQ(verified.findings_size(), 0);
  EXPECT_EQ(verified.waiting_transaction_count(), 1);
  ASSERT_EQ(verified.waiting_transactions_size(), 1);
  EXPECT_EQ(verified.waiting_transactions(0).transaction_id(), "t3");
  story.At("2026-03-01");
  story.Settle("A", "2026-03-01");
  EXPECT_EQ(Verify().waiting_transaction_count(), 0);
}

TEST_F(OrderBasisHistoryTest, O8TheFirstHundredThatWaitAreListed) {
  std::vector<Use> uses;
  for (int i = 0; i < 101; ++i) uses.push_back({.id = absl::StrCat("late-", i), .when = "2026-01-09"});
  story.Record(uses);
  EXPECT_EQ(Verify().waiting_transaction_count(), 101);
  EXPECT_EQ(Verify().waiting_transactions_size(), 100);
}

}  // namespace
}  // namespace agreements::testing
