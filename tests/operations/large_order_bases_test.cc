// Order bases with more lines than an answer carries.
#include "absl/strings/escaping.h"
#include "server/operations/order_basis_steps.h"
#include "tests/operations/order_bases_fixture.h"

namespace agreements::testing {
namespace {

class LargeOrderBasesTest : public OrderBasesFixture {
 protected:
  void SetUp() override {
    // Products with the longest ids, names and prices that there are, each held by one user.
    service_.Sql(absl::StrCat(R"sql(
  INSERT INTO products (account_id, product_id, display_name, kind, guard, revision, create_time, update_time)
  WITH RECURSIVE hundred AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM hundred WHERE n < 99)
  SELECT 'acct-1', LPAD(100 * a.n + b.n, 64, '0'), REPEAT('𝔸', 200), 1, 0, 1, '2026-10-01', '2026-10-01'
  FROM hundred AS a, hundred AS b
  WHERE 100 * a.n + b.n < )sql",
                              kProducts));
    service_.Sql(R"sql(
  INSERT INTO prices (account_id, product_id, valid_from, unit_price)
  SELECT account_id, product_id, '2026-01-01', 10000000000 FROM products)sql");
    service_.Sql(absl::StrCat(R"sql(
  INSERT INTO accesses (account_id, company_id, access_id, user_id, product_id, state, from_day, until_day, create_time,
                        update_time)
  SELECT account_id, ')sql",
                              company_, R"sql(', CONCAT('acc-', RIGHT(product_id, 16)), 'anna', product_id, 2,
         '2026-10-01', '9999-12-31', '2026-10-01', '2026-10-01'
  FROM products)sql"));
    service_.clock().SetDay("2026-11-01");
  }

  v1::CreateOrderBasisResponse Create(const std::string& request_id = "") {
    return service_
        .Do(CreateOrderBasis, {{"agreement_id", agreement_},
                               {"from_day", "2026-10-01"},
                               {"until_day", "2026-11-01"},
                               {"request_id", request_id}})
        .value();
  }

  // All lines, page by page.
  std::vector<v1::OrderBasisLine> AllLinesOf(const v1::OrderBasis& document, int page_size) {
    std::vector<v1::OrderBasisLine> lines;
    const Fields fields = {{"order_basis_id", document.order_basis_id()}};
    for (const auto& page : service_.Pages(ListOrderBasisLines, fields, page_size)) {
      EXPECT_LT(page.ByteSizeLong(), kMaxAnswer);
      lines.insert(lines.end(), page.lines().begin(), page.lines().end());
    }
    return lines;
  }

  // The first 1,000 lines, in no more than a client takes.
  void ExpectFirstLines(const v1::OrderBasis& order_basis) {
    EXPECT_LT(order_basis.ByteSizeLong(), kMaxAnswer);
    EXPECT_EQ(order_basis.lines_size(), 1000);
    EXPECT_EQ(order_basis.lines(999).line_number(), 1000);
    EXPECT_EQ(order_basis.line_count(), kProducts);
    EXPECT_EQ(order_basis.currency(), "NOK");
  }

