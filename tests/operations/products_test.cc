// The price list: domain.md B5, on a real database.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/tables/products.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

class ProductsTest : public OperationsTest {
 protected:
  // As an order basis will that prices the days before `day`.
  void PriceUntil(const std::string& product_id, const std::string& day) {
    service_.LeaveOut("priced_until is not later than the order bases that price it");
    service_.Sql(absl::StrCat("UPDATE products SET priced_until = '", day, "', guard = guard + 1 WHERE product_id = '",
                              product_id, "'"));
  }

  // "2026-11-16 450.00, 2026-11-01 423.00", the latest first.
  std::string PricesOf(const std::string& product_id, int page_size = kMaxPageSize) {
    const auto list = service_.List(ListPrices, {{"product_id", product_id}}, page_size);
    return absl::StrJoin(list.prices(), ", ", [&product_id](std::string* out, const v1::Price& price) {
      EXPECT_EQ(price.product_id(), product_id);
      absl::StrAppend(out, price.valid_from(), " ", price.unit_price());
    });
  }

  // "accounting, payroll"
  std::string ProductIds(v1::ProductKind kind = v1::PRODUCT_KIND_UNSPECIFIED, int page_size = kMaxPageSize) {
    const auto list = service_.List(ListProducts, {{"kind", v1::ProductKind_Name(kind)}}, page_size);
    return absl::StrJoin(list.products(), ", ", [](std::string* out, const v1::Product& product) {
      absl::StrAppend(out, product.product_id());
    });
  }

  absl::StatusOr<v1::Product> Get(const std::string& product_id, const std::string& account_id = kAccount) {
    const auto got = service_.Do(GetProduct, {{"account_id", account_id}, {"product_id", product_id}});
    if (!got.ok()) return got.status();
    return got->product();
  }
};

TEST_F(ProductsTest, AProductIsCreatedWithoutAPrice) {
  const Fields request = {
      {"product_id", "accounting"}, {"display_name", " Regnskap "}, {"kind", "PRODUCT_KIND_LICENSE"}};
  const v1::Product created = service_.Do(CreateProduct, request).value().product();
  EXPECT_EQ(created.product_id(), "accounting");
  EXPECT_EQ(created.display_name(), "Regnskap");
  EXPECT_EQ(created.kind(), v1::PRODUCT_KIND_LICENSE);
  EXPECT_EQ(created.priced_until(), "");
  EXPECT_EQ(created.revision(), 1);
  EXPECT_EQ(created.create_time().seconds(), absl::ToUnixSeconds(service_.clock().Now()));
  EXPECT_EQ(Get("accounting")->DebugString(), created.DebugString());
  EXPECT_EQ(PricesOf("accounting"), "");
}

TEST_F(ProductsTest, AnIdIsTakenInItsAccountOnly) {
  service_.NewProduct("accounting");
  Fields request = {{"product_id", "accounting"}, {"display_name", "Regnskap"}, {"kind", "PRODUCT_KIND_TRANSACTION"}};
  EXPECT_EQ(Outcome(service_.Do(CreateProduct, request)), "PRODUCT_ID_TAKEN");
  request.emplace_back("account_id", "acct-2");
  EXPECT_EQ(Outcome(service_.Do(CreateProduct, request)), "OK");
  EXPECT_EQ(Get("accounting")->kind(), v1::PRODUCT_KIND_LICENSE);
}

TEST_F(ProductsTest, IdsDifferInCase) {
  service_.NewProduct("accounting");
  service_.NewProduct("Accounting");
  EXPECT_EQ(ProductIds(), "Accounting, accounting");
}

TEST_F(ProductsTest, AnUnknownProductIsNotFound) {
  service_.NewProduct("accounting", v1::PRODUCT_KIND_LICENSE, "acct-2");
  EXPECT_EQ(Outcome(Get("accounting")), "PRODUCT_NOT_FOUND");
  EXPECT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-11-01", "1")), "PRODUCT_NOT_FOUND");
  EXPECT_EQ(Outcome(service_.Do(UpdateProduct, {{"product_id", "accounting"}, {"display_name", "Regnskap"}})),
            "PRODUCT_NOT_FOUND");
  EXPECT_EQ(Outcome(service_.Do(ListPrices, {{"product_id", "accounting"}})), "PRODUCT_NOT_FOUND");
}

TEST_F(ProductsTest, AnUpdateChangesTheNameAndTheRevision) {
  service_.NewProduct("accounting");
  service_.clock().SetDay("2026-11-02");
  const Fields request = {{"product_id", "accounting"}, {"display_name", "Regnskap pluss"}, {"revision", "1"}};
  const v1::Product updated = service_.Do(UpdateProduct, request).value().product();
  EXPECT_EQ(updated.display_name(), "Regnskap pluss");
  EXPECT_EQ(updated.revision(), 2);
  EXPECT_GT(updated.update_time().seconds(), updated.create_time().seconds());
  EXPECT_EQ(Get("accounting")->DebugString(), updated.DebugString());
  EXPECT_EQ(Outcome(service_.Do(UpdateProduct, request)), "STALE_REVISION");
}

