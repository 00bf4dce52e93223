// The price list: domain.md B5.
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/money.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "server/rules/rules.h"
#include "storage/tables/prices.h"
#include "storage/tables/products.h"

namespace agreements {
namespace {

using storage::GatheredRead;
using storage::ReadTransaction;
using storage::Transaction;

constexpr char kBeforeAllIds[] = "";

// B5: a new version begins where no order basis has priced the days, or before the first version. REQUIRES: the product
// is locked.
absl::Status CheckNotInUse(const storage::PricedProduct& priced, const std::string& valid_from) {
  const v1::Product& product = priced.product;
  // ISO 8601 days compare as texts.
  if (product.priced_until().empty() || valid_from >= product.priced_until()) return absl::OkStatus();
  if (priced.prices.empty() || valid_from < priced.prices.front().valid_from()) return absl::OkStatus();
  return PriceInUse(product.product_id(), valid_from, product.priced_until());
}

// The price of the version from `valid_from` on, or "" if there is none.
std::string UnitPriceFrom(const storage::PricedProduct& priced, const std::string& valid_from) {
  for (const v1::Price& price : priced.prices) {
    if (price.valid_from() == valid_from) return price.unit_price();
  }
  return "";
}

}  // namespace

absl::StatusOr<v1::CreateProductResponse> CreateProduct(Transaction& tx, const Clock& clock,
                                                        const v1::CreateProductRequest& request) {
  v1::CreateProductResponse response;
  auto& product = *response.mutable_product();
  product.set_product_id(request.product_id());
  product.set_display_name(request.display_name());
  product.set_kind(request.kind());
  product.set_revision(1);
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  *product.mutable_create_time() = ToTimestamp(now.time);
  *product.mutable_update_time() = product.create_time();
  RETURN_IF_ERROR(storage::InsertProduct(tx, product));
  return response;
}

absl::StatusOr<v1::UpdateProductResponse> UpdateProduct(Transaction& tx, const Clock& clock,
                                                        const v1::UpdateProductRequest& request) {
  v1::UpdateProductResponse response;
  auto& product = *response.mutable_product();
  ASSIGN_OR_RETURN(product, storage::GetProduct(tx, request.product_id()));
  RETURN_IF_ERROR(rules::CheckRevision(request, request.product_id(), product.revision()));
  product.set_display_name(request.display_name());
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  *product.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateProduct(tx, product));
  return response;
}

absl::StatusOr<v1::SetPriceResponse> SetPrice(Transaction& tx, const v1::SetPriceRequest& request) {
  v1::SetPriceResponse response;
  RETURN_IF_ERROR(storage::LockProduct(tx, request.product_id()));
  ASSIGN_OR_RETURN(const storage::PricedProduct priced, storage::GetPricedProduct(tx, request.product_id()));
  RETURN_IF_ERROR(CheckNotInUse(priced, request.valid_from()));
  *response.mutable_product() = priced.product;
  v1::Price& price = *response.mutable_price();
  price.set_product_id(request.product_id());
  price.set_valid_from(request.valid_from());
  price.set_unit_price(FormatUnitPrice(ParseUnitPrice(request.unit_price()).value()));
  RETURN_IF_ERROR(storage::UpsertPrice(tx, price, UnitPriceFrom(priced, request.valid_from())));
  return response;
}

absl::StatusOr<v1::GetProductResponse> GetProduct(GatheredRead& read, const v1::GetProductRequest& request) {
  v1::GetProductResponse response;
  ASSIGN_OR_RETURN(*response.mutable_product(), storage::GetProduct(read, request.product_id()));
  return response;
}

absl::StatusOr<v1::ListProductsResponse> ListProducts(ReadTransaction& tx, const v1::ListProductsRequest& request) {
  ASSIGN_OR_RETURN(const std::string after_id, PageKey(request, kBeforeAllIds));
  ASSIGN_OR_RETURN(auto products, storage::ListProducts(tx, request, after_id, PageSize(request) + 1));
  v1::ListProductsResponse response;
  response.set_next_page_token(FillPage(request, std::move(products), *response.mutable_products(),
                                        [](const v1::Product& product) { return product.product_id(); }));
  return response;
}

absl::StatusOr<v1::ListPricesResponse> ListPrices(ReadTransaction& tx, const v1::ListPricesRequest& request) {
  ASSIGN_OR_RETURN(const std::string before_day, PageKey(request, kAfterAllDays));
  ASSIGN_OR_RETURN(auto prices, storage::ListPrices(tx, request.product_id(), before_day, PageSize(request) + 1));
  v1::ListPricesResponse response;
  response.set_next_page_token(FillPage(request, std::move(prices), *response.mutable_prices(),
                                        [](const v1::Price& price) { return price.valid_from(); }));
  return response;
}

}  // namespace agreements
