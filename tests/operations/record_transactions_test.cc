// Recording transactions: domain.md T1 and T2, on a real database.
#include "tests/operations/transactions_fixture.h"

namespace agreements::testing {
namespace {

constexpr int kLost = 2013;

TEST_F(TransactionsTest, T1ATransactionIsRecorded) {
  const auto recorded = RecordAll({{.id = "t1", .when = "2026-10-31T10:00:00.123456789Z", .quantity = 12}}).value();
  ASSERT_EQ(recorded.results_size(), 1);
  EXPECT_EQ(recorded.results(0).outcome(), v1::TRANSACTION_OUTCOME_RECORDED);
  const v1::Transaction& transaction = recorded.results(0).transaction();
  EXPECT_EQ(transaction.company_id(), company_);
  EXPECT_EQ(transaction.transaction_id(), "t1");
  EXPECT_EQ(transaction.product_id(), "scan");
  EXPECT_EQ(transaction.quantity(), 12);
  EXPECT_EQ(transaction.occur_time().nanos(), 123456000);
  EXPECT_EQ(transaction.day(), "2026-10-31");
  EXPECT_EQ(transaction.state(), v1::TRANSACTION_STATE_RECORDED);
  EXPECT_EQ(transaction.order_basis_id(), "");
  EXPECT_EQ(transaction.record_time().seconds(), absl::ToUnixSeconds(service_.clock().Now()));
  EXPECT_EQ(Get("t1")->DebugString(), transaction.DebugString());
}

TEST_F(TransactionsTest, T1TheSameContentAgainIsADuplicate) {
  ASSERT_EQ(Record({{.when = "2026-10-31T10:00:00.123456789Z"}}), "RECORDED");
  service_.clock().SetDay("2026-11-07");
  const auto again = RecordAll({{.when = "2026-10-31T10:00:00.123456Z"}}).value();
  EXPECT_EQ(Text(again.results(0)), "DUPLICATE");
  EXPECT_EQ(again.results(0).transaction().DebugString(), Get("t1")->DebugString());
}

TEST_F(TransactionsTest, T1AnItemThatIsRefusedUsesNoId) {
  EXPECT_EQ(Record({{.quantity = 0}, {}, {.quantity = 0}}), "FIELD_INVALID, RECORDED, TRANSACTION_CONFLICT");
  // This one is found to be refused only after it was inserted.
  const std::string before = "2026-02-28T10:00:00Z";
  EXPECT_EQ(Record({{.id = "t2", .when = before}, {.id = "t2", .when = before}, {.id = "t2"}, {.id = "t2"}}),
            "COMPANY_DELETED, COMPANY_DELETED, RECORDED, DUPLICATE");
}

TEST_F(TransactionsTest, T1OneBadItemNeverLosesTheOthers) {
  ASSERT_EQ(Record({{.id = "old"}}), "RECORDED");
  const std::string unknown = "cmp-0000000000000000";
  EXPECT_EQ(Record({{.id = "t1"},
                    {.id = "old", .quantity = 2},
                    {.id = "not an id"},
                    {.id = "t2", .company = "\"],[\""},
                    {.id = "t2", .quantity = 1'000'000'001},
                    {.id = "t2", .when = "2026-11-01T11:05:00.000001Z"},
                    {.id = "t2", .company = unknown},
                    {.id = "t2", .product = "unknown"},
                    {.id = "t2", .product = "accounting"},
                    {.id = "t2", .when = "2026-02-28T10:00:00Z"},
                    {.id = "t2", .when = "0001-01-01T10:00:00Z"},
                    {.id = "old"},
                    {.id = "t3", .quantity = 1'000'000'000}}),
            "RECORDED, TRANSACTION_CONFLICT, FIELD_INVALID, FIELD_INVALID, FIELD_INVALID, FIELD_INVALID, "
            "COMPANY_NOT_FOUND, PRODUCT_NOT_FOUND, PRODUCT_KIND_WRONG, COMPANY_DELETED, COMPANY_DELETED, DUPLICATE, "
            "RECORDED");
  EXPECT_EQ(List({}), "t3, t1, old");
}

TEST_F(TransactionsTest, T1AThousandInACall) {
  std::vector<Report> reports(1000);
  for (size_t i = 0; i < reports.size(); ++i) reports[i].id = absl::StrCat("t", i);
  const auto recorded = RecordAll(reports).value();
  const auto again = RecordAll(reports).value();
  ASSERT_EQ(recorded.results_size(), 1000);
  ASSERT_EQ(again.results_size(), 1000);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(Text(recorded.results(i)), "RECORDED");
    EXPECT_EQ(recorded.results(i).transaction().transaction_id(), absl::StrCat("t", i));
    EXPECT_EQ(Text(again.results(i)), "DUPLICATE");
    EXPECT_EQ(again.results(i).transaction().DebugString(), recorded.results(i).transaction().DebugString());
  }
  EXPECT_EQ(service_.Sql("SELECT COUNT(*) FROM transactions"), "1000\n");
}

// The second run of the call finds what the first run has committed.
TEST_F(TransactionsTest, T1WhatACallRecordsIsRecordedEvenIfTheAnswerToItsCommitIsLost) {
  ASSERT_EQ(Record({{.id = "old"}}), "RECORDED");
  service_.clock().SetDay("2026-11-02");
  int commits = 0;
  on_statement_ = [&](const storage::StatementEvent& event) {
    const bool commit = event.name == "COMMIT" && event.phase == storage::StatementEvent::Phase::kAfter;
    return commit && ++commits == 1 ? kLost : 0;
  };
  EXPECT_EQ(Record({{}, {}, {.id = "old"}}), "RECORDED, DUPLICATE, DUPLICATE");
  EXPECT_EQ(commits, 1) << "the second run has nothing to commit";
}

TEST_F(TransactionsTest, T1NothingNewInsertsNothing) {
  ASSERT_EQ(Record({{}}), "RECORDED");
  int inserts = 0;
  on_statement_ = [&](const storage::StatementEvent& event) {
    inserts += event.name == "insert_transactions" ? 1 : 0;
    return 0;
  };
  EXPECT_EQ(Record({{}, {.quantity = 2}, {.id = "t2", .quantity = 0}}),
            "DUPLICATE, TRANSACTION_CONFLICT, FIELD_INVALID");
  EXPECT_EQ(inserts, 0);
}

TEST_F(TransactionsTest, TheTrailNamesTheAgreementOfACompanyThatIsMovedMeanwhile) {
  const std::string target = service_.NewAgreement("B");
  bool moved = false;
  on_statement_ = [&](const storage::StatementEvent& event) {
    if (event.name == "insert_transactions" && event.phase == storage::StatementEvent::Phase::kBefore && !moved) {
      moved = true;
      service_.Move(company_, target).value();
    }
    return 0;
  };
  EXPECT_EQ(Record({{.id = "t1"}, {.id = "t2"}, {.id = "t3", .when = "2026-02-28T10:00:00Z"}}),
            "RECORDED, RECORDED, COMPANY_DELETED");
  const auto newest = [&](const std::string& agreement_id) {
    return service_.Do(ListChanges, {{"agreement_id", agreement_id}})->changes(0).method();
  };
  EXPECT_EQ(newest(agreement_), "MoveCompany");
  EXPECT_EQ(newest(target), "RecordTransactions");
}

TEST_F(TransactionsTest, D1TheDaysOnWhichSummerTimeBeginsAndEnds) {
  ASSERT_EQ(Record({{.id = "1", .when = "2026-03-28T22:59:59Z"},
                    {.id = "2", .when = "2026-03-28T23:00:00Z"},
                    {.id = "3", .when = "2026-03-29T21:59:59Z"},
                    {.id = "4", .when = "2026-03-29T22:00:00Z"},
                    {.id = "5", .when = "2026-03-31T22:30:00Z"},
                    {.id = "6", .when = "2026-10-24T22:00:00Z"},
                    {.id = "7", .when = "2026-10-25T22:59:59Z"},
                    {.id = "8", .when = "2026-10-25T23:00:00Z"}}),
            "RECORDED, RECORDED, RECORDED, RECORDED, RECORDED, RECORDED, RECORDED, RECORDED");
  EXPECT_EQ(service_.Sql("SELECT GROUP_CONCAT(day ORDER BY transaction_id) FROM transactions"),
            "2026-03-28,2026-03-29,2026-03-29,2026-03-30,2026-04-01,2026-10-25,2026-10-25,2026-10-26\n");
}

}  // namespace
}  // namespace agreements::testing