TEST_F(ProductsTest, AnUpdateThatIsOvertakenStartsOver) {
  service_.LeaveOut("every recent change");
  service_.LeaveOut("each recent revision of a product");
  service_.NewProduct("accounting");
  int updates = 0;
  storage::Call call;
  call.account_id = kAccount;
  const auto overtaken =
      service_.database().ReadWriteIdempotent(call, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Product> {
        auto product = storage::GetProduct(tx, "accounting");
        if (++updates == 1) service_.Sql("UPDATE products SET revision = revision + 1");
        if (absl::Status status = storage::UpdateProduct(tx, *product); !status.ok()) return status;
        return product;
      });
  EXPECT_EQ(updates, 2);
  EXPECT_EQ(overtaken->revision(), 3);
}

TEST_F(ProductsTest, ListsGoUpByIdAndByKind) {
  for (const std::string id : {"c", "a", "e"}) service_.NewProduct(id);
  for (const std::string id : {"d", "b"}) service_.NewProduct(id, v1::PRODUCT_KIND_TRANSACTION);
  service_.NewProduct("f", v1::PRODUCT_KIND_LICENSE, "acct-2");
  for (const int page_size : {1, 2, 5, 1000}) {
    EXPECT_EQ(ProductIds(v1::PRODUCT_KIND_UNSPECIFIED, page_size), "a, b, c, d, e");
    EXPECT_EQ(ProductIds(v1::PRODUCT_KIND_LICENSE, page_size), "a, c, e");
    EXPECT_EQ(ProductIds(v1::PRODUCT_KIND_TRANSACTION, page_size), "b, d");
  }
}

TEST_F(ProductsTest, B5PricesAreVersionsListedFromTheLatest) {
  service_.NewProduct("accounting");
  const auto set = service_.SetPriceOf("accounting", "2026-11-01", "423").value();
  EXPECT_EQ(set.price().product_id(), "accounting");
  EXPECT_EQ(set.price().valid_from(), "2026-11-01");
  EXPECT_EQ(set.price().unit_price(), "423.00");
  EXPECT_EQ(set.product().revision(), 1);  // Prices do not change it.
  ASSERT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-11-16", "450.00")), "OK");
  ASSERT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-10-01", "0.1250")), "OK");
  ASSERT_EQ(Outcome(service_.SetPriceOf("accounting", "2027-01-01", "1000000.0000")), "OK");
  ASSERT_EQ(Outcome(service_.SetPriceOf("accounting", "2028-01-01", "0")), "OK");
  for (const int page_size : {1, 2, 5}) {
    EXPECT_EQ(PricesOf("accounting", page_size),
              "2028-01-01 0.00, 2027-01-01 1000000.00, 2026-11-16 450.00, 2026-11-01 423.00, 2026-10-01 0.125");
  }
}

TEST_F(ProductsTest, B5AVersionWithTheSameDayIsReplaced) {
  service_.NewProduct("accounting");
  ASSERT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-11-01", "423.00")), "OK");
  ASSERT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-11-01", "450.00")), "OK");
  ASSERT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-11-01", "450.00")), "OK");
  EXPECT_EQ(PricesOf("accounting"), "2026-11-01 450.00");
}

TEST_F(ProductsTest, B5APriceThatIsInUseNeverChanges) {
  service_.NewProduct("accounting");
  ASSERT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-10-01", "423.00")), "OK");
  PriceUntil("accounting", "2026-11-01");
  EXPECT_EQ(Get("accounting")->priced_until(), "2026-11-01");
  EXPECT_EQ(Get("accounting")->revision(), 1);
  EXPECT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-10-01", "424.00")), "PRICE_IN_USE");
  EXPECT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-10-02", "424.00")), "PRICE_IN_USE");
  const auto in_use = service_.SetPriceOf("accounting", "2026-10-31", "424.00");
  const auto info = DetailOf<google::rpc::ErrorInfo>(in_use.status()).value();
  EXPECT_EQ(info.metadata().at("product_id"), "accounting");
  EXPECT_EQ(info.metadata().at("valid_from"), "2026-10-31");
  EXPECT_EQ(info.metadata().at("priced_until"), "2026-11-01");
  EXPECT_EQ(PricesOf("accounting"), "2026-10-01 423.00");
}

TEST_F(ProductsTest, B5AVersionBeginsWhenNoDocumentHasPricedItsDaysOrBeforeTheFirst) {
  service_.NewProduct("accounting");
  ASSERT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-10-01", "423.00")), "OK");
  PriceUntil("accounting", "2026-11-01");
  EXPECT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-11-01", "450.00")), "OK");
  EXPECT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-09-30", "400.00")), "OK");
  EXPECT_EQ(Outcome(service_.SetPriceOf("accounting", "2026-09-30", "401.00")), "PRICE_IN_USE");
  EXPECT_EQ(PricesOf("accounting"), "2026-11-01 450.00, 2026-10-01 423.00, 2026-09-30 400.00");
}

TEST_F(ProductsTest, ValidateOnlySetsNoPrice) {
  service_.NewProduct("accounting");
  const Fields request = {
      {"product_id", "accounting"}, {"valid_from", "2026-11-01"}, {"unit_price", "423.00"}, {"validate_only", "true"}};
  EXPECT_EQ(service_.Do(SetPrice, request).value().price().unit_price(), "423.00");
  EXPECT_EQ(PricesOf("accounting"), "");
}

}  // namespace
}  // namespace agreements::testing
