// Requests about products, order bases, accesses and transactions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "proto/errors.h"
#include "server/requests/validate.h"

namespace agreements {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kAgreementId[] = "agr-0000000000000001";
constexpr char kCompanyId[] = "cmp-0000000000000001";

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const auto bad_request = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad_request->field_violations()) fields.push_back(violation.field());
  }
  return fields;
}

template <typename Request>
std::vector<std::string> BadFields(Request request) {
  return FieldsOf(Validate(request));
}

// An empty request with an account.
template <typename Request>
Request Of() {
  Request request;
  request.set_account_id("acct-1");
  return request;
}

v1::CreateOrderBasisRequest GoodOrderBasis() {
  auto request = Of<v1::CreateOrderBasisRequest>();
  request.set_agreement_id(kAgreementId);
  request.set_from_day("2026-11-01");
  request.set_until_day("2026-12-01");
  return request;
}

v1::GrantAccessRequest GoodGrant(const std::vector<std::string>& product_ids) {
  auto request = Of<v1::GrantAccessRequest>();
  request.set_company_id(kCompanyId);
  request.set_user_id("user-17");
  for (const std::string& id : product_ids) request.add_product_ids(id);
  return request;
}

v1::TransactionReport GoodReport() {
  v1::TransactionReport report;
  report.set_company_id(kCompanyId);
  report.set_transaction_id("ehf-2026-11-07-0001");
  report.set_product_id("invoice-scan");
  report.set_quantity(12);
  report.mutable_occur_time()->set_seconds(1'794'045'600);
  return report;
}

TEST(ValidateBilling, AnEmptyRequestNamesEveryFieldThatIsRequired) {
  EXPECT_THAT(BadFields(Of<v1::CreateProductRequest>()), ElementsAre("product_id", "display_name", "kind"));
  EXPECT_THAT(BadFields(Of<v1::GetProductRequest>()), ElementsAre("product_id"));
  EXPECT_THAT(BadFields(Of<v1::UpdateProductRequest>()), ElementsAre("product_id", "display_name"));
  EXPECT_THAT(BadFields(Of<v1::SetPriceRequest>()), ElementsAre("product_id", "valid_from", "unit_price"));
  EXPECT_THAT(BadFields(Of<v1::ListPricesRequest>()), ElementsAre("product_id"));
  EXPECT_THAT(BadFields(Of<v1::PreviewOrderBasisRequest>()), ElementsAre("agreement_id"));
  EXPECT_THAT(BadFields(Of<v1::CreateOrderBasisRequest>()), ElementsAre("agreement_id", "from_day", "until_day"));
  EXPECT_THAT(BadFields(Of<v1::GetOrderBasisRequest>()), ElementsAre("order_basis_id"));
  EXPECT_THAT(BadFields(Of<v1::ListOrderBasisLinesRequest>()), ElementsAre("order_basis_id"));
  EXPECT_THAT(BadFields(Of<v1::ExplainOrderBasisRequest>()), ElementsAre("agreement_id", "line_number"));
  EXPECT_THAT(BadFields(Of<v1::VerifyOrderBasisRequest>()), ElementsAre("order_basis_id"));
  EXPECT_THAT(BadFields(Of<v1::GetAccessRequest>()), ElementsAre("access_id"));
  EXPECT_THAT(BadFields(Of<v1::RecordTransactionsRequest>()), ElementsAre("transactions"));
  EXPECT_THAT(BadFields(Of<v1::CancelTransactionsRequest>()), ElementsAre("transactions"));
  EXPECT_THAT(BadFields(Of<v1::GetTransactionRequest>()), ElementsAre("company_id", "transaction_id"));
  EXPECT_THAT(BadFields(Of<v1::ListTransactionsRequest>()), ElementsAre("company_id"));
}

TEST(ValidateBilling, FiltersAndDefaultsMayBeEmpty) {
  EXPECT_THAT(BadFields(Of<v1::ListProductsRequest>()), IsEmpty());
  EXPECT_THAT(BadFields(Of<v1::ListOrderBasesRequest>()), IsEmpty());
  EXPECT_THAT(BadFields(Of<v1::RunBillingRequest>()), IsEmpty());
  EXPECT_THAT(BadFields(Of<v1::ListAccessesRequest>()), IsEmpty());
}

TEST(ValidateBilling, AnExplanationIsOfEitherADocumentOrAPreview) {
  auto document = Of<v1::ExplainOrderBasisRequest>();
  document.set_order_basis_id("ord-0000000000000001");
  document.set_line_number(1);
  EXPECT_THAT(BadFields(document), IsEmpty());
  auto preview = Of<v1::ExplainOrderBasisRequest>();
  preview.set_agreement_id(kAgreementId);
  preview.set_line_number(1);
  EXPECT_THAT(BadFields(preview), IsEmpty());
  for (auto* request : {&document, &preview}) {
    request->set_from_day("2026-11-01");
    request->set_until_day("2026-12-01");
    request->set_estimate(true);
    request->set_expected_digest(std::string(64, 'a'));
  }
  EXPECT_THAT(BadFields(preview), IsEmpty());
  EXPECT_THAT(BadFields(document), ElementsAre("from_day", "until_day", "estimate", "expected_digest"));
  document.set_agreement_id(kAgreementId);
  EXPECT_THAT(BadFields(document), ElementsAre("order_basis_id"));
  preview.set_until_day("2026-11-01");
  preview.set_expected_digest("A");
  EXPECT_THAT(BadFields(preview), ElementsAre("until_day", "expected_digest"));
}

TEST(ValidateBilling, TimesOfCreationAreTimesInOrder) {
  auto request = Of<v1::ListOrderBasesRequest>();
  request.mutable_from_create_time()->set_seconds(1'796'083'200);
  EXPECT_THAT(BadFields(request), IsEmpty());
  request.mutable_until_create_time()->set_seconds(1'796'083'200);
  EXPECT_THAT(BadFields(request), ElementsAre("until_create_time"));
  request.mutable_until_create_time()->set_nanos(1);
  EXPECT_THAT(BadFields(request), IsEmpty());
  request.clear_from_create_time();
  request.mutable_until_create_time()->set_nanos(-1);
  EXPECT_THAT(BadFields(request), ElementsAre("until_create_time"));
  request.clear_until_create_time();
  request.mutable_from_create_time()->set_seconds(253'402'300'800);
  EXPECT_THAT(BadFields(request), ElementsAre("from_create_time"));
}

TEST(ValidateBilling, AKindOrStateIsOneOfTheApi) {
  auto products = Of<v1::ListProductsRequest>();
  for (const auto kind : {v1::PRODUCT_KIND_LICENSE, v1::PRODUCT_KIND_TRANSACTION}) {
    products.set_kind(kind);
    EXPECT_THAT(BadFields(products), IsEmpty());
  }
  products.set_kind(static_cast<v1::ProductKind>(3));
  EXPECT_THAT(BadFields(products), ElementsAre("kind"));
  auto accesses = Of<v1::ListAccessesRequest>();
  accesses.set_state(static_cast<v1::AccessState>(4));
  EXPECT_THAT(BadFields(accesses), ElementsAre("state"));
  auto transactions = Of<v1::ListTransactionsRequest>();
  transactions.set_company_id(kCompanyId);
  transactions.set_state(static_cast<v1::TransactionState>(-1));
  EXPECT_THAT(BadFields(transactions), ElementsAre("state"));
}

TEST(ValidateBilling, ADayExistsAndIsWrittenInFull) {
  v1::CreateOrderBasisRequest request = GoodOrderBasis();
  EXPECT_THAT(BadFields(request), IsEmpty());
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
                          "2026-11-01T00:00:00",
                          "2026/11/01",
                          "01.11.2026",
                          " 2026-11-01",
                          "2026-11-01 ",
                          "2026-11-01\n",
                          "+2026-11-01",
                          "-2026-11-01",
                          "today"}) {
    request.set_from_day(bad);
    EXPECT_THAT(BadFields(request), ElementsAre("from_day")) << bad;
  }
  for (const auto& [from_day, until_day] :
       {std::pair("2000-01-01", "2000-01-31"), std::pair("2028-02-29", "2028-03-01"),
        std::pair("2999-12-01", "2999-12-31")}) {
    request.set_from_day(from_day);
    request.set_until_day(until_day);
    EXPECT_THAT(BadFields(request), IsEmpty()) << from_day;
  }
}

TEST(ValidateBilling, APeriodBeginsBeforeItEnds) {
  v1::CreateOrderBasisRequest order_basis = GoodOrderBasis();
  order_basis.set_until_day(order_basis.from_day());
  EXPECT_THAT(BadFields(order_basis), ElementsAre("until_day"));
  auto preview = Of<v1::PreviewOrderBasisRequest>();
  preview.set_agreement_id(kAgreementId);
  preview.set_until_day("2026-11-01");
  EXPECT_THAT(BadFields(preview), IsEmpty());
  preview.set_from_day("2026-11-02");
  EXPECT_THAT(BadFields(preview), ElementsAre("until_day"));
  auto list = Of<v1::ListOrderBasesRequest>();
  list.set_from_day("2026-11-02");
  EXPECT_THAT(BadFields(list), IsEmpty());
  list.set_until_day("2026-11-02");
  EXPECT_THAT(BadFields(list), ElementsAre("until_day"));
  auto transactions = Of<v1::ListTransactionsRequest>();
  transactions.set_company_id(kCompanyId);
  transactions.set_from_day("2026-11-02");
  transactions.set_until_day("2025-12-01");
  EXPECT_THAT(BadFields(transactions), ElementsAre("until_day"));
  auto billing = Of<v1::RunBillingRequest>();
  billing.set_until_day("2026-11-31");
  EXPECT_THAT(BadFields(billing), ElementsAre("until_day"));
}

TEST(ValidateBilling, ADigestIs64HexadecimalDigits) {
  v1::CreateOrderBasisRequest request = GoodOrderBasis();
  request.set_expected_digest(std::string(64, 'a'));
  EXPECT_THAT(BadFields(request), IsEmpty());
  for (const std::string& bad :
       {std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'), std::string(64, 'g')}) {
    request.set_expected_digest(bad);
    EXPECT_THAT(BadFields(request), ElementsAre("expected_digest")) << bad;
  }
}

TEST(ValidateBilling, AnUpdateOfAProductNamesItAndTrimsTheName) {
  auto request = Of<v1::UpdateProductRequest>();
  request.set_product_id("accounting");
  request.set_display_name(" Regnskap\u00a0");
  EXPECT_TRUE(Validate(request).ok());
  EXPECT_EQ(request.display_name(), "Regnskap");
  request.set_display_name(" ");
  EXPECT_THAT(BadFields(request), ElementsAre("display_name"));
}

TEST(ValidateBilling, ProductsAreOneToAHundredDifferentOnes) {
  EXPECT_THAT(BadFields(GoodGrant({})), ElementsAre("product_ids"));
  EXPECT_THAT(BadFields(GoodGrant({"a", "b", "c", "a"})), ElementsAre("product_ids[3]"));
  EXPECT_THAT(BadFields(GoodGrant({"a", "", "æ"})), ElementsAre("product_ids[1]", "product_ids[2]"));
  std::vector<std::string> ids;
  for (int i = 0; i < kMaxProductIds; ++i) ids.push_back("product-" + std::to_string(i));
  EXPECT_THAT(BadFields(GoodGrant(ids)), IsEmpty());
  ids.emplace_back("one-more");
  EXPECT_THAT(BadFields(GoodGrant(ids)), ElementsAre("product_ids"));
}

TEST(ValidateBilling, AUserIsNeverAnEMailAddress) {
  v1::GrantAccessRequest request = GoodGrant({"accounting"});
  request.set_user_id("kari@example.com");
  EXPECT_THAT(BadFields(request), ElementsAre("user_id"));
}

TEST(ValidateBilling, ACallHasOneToAThousandTransactionsWhichItDoesNotLookAt) {
  auto record = Of<v1::RecordTransactionsRequest>();
  auto cancel = Of<v1::CancelTransactionsRequest>();
  for (int i = 0; i < kMaxTransactions; ++i) {
    record.add_transactions();
    cancel.add_transactions();
  }
  EXPECT_THAT(BadFields(record), IsEmpty());
  EXPECT_THAT(BadFields(cancel), IsEmpty());
  record.add_transactions();
  cancel.add_transactions();
  EXPECT_THAT(BadFields(record), ElementsAre("transactions"));
  EXPECT_THAT(BadFields(cancel), ElementsAre("transactions"));
}

TEST(ValidateBilling, ATransactionNamesEveryBadFieldByItsPath) {
  EXPECT_TRUE(ValidateItem(GoodReport(), 0).ok());
  EXPECT_THAT(FieldsOf(ValidateItem(v1::TransactionReport(), 3)),
              ElementsAre("transactions[3].company_id", "transactions[3].transaction_id", "transactions[3].product_id",
                          "transactions[3].quantity", "transactions[3].occur_time"));
  EXPECT_THAT(FieldsOf(ValidateItem(v1::TransactionKey(), 999)),
              ElementsAre("transactions[999].company_id", "transactions[999].transaction_id"));
}

TEST(ValidateBilling, AQuantityIsOneToABillion) {
  v1::TransactionReport report = GoodReport();
  for (const int64_t good : {int64_t{1}, kMaxQuantity}) {
    report.set_quantity(good);
    EXPECT_TRUE(ValidateItem(report, 0).ok());
  }
  for (const int64_t bad : {int64_t{-1}, int64_t{0}, kMaxQuantity + 1}) {
    report.set_quantity(bad);
    EXPECT_THAT(FieldsOf(ValidateItem(report, 0)), ElementsAre("transactions[0].quantity")) << bad;
  }
}

TEST(ValidateBilling, ATimeIsOneThatATimestampCanHold) {
  v1::TransactionReport report = GoodReport();
  const auto set = [&report](int64_t seconds, int32_t nanos) {
    report.mutable_occur_time()->set_seconds(seconds);
    report.mutable_occur_time()->set_nanos(nanos);
    return FieldsOf(ValidateItem(report, 0));
  };
  EXPECT_THAT(set(-62'135'596'800, 0), IsEmpty());
  EXPECT_THAT(set(253'402'300'799, 999'999'999), IsEmpty());
  EXPECT_THAT(set(-62'135'596'801, 0), ElementsAre("transactions[0].occur_time"));
  EXPECT_THAT(set(253'402'300'800, 0), ElementsAre("transactions[0].occur_time"));
  EXPECT_THAT(set(0, -1), ElementsAre("transactions[0].occur_time"));
  EXPECT_THAT(set(0, 1'000'000'000), ElementsAre("transactions[0].occur_time"));
}

TEST(ValidateBilling, EveryViolationHasANorwegianSentence) {
  const std::vector<absl::Status> statuses = {ValidateItem(v1::TransactionReport(), 0),
                                              ValidateItem(v1::TransactionKey(), 0), [] {
                                                auto request = Of<v1::SetPriceRequest>();
                                                return Validate(request);
                                              }()};
  for (const absl::Status& status : statuses) {
    const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
    ASSERT_TRUE(bad_request);
    const auto message = DetailOf<google::rpc::LocalizedMessage>(status);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->locale(), "nb-NO");
    EXPECT_FALSE(message->message().empty());
  }
}

}  // namespace
}  // namespace agreements
