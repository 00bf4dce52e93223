// Cancelling transactions and reading them: domain.md T4, on a real database.
#include "tests/operations/transactions_fixture.h"

namespace agreements::testing {
namespace {

TEST_F(TransactionsTest, T4ATransactionThatIsInNoDocumentCanBeCancelled) {
  ASSERT_EQ(Record({{.id = "t1"}, {.id = "t2"}, {.id = "t3"}}), "RECORDED, RECORDED, RECORDED");
  Settle("t3");
  EXPECT_EQ(Cancel({"t1", "none", "t3", "not an id", "t1"}),
            "CANCELLED, TRANSACTION_NOT_FOUND, TRANSACTION_SETTLED, FIELD_INVALID, CANCELLED");
  EXPECT_EQ(Cancel({"t1"}), "CANCELLED");
  EXPECT_EQ(Get("t1")->state(), v1::TRANSACTION_STATE_CANCELLED);
  EXPECT_EQ(Get("t1")->order_basis_id(), "");
  EXPECT_EQ(Get("t2")->state(), v1::TRANSACTION_STATE_RECORDED);
  EXPECT_EQ(Get("t3")->state(), v1::TRANSACTION_STATE_SETTLED);
  EXPECT_EQ(Get("t3")->order_basis_id(), "ord-0000000000000001");
}

TEST_F(TransactionsTest, T4ATransactionThatIsSettledMeanwhileIsNotCancelled) {
  ASSERT_EQ(Record({{.id = "t1"}, {.id = "t2"}}), "RECORDED, RECORDED");
  int cancels = 0;
  on_statement_ = [&](const storage::StatementEvent& event) {
    const bool before = event.name == "cancel_transactions" && event.phase == storage::StatementEvent::Phase::kBefore;
    if (before && ++cancels == 1) Settle("t1");
    return 0;
  };
  EXPECT_EQ(Cancel({"t1", "t2"}), "TRANSACTION_SETTLED, CANCELLED");
  EXPECT_EQ(cancels, 2);
}

TEST_F(TransactionsTest, AnUnknownTransactionIsNotFound) { EXPECT_EQ(Outcome(Get("t1")), "TRANSACTION_NOT_FOUND"); }

TEST_F(TransactionsTest, ACompanyThatDoesNotExistHasNoTransactions) {
  ASSERT_EQ(Record({{}}), "RECORDED");
  EXPECT_EQ(service_.List(ListTransactions, {{"company_id", "cmp-0000000000000000"}}).transactions_size(), 0);
  EXPECT_EQ(List({{"account_id", "acct-2"}}), "");
}

TEST_F(TransactionsTest, ListsGoDownByTimeAndIdInPages) {
  ASSERT_EQ(Record({{.id = "b", .when = "2026-10-01T10:00:00Z"},
                    {.id = "a", .when = "2026-10-01T10:00:00Z"},
                    {.id = "c", .when = "2026-10-01T10:00:00.000001Z"},
                    {.id = "e", .when = "2026-09-30T10:00:00Z"},
                    {.id = "d", .when = "2026-11-01T10:00:00Z"},
                    {.id = "C", .when = "2026-10-01T10:00:00Z"}}),
            "RECORDED, RECORDED, RECORDED, RECORDED, RECORDED, RECORDED");
  const std::string other = service_.NewCompany(agreement_, "Sydlys");
  ASSERT_EQ(Record({{.id = "f", .company = other}}), "RECORDED");
  for (const int page_size : {1, 2, 3, 6, 7}) EXPECT_EQ(List({}, page_size), "d, c, b, a, C, e");
}

TEST_F(TransactionsTest, ListsAreFilteredByProductStateDocumentAndDay) {
  ASSERT_EQ(Record({{.id = "1", .when = "2026-10-01T10:00:00Z"},
                    {.id = "2", .when = "2026-10-02T10:00:00Z", .product = "ehf"},
                    {.id = "3", .when = "2026-10-03T10:00:00Z"},
                    {.id = "4", .when = "2026-10-04T10:00:00Z"}}),
            "RECORDED, RECORDED, RECORDED, RECORDED");
  ASSERT_EQ(Cancel({"2"}), "CANCELLED");
  Settle("3", "ord-0000000000000001");
  Settle("4", "ord-0000000000000002");
  EXPECT_EQ(List({{"product_id", "ehf"}}, 1), "2");
  EXPECT_EQ(List({{"state", "TRANSACTION_STATE_RECORDED"}}, 1), "1");
  EXPECT_EQ(List({{"state", "TRANSACTION_STATE_CANCELLED"}}, 1), "2");
  EXPECT_EQ(List({{"state", "TRANSACTION_STATE_SETTLED"}}, 1), "4, 3");
  EXPECT_EQ(List({{"order_basis_id", "ord-0000000000000001"}}, 1), "3");
  EXPECT_EQ(List({{"from_day", "2026-10-02"}}, 1), "4, 3, 2");
  EXPECT_EQ(List({{"until_day", "2026-10-03"}}, 1), "2, 1");
  EXPECT_EQ(List({{"from_day", "2026-10-02"}, {"until_day", "2026-10-04"}, {"product_id", "scan"}}, 1), "3");
}

}  // namespace
}  // namespace agreements::testing