  // In CI so many that they go in by the hundred, by ten and singly.
  const int kProducts = LongRun() ? 5000 : 1111;
};

TEST_F(LargeOrderBasesTest, AnAnswerCarriesTheFirstThousandLinesAndPagesHaveThemAll) {
  const v1::OrderBasis preview = service_.Preview(agreement_).value().order_basis();
  ExpectFirstLines(preview);
  const v1::CreateOrderBasisResponse created = Create("r-1");
  ExpectFirstLines(created.order_basis());
  EXPECT_EQ(created.order_basis().digest(), preview.digest());
  EXPECT_EQ(Create("r-1").DebugString(), created.DebugString()) << "the response that was stored";
  EXPECT_TRUE(Create().existed());
  EXPECT_EQ(Create().order_basis().DebugString(), created.order_basis().DebugString());
  const Fields get = {{"order_basis_id", created.order_basis().order_basis_id()}};
  EXPECT_EQ(service_.Do(GetOrderBasis, get)->order_basis().DebugString(), created.order_basis().DebugString());

  const std::vector<v1::OrderBasisLine> lines = AllLinesOf(created.order_basis(), 1000);
  ASSERT_EQ(lines.size(), static_cast<size_t>(kProducts));
  for (int i = 0; i < kProducts; ++i) {
    EXPECT_EQ(lines[static_cast<size_t>(i)].line_number(), i + 1);
    EXPECT_EQ(lines[static_cast<size_t>(i)].amount(), "1000000.00");
    if (i < 1000) {
      EXPECT_EQ(lines[static_cast<size_t>(i)].DebugString(), created.order_basis().lines(i).DebugString());
    }
  }
  EXPECT_EQ(AllLinesOf(created.order_basis(), 0).size(), lines.size());
}

TEST_F(LargeOrderBasesTest, AResponseThatAnEarlierVersionStoredWithAllLinesIsCutToo) {
  const v1::CreateOrderBasisResponse created = Create("r-1");
  v1::CreateOrderBasisResponse stored = created;
  stored.mutable_order_basis()->clear_currency();
  stored.mutable_order_basis()->clear_lines();
  for (const v1::OrderBasisLine& line : AllLinesOf(created.order_basis(), 1000)) {
    *stored.mutable_order_basis()->add_lines() = line;
  }
  service_.Sql(absl::StrCat("UPDATE requests SET claim_id = NULL, response = x'",
                            absl::BytesToHexString(stored.SerializeAsString()), "' WHERE request_id = 'r-1'"));
  EXPECT_EQ(Create("r-1").DebugString(), created.DebugString());
}

TEST_F(LargeOrderBasesTest, EveryLineIsVerifiedAndExplained) {
  service_.LeaveOut("priced_until is not later than the order bases that price it");
  service_.LeaveOut("computing it again from history");
  const v1::OrderBasis document = Create().order_basis();
  EXPECT_EQ(Problems(document), "");
  EXPECT_EQ(Explain(OfDocument(document, kProducts)).value().at(0).users(0).days(), 31);
  EXPECT_EQ(Outcome(Explain(OfDocument(document, kProducts + 1))), "ORDER_BASIS_LINE_NOT_FOUND");

  const std::string last = absl::StrCat("WHERE line_number = ", kProducts);
  service_.Sql(absl::StrCat("UPDATE order_basis_lines SET amount = amount + 1 ", last));
  EXPECT_EQ(Problems(document), "LINE TOTAL DIGEST");
  service_.Sql(absl::StrCat("DELETE FROM order_basis_lines ", last));
  EXPECT_EQ(Problems(document), "LINE TOTAL TOTAL DIGEST");
}

// Digests of documents that were frozen by earlier versions must stay theirs.
TEST(DigestTest, IsOfWhatWasFrozenWhateverElseAnAnswerCarries) {
  v1::OrderBasis document;
  document.set_order_basis_id("ord-1jq2v8k5w0c3m7z9");
  document.set_agreement_id("agr-1jq2v8k5w0c3m7xz");
  document.set_agreement_display_name("Fjordkraft Regnskap");
  document.set_customer_number("00417");
  document.set_from_day("2026-11-01");
  document.set_until_day("2026-12-01");
  v1::OrderBasisLine& line = *document.add_lines();
  line.set_line_number(1);
  line.set_product_id("accounting");
  line.set_product_display_name("Regnskap");
  line.set_kind(v1::PRODUCT_KIND_LICENSE);
  line.set_price_valid_from("2026-01-01");
  line.set_unit_price("423.00");
  line.set_user_days(42);
  line.set_days_in_month(30);
  line.set_amount("592.20");
  document.set_line_count(1);
  document.set_total_amount("592.20");
  document.mutable_create_time()->set_seconds(1'796'083'200);
  constexpr char kDigest[] = "ad235c542e2d3a2c8802af1d306064f31d8e7d1c052305c6fb0d0a50e34871a3";
  EXPECT_EQ(DigestOf(document), kDigest);
  document.set_currency("NOK");
  document.set_digest(kDigest);
  EXPECT_EQ(DigestOf(document), kDigest);
}

}  // namespace
}  // namespace agreements::testing
