// Lists of order bases by the time at which they were made, and with their lines.
#include <algorithm>

#include "storage/connection/statement.h"
#include "tests/operations/order_bases_fixture.h"

namespace agreements::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OrderBasisListsTest : public OperationsTest {
 protected:
  // Two agreements, A charged for one product and B for two, each with a document of October and one of November.
  void SetUp() override {
    service_.clock().SetDay("2026-10-01");
    service_.NewProduct("accounting");
    service_.NewProduct("payroll");
    service_.SetPriceOf("accounting", "2026-01-01", "310.00").value();
    service_.SetPriceOf("payroll", "2026-01-01", "31.00").value();
    a_ = NewCustomer("A", {"accounting"});
    b_ = NewCustomer("B", {"accounting", "payroll"});
    service_.clock().SetDay("2026-11-01");
    service_.CreateOrder(a_, "2026-10-01", "2026-11-01").value();
    service_.CreateOrder(b_, "2026-10-01", "2026-11-01").value();
    service_.clock().SetDay("2026-12-01");
    service_.CreateOrder(a_, "2026-11-01", "2026-12-01").value();
    service_.clock().SetDay("2026-12-02");
    service_.CreateOrder(b_, "2026-11-01", "2026-12-01").value();
  }

  std::string NewCustomer(const std::string& name, const std::vector<std::string>& product_ids) {
    std::string agreement_id = service_.NewAgreementWithNumber(name, name);
    service_.Grant(service_.NewCompany(agreement_id, name), "anna", product_ids).value();
    return agreement_id;
  }

  static Fields Made(const std::string& from, const std::string& until, Fields more = {}) {
    if (!from.empty()) more.emplace_back("from_create_time", InstantField(from));
    if (!until.empty()) more.emplace_back("until_create_time", InstantField(until));
    return more;
  }

  // "B 2026-11 1, A 2026-11 0": with the number of lines that each carries.
  std::string List(const Fields& filters, int page_size = 0) {
    std::vector<std::string> documents;
    for (const auto& page : service_.Pages(ListOrderBases, filters, page_size)) {
      EXPECT_LT(page.ByteSizeLong(), kMaxAnswer);
      EXPECT_GT(page.order_bases_size(), 0) << "a page ends before the answer gets too large, but not at once";
      for (const v1::OrderBasis& document : page.order_bases()) {
        EXPECT_EQ(document.currency(), "NOK");
        for (int i = 0; i < document.lines_size(); ++i) EXPECT_EQ(document.lines(i).line_number(), i + 1);
        documents.push_back(absl::StrCat(document.agreement_display_name(), " ", document.from_day().substr(0, 7), " ",
                                         document.lines_size()));
      }
    }
    return absl::StrJoin(documents, ", ");
  }

  std::string a_;
  std::string b_;
};

TEST_F(OrderBasisListsTest, ATimeOfCreationIsFromTheFirstOneToJustBeforeTheSecond) {
  // They were made at 11:00:00 UTC.
  EXPECT_EQ(List(Made("2026-12-01T11:00:00Z", "")), "B 2026-11 0, A 2026-11 0");
  EXPECT_EQ(List(Made("2026-12-01T11:00:00.000001Z", "")), "B 2026-11 0");
  EXPECT_EQ(List(Made("", "2026-12-01T11:00:00Z")), "B 2026-10 0, A 2026-10 0");
  EXPECT_EQ(List(Made("", "2026-12-01T11:00:00.000001Z")), "A 2026-11 0, B 2026-10 0, A 2026-10 0");
  EXPECT_EQ(List(Made("2026-11-01T11:00:00Z", "2026-12-02T11:00:00Z")), "A 2026-11 0, B 2026-10 0, A 2026-10 0");
  EXPECT_EQ(List(Made("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z")),
            "B 2026-11 0, A 2026-11 0, B 2026-10 0, A 2026-10 0");
}

TEST_F(OrderBasisListsTest, EveryFilterHoldsWithTheTimesToo) {
  const std::string from = "2026-11-01T11:00:00Z";
  const std::string until = "2026-12-02T11:00:00Z";
  EXPECT_EQ(List(Made(from, until, {{"agreement_id", a_}})), "A 2026-11 0, A 2026-10 0");
  EXPECT_EQ(List(Made("2026-12-01T11:00:00Z", "", {{"customer_number", "B"}})), "B 2026-11 0");
  EXPECT_EQ(List(Made(from, until, {{"until_day", "2026-11-01"}})), "B 2026-10 0, A 2026-10 0");
  service_.clock().SetDay("2026-12-05");
  service_.CreateOrder(a_, "2026-12-01", "2026-12-02").value();
  EXPECT_EQ(List(Made(until, "", {{"show_empty", "true"}, {"from_day", "2026-12-01"}})), "A 2026-12 0");
}

TEST_F(OrderBasisListsTest, PagesByTimeMeetEachOnceEvenOfTheSameMoment) {
  // Ids that another clock has made sort another way than times.
  service_.Sql(
      "UPDATE order_bases SET create_time = create_time - INTERVAL 2 MONTH WHERE agreement_display_name = 'B'");
  for (const int page_size : {1, 2, 3, 4, 0}) {
    EXPECT_EQ(List(Made("2026-01-01T00:00:00Z", ""), page_size), "A 2026-11 0, A 2026-10 0, B 2026-11 0, B 2026-10 0");
  }
  service_.Sql("UPDATE order_bases SET create_time = '2026-11-01 11:00:00'");
  for (const int page_size : {1, 2, 3, 4, 0}) {
    EXPECT_EQ(List(Made("2026-01-01T00:00:00Z", ""), page_size), "B 2026-11 0, A 2026-11 0, B 2026-10 0, A 2026-10 0");
  }
}

