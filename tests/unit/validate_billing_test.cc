// Requests about products, order bases, accesses and transactions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/bad_fields.h"

namespace agreements {
namespace {

std::string OrderBasis(const std::string& from_day, const std::string& until_day, const std::string& digest = "") {
  return BadFields<v1::CreateOrderBasisRequest>(absl::StrCat("agreement_id: 'agr-0000000000000001' from_day: '",
                                                             from_day, "' until_day: '", until_day,
                                                             "' expected_digest: '", digest, "'"));
}

std::string Grant(const std::vector<std::string>& product_ids, const std::string& user_id = "user-17") {
  std::string text = absl::StrCat("company_id: 'cmp-0000000000000001' user_id: '", user_id, "'");
  for (const std::string& id : product_ids) absl::StrAppend(&text, " product_ids: '", id, "'");
  return BadFields<v1::GrantAccessRequest>(text);
}

v1::TransactionReport GoodReport() {
  return Parse<v1::TransactionReport>(R"pb(company_id: 'cmp-0000000000000001'
                                           transaction_id: 'ehf-2026-11-07-0001'
                                           product_id: 'invoice-scan'
                                           quantity: 12
                                           occur_time { seconds: 1794045600 })pb");
}

TEST(ValidateBilling, AnEmptyRequestNamesEveryFieldThatIsRequired) {
  EXPECT_EQ(BadFields<v1::CreateProductRequest>(), "product_id, display_name, kind");
  EXPECT_EQ(BadFields<v1::GetProductRequest>(), "product_id");
  EXPECT_EQ(BadFields<v1::UpdateProductRequest>(), "product_id, display_name");
  EXPECT_EQ(BadFields<v1::SetPriceRequest>(), "product_id, valid_from, unit_price");
  EXPECT_EQ(BadFields<v1::ListPricesRequest>(), "product_id");
  EXPECT_EQ(BadFields<v1::PreviewOrderBasisRequest>(), "agreement_id");
  EXPECT_EQ(BadFields<v1::CreateOrderBasisRequest>(), "agreement_id, from_day, until_day");
  EXPECT_EQ(BadFields<v1::GetOrderBasisRequest>(), "order_basis_id");
  EXPECT_EQ(BadFields<v1::ListOrderBasisLinesRequest>(), "order_basis_id");
  EXPECT_EQ(BadFields<v1::ExplainOrderBasisRequest>(), "agreement_id, line_number");
  EXPECT_EQ(BadFields<v1::VerifyOrderBasisRequest>(), "order_basis_id");
  EXPECT_EQ(BadFields<v1::GetAccessRequest>(), "access_id");
  EXPECT_EQ(BadFields<v1::RecordTransactionsRequest>(), "transactions");
  EXPECT_EQ(BadFields<v1::CancelTransactionsRequest>(), "transactions");
  EXPECT_EQ(BadFields<v1::GetTransactionRequest>(), "company_id, transaction_id");
  EXPECT_EQ(BadFields<v1::ListTransactionsRequest>(), "company_id");
}

TEST(ValidateBilling, FiltersAndDefaultsMayBeEmpty) {
  EXPECT_EQ(BadFields<v1::ListProductsRequest>(), "");
  EXPECT_EQ(BadFields<v1::ListOrderBasesRequest>(), "");
  EXPECT_EQ(BadFields<v1::RunBillingRequest>(), "");
  EXPECT_EQ(BadFields<v1::ListAccessesRequest>(), "");
}

TEST(ValidateBilling, AnExplanationIsOfEitherADocumentOrAPreview) {
  const auto bad = [](const std::string& text) {
    return BadFields<v1::ExplainOrderBasisRequest>(absl::StrCat("line_number: 1 ", text));
  };
  const std::string document = "order_basis_id: 'ord-0000000000000001' ";
  const std::string preview = "agreement_id: 'agr-0000000000000001' ";
  const std::string digest = absl::StrCat("estimate: true expected_digest: '", std::string(64, 'a'), "' ");
  const std::string days = "from_day: '2026-11-01' until_day: '2026-12-01' ";
  EXPECT_EQ(bad(document), "");
  EXPECT_EQ(bad(preview), "");
  EXPECT_EQ(bad(preview + days + digest), "");
  EXPECT_EQ(bad(document + days + digest), "from_day, until_day, estimate, expected_digest");
  EXPECT_EQ(bad(document + preview + days + digest), "order_basis_id");
  EXPECT_EQ(bad(preview + "from_day: '2026-11-01' until_day: '2026-11-01' estimate: true expected_digest: 'A'"),
            "until_day, expected_digest");
}

TEST(ValidateBilling, TimesOfCreationAreTimesInOrder) {
  const auto bad = BadFields<v1::ListOrderBasesRequest>;
  EXPECT_EQ(bad("from_create_time { seconds: 1796083200 }"), "");
  EXPECT_EQ(bad("from_create_time { seconds: 1796083200 } until_create_time { seconds: 1796083200 }"),
            "until_create_time");
  EXPECT_EQ(bad("from_create_time { seconds: 1796083200 } until_create_time { seconds: 1796083200 nanos: 1 }"), "");
  EXPECT_EQ(bad("until_create_time { seconds: 1796083200 nanos: -1 }"), "until_create_time");
  EXPECT_EQ(bad("from_create_time { seconds: 253402300800 }"), "from_create_time");
}

TEST(ValidateBilling, AKindOrStateIsOneOfTheApi) {
  EXPECT_EQ(BadFields<v1::ListProductsRequest>("kind: PRODUCT_KIND_LICENSE"), "");
  EXPECT_EQ(BadFields<v1::ListProductsRequest>("kind: PRODUCT_KIND_TRANSACTION"), "");
  EXPECT_EQ(BadFields<v1::ListProductsRequest>("kind: 3"), "kind");
  EXPECT_EQ(BadFields<v1::ListAccessesRequest>("state: 4"), "state");
  EXPECT_EQ(BadFields<v1::ListTransactionsRequest>("company_id: 'cmp-0000000000000001' state: -1"), "state");
}

TEST(ValidateBilling, ADayExistsAndIsWrittenInFull) {
  EXPECT_EQ(OrderBasis("2026-11-01", "2026-12-01"), "");
  for (const char* bad : {"",
                          "2026-02-30",
                          "2026-2-3",
                          "2026-11-1",
                          "2027-02-29",
                          "2026-13-01",
                          "2026-00-01",
                          "26-11-01",
                          "1999-12-31",
                          "3000-01-01",
                          "2026-11",
                          "2026/11/01",
                          "01.11.2026",
                          " 2026-11-01",
                          "2026-11-01 ",
                          "2026-11-01\\n",
                          "2026-11-01T00:00:00",
                          "+2026-11-01",
                          "-2026-11-01",
                          "today"}) {
    EXPECT_EQ(OrderBasis(bad, "2026-12-01"), "from_day") << bad;
  }
  EXPECT_EQ(OrderBasis("2000-01-01", "2000-01-31"), "");
  EXPECT_EQ(OrderBasis("2028-02-29", "2028-03-01"), "");
  EXPECT_EQ(OrderBasis("2999-12-01", "2999-12-31"), "");
}

TEST(ValidateBilling, APeriodBeginsBeforeItEnds) {
  EXPECT_EQ(OrderBasis("2026-11-01", "2026-11-01"), "until_day");
  const std::string agreement = "agreement_id: 'agr-0000000000000001' ";
  EXPECT_EQ(BadFields<v1::PreviewOrderBasisRequest>(agreement + "until_day: '2026-11-01'"), "");
  EXPECT_EQ(BadFields<v1::PreviewOrderBasisRequest>(agreement + "from_day: '2026-11-02' until_day: '2026-11-01'"),
            "until_day");
  EXPECT_EQ(BadFields<v1::ListOrderBasesRequest>("from_day: '2026-11-02'"), "");
  EXPECT_EQ(BadFields<v1::ListOrderBasesRequest>("from_day: '2026-11-02' until_day: '2026-11-02'"), "until_day");
  EXPECT_EQ(BadFields<v1::ListTransactionsRequest>(
                "company_id: 'cmp-0000000000000001' from_day: '2026-11-02' until_day: '2025-12-01'"),
            "until_day");
  EXPECT_EQ(BadFields<v1::RunBillingRequest>("until_day: '2026-11-31'"), "until_day");
}

TEST(ValidateBilling, ADigestIs64HexadecimalDigits) {
  EXPECT_EQ(OrderBasis("2026-11-01", "2026-12-01", std::string(64, 'a')), "");
  for (const std::string& bad :
       {std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'), std::string(64, 'g')}) {
    EXPECT_EQ(OrderBasis("2026-11-01", "2026-12-01", bad), "expected_digest") << bad;
  }
}

TEST(ValidateBilling, AnUpdateOfAProductNamesItAndTrimsTheName) {
  auto request = Of<v1::UpdateProductRequest>("product_id: 'accounting' display_name: ' Regnskap\u00a0'");
  EXPECT_TRUE(Validate(request).ok());
  EXPECT_EQ(request.display_name(), "Regnskap");
  EXPECT_EQ(BadFields<v1::UpdateProductRequest>("product_id: 'accounting' display_name: ' '"), "display_name");
}

TEST(ValidateBilling, ProductsAreOneToAHundredDifferentOnes) {
  EXPECT_EQ(Grant({}), "product_ids");
  EXPECT_EQ(Grant({"a", "b", "c", "a"}), "product_ids[3]");
  EXPECT_EQ(Grant({"a", "", "æ"}), "product_ids[1], product_ids[2]");
  std::vector<std::string> ids;
  for (int i = 0; i < kMaxProductIds; ++i) ids.push_back(absl::StrCat("product-", i));
  EXPECT_EQ(Grant(ids), "");
  ids.emplace_back("one-more");
  EXPECT_EQ(Grant(ids), "product_ids");
}

TEST(ValidateBilling, AUserIsNeverAnEMailAddress) { EXPECT_EQ(Grant({"accounting"}, "kari@example.com"), "user_id"); }

TEST(ValidateBilling, ACallHasOneToAThousandTransactionsWhichItDoesNotLookAt) {
  std::string most;
  for (int i = 0; i < kMaxTransactions; ++i) most += "transactions {} ";
  EXPECT_EQ(BadFields<v1::RecordTransactionsRequest>(most), "");
  EXPECT_EQ(BadFields<v1::CancelTransactionsRequest>(most), "");
  EXPECT_EQ(BadFields<v1::RecordTransactionsRequest>(most + "transactions {}"), "transactions");
  EXPECT_EQ(BadFields<v1::CancelTransactionsRequest>(most + "transactions {}"), "transactions");
}

TEST(ValidateBilling, ATransactionNamesEveryBadFieldByItsPath) {
  EXPECT_TRUE(ValidateItem(GoodReport(), 0).ok());
  EXPECT_EQ(BadFields(ValidateItem(v1::TransactionReport(), 3)),
            "transactions[3].company_id, transactions[3].transaction_id, transactions[3].product_id, "
            "transactions[3].quantity, transactions[3].occur_time");
  EXPECT_EQ(BadFields(ValidateItem(v1::TransactionKey(), 999)),
            "transactions[999].company_id, transactions[999].transaction_id");
}

TEST(ValidateBilling, AQuantityIsOneToABillion) {
  v1::TransactionReport report = GoodReport();
  for (const int64_t good : {int64_t{1}, kMaxQuantity}) {
    report.set_quantity(good);
    EXPECT_TRUE(ValidateItem(report, 0).ok());
  }
  for (const int64_t bad : {int64_t{-1}, int64_t{0}, kMaxQuantity + 1}) {
    report.set_quantity(bad);
    EXPECT_EQ(BadFields(ValidateItem(report, 0)), "transactions[0].quantity") << bad;
  }
}

TEST(ValidateBilling, ATimeIsOneThatATimestampCanHold) {
  auto bad = [report = GoodReport()](int64_t seconds, int32_t nanos) mutable {
    report.mutable_occur_time()->set_seconds(seconds);
    report.mutable_occur_time()->set_nanos(nanos);
    return BadFields(ValidateItem(report, 0));
  };
  EXPECT_EQ(bad(-62'135'596'800, 0), "");
  EXPECT_EQ(bad(253'402'300'799, 999'999'999), "");
  EXPECT_EQ(bad(-62'135'596'801, 0), "transactions[0].occur_time");
  EXPECT_EQ(bad(253'402'300'800, 0), "transactions[0].occur_time");
  EXPECT_EQ(bad(0, -1), "transactions[0].occur_time");
  EXPECT_EQ(bad(0, 1'000'000'000), "transactions[0].occur_time");
}

TEST(ValidateBilling, EveryViolationHasANorwegianSentence) {
  auto price = Of<v1::SetPriceRequest>();
  for (const absl::Status& status :
       {ValidateItem(v1::TransactionReport(), 0), ValidateItem(v1::TransactionKey(), 0), Validate(price)}) {
    ASSERT_TRUE(DetailOf<google::rpc::BadRequest>(status));
    const auto message = DetailOf<google::rpc::LocalizedMessage>(status);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->locale(), "nb-NO");
    EXPECT_FALSE(message->message().empty());
  }
}

}  // namespace
}  // namespace agreements
