// Order bases with more lines than an answer carries.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/operations/order_basis_steps.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

constexpr size_t kMaxAnswer = 4 << 20;  // Bytes that gRPC's clients take unless they are told otherwise.

class LargeOrderBasesTest : public OperationsTest {
 protected:
  void SetUp() override {
    service_.clock().SetDay("2026-10-01");
    v1::CreateAgreementRequest create;
    create.set_display_name("Fjordkraft");
    create.set_customer_number("00417");
    agreement_ = service_.Do(CreateAgreement, create).value().agreement().agreement_id();
    const std::string company = service_.NewCompany(agreement_, "Nordlys");
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
                              company, R"sql(', CONCAT('acc-', RIGHT(product_id, 16)), 'anna', product_id, 2,
         '2026-10-01', '9999-12-31', '2026-10-01', '2026-10-01'
  FROM products)sql"));
    service_.clock().SetDay("2026-11-01");
  }

  v1::CreateOrderBasisResponse Create(const std::string& request_id = "") {
    v1::CreateOrderBasisRequest request;
    request.set_agreement_id(agreement_);
    request.set_from_day("2026-10-01");
    request.set_until_day("2026-11-01");
    request.set_request_id(request_id);
    return service_.Do(CreateOrderBasis, request).value();
  }

  v1::OrderBasis Get(const std::string& order_basis_id) {
    v1::GetOrderBasisRequest request;
    request.set_order_basis_id(order_basis_id);
    return service_.Do(GetOrderBasis, request).value().order_basis();
  }

  // All lines, page by page.
  std::vector<v1::OrderBasisLine> LinesOf(const std::string& order_basis_id, int page_size) {
    std::vector<v1::OrderBasisLine> lines;
    v1::ListOrderBasisLinesRequest request;
    request.set_order_basis_id(order_basis_id);
    request.set_page_size(page_size);
    do {
      const auto page = service_.Do(ListOrderBasisLines, request).value();
      EXPECT_LT(page.ByteSizeLong(), kMaxAnswer);
      lines.insert(lines.end(), page.lines().begin(), page.lines().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return lines;
  }

  std::vector<std::string> Problems(const std::string& order_basis_id) {
    v1::VerifyOrderBasisRequest request;
    request.set_order_basis_id(order_basis_id);
    std::vector<std::string> problems;
    const auto response = service_.Do(VerifyOrderBasis, request).value();
    for (const v1::VerificationFinding& finding : response.findings()) {
      problems.push_back(v1::VerificationProblem_Name(finding.problem()).substr(sizeof("VERIFICATION_PROBLEM_") - 1));
    }
    return problems;
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
  std::string agreement_;
};

TEST_F(LargeOrderBasesTest, AnAnswerCarriesTheFirstThousandLinesAndPagesHaveThemAll) {
  const v1::OrderBasis preview = service_.Preview(agreement_).value().order_basis();
  ExpectFirstLines(preview);
  const v1::CreateOrderBasisResponse created = Create("r-1");
  ExpectFirstLines(created.order_basis());
  EXPECT_EQ(created.order_basis().digest(), preview.digest());
  EXPECT_EQ(Create("r-1").DebugString(), created.DebugString()) << "the response that was stored";
  const std::string order_basis_id = created.order_basis().order_basis_id();
  EXPECT_TRUE(Create().existed());
  EXPECT_EQ(Create().order_basis().DebugString(), created.order_basis().DebugString());
  EXPECT_EQ(Get(order_basis_id).DebugString(), created.order_basis().DebugString());

  const std::vector<v1::OrderBasisLine> lines = LinesOf(order_basis_id, 1000);
  ASSERT_EQ(lines.size(), static_cast<size_t>(kProducts));
  for (int i = 0; i < kProducts; ++i) {
    EXPECT_EQ(lines[static_cast<size_t>(i)].line_number(), i + 1);
    EXPECT_EQ(lines[static_cast<size_t>(i)].amount(), "1000000.00");
    if (i < 1000) {
      EXPECT_EQ(lines[static_cast<size_t>(i)].DebugString(), created.order_basis().lines(i).DebugString());
    }
  }
  EXPECT_EQ(LinesOf(order_basis_id, 0).size(), lines.size());
}

TEST_F(LargeOrderBasesTest, AResponseThatAnEarlierVersionStoredWithAllLinesIsCutToo) {
  const v1::CreateOrderBasisResponse created = Create("r-1");
  v1::CreateOrderBasisResponse stored = created;
  stored.mutable_order_basis()->clear_currency();
  stored.mutable_order_basis()->clear_lines();
  for (const v1::OrderBasisLine& line : LinesOf(created.order_basis().order_basis_id(), 1000)) {
    *stored.mutable_order_basis()->add_lines() = line;
  }
  service_.Sql(absl::StrCat("UPDATE requests SET response = x'", absl::BytesToHexString(stored.SerializeAsString()),
                            "' WHERE request_id = 'r-1'"));
  EXPECT_EQ(Create("r-1").DebugString(), created.DebugString());
}

TEST_F(LargeOrderBasesTest, EveryLineIsVerifiedAndExplained) {
  service_.LeaveOut("priced_until is not later than the order bases that price it");
  service_.LeaveOut("computing it again from history");
  const std::string order_basis_id = Create().order_basis().order_basis_id();
  EXPECT_EQ(Problems(order_basis_id), std::vector<std::string>());
  v1::ExplainOrderBasisRequest explain;
  explain.set_account_id(kAccount);
  explain.set_order_basis_id(order_basis_id);
  explain.set_line_number(kProducts);
  storage::Call call;
  call.account_id = kAccount;
  EXPECT_EQ(ExplainOrderBasis(service_.database(), service_.context(), explain)(call).value()->users(0).days(), 31);
  explain.set_line_number(kProducts + 1);
  EXPECT_EQ(Outcome(ExplainOrderBasis(service_.database(), service_.context(), explain)(call)),
            "ORDER_BASIS_LINE_NOT_FOUND");

  const std::string last = absl::StrCat("WHERE line_number = ", kProducts);
  service_.Sql(absl::StrCat("UPDATE order_basis_lines SET amount = amount + 1 ", last));
  EXPECT_EQ(Problems(order_basis_id), std::vector<std::string>({"LINE", "TOTAL", "DIGEST"}));
  service_.Sql(absl::StrCat("DELETE FROM order_basis_lines ", last));
  EXPECT_EQ(Problems(order_basis_id), std::vector<std::string>({"LINE", "TOTAL", "TOTAL", "DIGEST"}));
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