// As the database says: a page of many documents is read in the order of the index, not sorted.
TEST_F(OrderBasisListsTest, PagesByTimeComeFromAnIndex) {
  service_.LeaveOut("settling begins on the day");
  service_.LeaveOut("computing it again from history");
  service_.Sql(R"sql(
  INSERT INTO order_bases
  WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 900)
  SELECT account_id, CONCAT('ord-', LPAD(n, 16, '0')), agreement_id, agreement_display_name, customer_number,
         from_day - INTERVAL n MONTH, until_day - INTERVAL n MONTH, line_count, total_amount, digest,
         create_time - INTERVAL (n * 37) % 900 MINUTE
  FROM order_bases JOIN numbers
  WHERE agreement_display_name = 'A' AND from_day = '2026-10-01')sql");
  service_.Sql("ANALYZE TABLE order_bases");
  const auto all = storage::Statement::All();
  const auto by_time = std::find_if(
      all.begin(), all.end(), [](const auto* statement) { return statement->name() == "list_order_bases_by_time"; });
  ASSERT_NE(by_time, all.end());
  std::string sql = (*by_time)->sql();
  for (const char* value : {"'acct-1'", "'2026-01-01'", "'9999-12-31'", "'9999-12-31'", "'9999-12-31'", "'~'", "NULL",
                            "NULL", "NULL", "NULL", "0", "51"}) {
    sql.replace(sql.find('?'), 1, value);
  }
  const std::string plan = service_.Sql(absl::StrCat("EXPLAIN FORMAT = TRADITIONAL ", sql));
  EXPECT_THAT(plan, HasSubstr("|create_time|")) << sql;
  EXPECT_THAT(plan, Not(HasSubstr("filesort")));
}

TEST_F(OrderBasisListsTest, LinesAreThereIfAskedFor) {
  EXPECT_EQ(List({}), "B 2026-11 0, A 2026-11 0, B 2026-10 0, A 2026-10 0");
  const Fields show_lines = {{"show_lines", "true"}};
  for (const int page_size : {1, 3, 0}) {
    EXPECT_EQ(List(show_lines, page_size), "B 2026-11 2, A 2026-11 1, B 2026-10 2, A 2026-10 1");
  }
  const v1::OrderBasis listed = service_.Do(ListOrderBases, show_lines).value().order_bases(0);
  const Fields get = {{"order_basis_id", listed.order_basis_id()}};
  EXPECT_EQ(listed.DebugString(), service_.Do(GetOrderBasis, get).value().order_basis().DebugString());
}

TEST_F(OrderBasisListsTest, APageOfManyLinesEndsBeforeTheAnswerIsTooLarge) {
  service_.LeaveOut("its days are in one month");
  service_.LeaveOut("a recent order basis has the entry");
  service_.LeaveOut("its order basis is there, and its product");
  service_.LeaveOut("the values that recent entries give");
  service_.LeaveOut("settling begins on the day");
  service_.LeaveOut("computing it again from history");
  // A's documents have 1,200 lines with the longest names, and there are 30 more of B, which have two lines.
  service_.Sql(R"sql(
  INSERT INTO order_basis_lines
  WITH RECURSIVE hundred AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM hundred WHERE n < 99),
                 numbers AS (SELECT 100 * a.n + b.n AS n FROM hundred AS a JOIN hundred AS b)
  SELECT b.account_id, b.order_basis_id, n, LPAD(n, 64, '0'), REPEAT('𝔸', 200), 1, '2026-01-01', 1, 1, 31, 0, NULL, 1
  FROM order_bases AS b, numbers
  WHERE b.agreement_display_name = 'A' AND n BETWEEN 2 AND 1200)sql");
  service_.Sql("UPDATE order_bases SET line_count = 1200 WHERE agreement_display_name = 'A'");
  std::vector<std::string> expected;
  for (int i = 0; i < 30; ++i) {
    // A document of A's now and then.
    const bool large = i % 10 == 0;
    const std::string id = absl::StrCat("'ord-zzzzzzzzzzzzzz", 99 - i, "'");
    const std::string from =
        absl::StrCat("agreement_display_name = '", large ? "A" : "B", "' AND from_day = '2026-10-01'");
    service_.Sql(absl::StrCat("INSERT INTO order_bases SELECT account_id, ", id,
                              ", agreement_id, agreement_display_name, customer_number, from_day - INTERVAL ", i + 1,
                              " YEAR, until_day - INTERVAL ", i + 1,
                              " YEAR, line_count, total_amount, digest, create_time FROM order_bases ", "WHERE ",
                              from));
    service_.Sql(absl::StrCat("INSERT INTO order_basis_lines SELECT l.account_id, ", id,
                              ", l.line_number, l.product_id, l.product_display_name, l.kind, l.price_valid_from, ",
                              "l.unit_price, l.user_days, l.days_in_month, l.quantity, l.original_month, l.amount ",
                              "FROM order_basis_lines AS l JOIN order_bases USING (account_id, order_basis_id) WHERE ",
                              from));
    expected.push_back(absl::StrCat(large ? "A " : "B ", 2025 - i, "-10 ", large ? 1000 : 2));
  }
  expected.insert(expected.end(), {"B 2026-11 2", "A 2026-11 1000", "B 2026-10 2", "A 2026-10 1000"});
  EXPECT_EQ(List({{"show_lines", "true"}}, 1000), absl::StrJoin(expected, ", "));
  const auto page = service_.Do(ListOrderBases, {{"show_lines", "true"}, {"page_size", "1000"}}).value();
  EXPECT_GT(page.ByteSizeLong(), kMaxAnswer / 2);
  EXPECT_LT(page.order_bases_size(), 34);
}

}  // namespace
}  // namespace agreements::testing
