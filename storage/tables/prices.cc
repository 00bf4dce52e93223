#include "storage/tables/prices.h"

#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/money.h"
#include "proto/status_macros.h"
#include "storage/connection/row_list.h"
#include "storage/tables/products.h"

namespace agreements::storage {
namespace {

const Statement kUpsertPrice = {"upsert_price", R"sql(
  INSERT INTO prices (account_id, product_id, valid_from, unit_price)
  VALUES (?, ?, ?, ?)
  ON DUPLICATE KEY UPDATE unit_price = ?
)sql"};

// A row without valid_from if there is such a product, and no such version.
const Statement kListPrices = {"list_prices", R"sql(
  SELECT p.product_id, v.valid_from, v.unit_price
  FROM products AS p
  LEFT JOIN prices AS v
    ON v.account_id = p.account_id AND v.product_id = p.product_id
    AND v.valid_from < ?
  WHERE p.account_id = ? AND p.product_id = ?
  ORDER BY v.valid_from DESC
  LIMIT ?
)sql"};

const Statement kGetPricedProducts = {"get_priced_products", {{"{product}", kProductColumns}}, R"sql(
  SELECT {product}, v.valid_from, v.unit_price
  FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
         product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]')) AS wanted
  STRAIGHT_JOIN products AS p
    ON p.account_id = ? AND p.product_id = wanted.product_id
  LEFT JOIN prices AS v
    ON v.account_id = p.account_id AND v.product_id = p.product_id
  ORDER BY p.product_id, v.valid_from
)sql"};

v1::Price ReadPrice(const Row& row) {
  v1::Price price;
  price.set_product_id(row.GetString(1));
  price.set_valid_from(row.GetString(2));
  price.set_unit_price(FormatUnitPrice(row.GetInt64(3)));
  return price;
}

// The product, with the row's version if the product has any.
PricedProduct ReadPricedProduct(const Row& row) {
  PricedProduct priced = {.product = ReadProduct(row), .prices = {}};
  if (row.IsNull(8)) return priced;
  v1::Price& price = priced.prices.emplace_back();
  price.set_product_id(priced.product.product_id());
  price.set_valid_from(row.GetString(8));
  price.set_unit_price(FormatUnitPrice(row.GetInt64(9)));
  return priced;
}

}  // namespace

absl::Status UpsertPrice(Transaction& tx, const v1::Price& price, absl::string_view old_unit_price) {
  const int64_t unit_price = ParseUnitPrice(price.unit_price()).value();
  tx.trail().Noted(v1::RESOURCE_KIND_PRODUCT, price.product_id(), absl::StrCat("unit_price[", price.valid_from(), "]"),
                   std::string(old_unit_price), price.unit_price());
  return tx.Execute(kUpsertPrice, {tx.account_id(), price.product_id(), price.valid_from(), unit_price, unit_price})
      .status();
}

absl::StatusOr<std::vector<v1::Price>> ListPrices(ReadTransaction& tx, absl::string_view product_id,
                                                  absl::string_view before_day, int limit) {
  ASSIGN_OR_RETURN(std::vector<v1::Price> prices,
                   tx.Query(kListPrices, {before_day, tx.account_id(), product_id, limit}, ReadPrice));
  if (prices.empty()) return ProductNotFound(product_id);
  if (prices.front().valid_from().empty()) prices.clear();
  return prices;
}

absl::StatusOr<PricedProducts> GetPricedProducts(ReadTransaction& tx, const std::set<std::string>& product_ids) {
  PricedProducts products;
  if (product_ids.empty()) return products;
  RowList wanted;
  for (const std::string& id : product_ids) wanted.Add(id);
  ASSIGN_OR_RETURN(auto versions,
                   tx.Query(kGetPricedProducts, {std::move(wanted).Json(), tx.account_id()}, ReadPricedProduct));
  for (PricedProduct& version : versions) {
    const std::string id = version.product.product_id();
    const auto [product, is_first] = products.try_emplace(id, std::move(version));
    if (!is_first) product->second.prices.push_back(std::move(version.prices.front()));
  }
  for (const std::string& id : product_ids) {
    if (products.count(id) == 0) return ProductNotFound(id);
  }
  return products;
}

absl::StatusOr<PricedProduct> GetPricedProduct(ReadTransaction& tx, absl::string_view product_id) {
  ASSIGN_OR_RETURN(PricedProducts products, GetPricedProducts(tx, {std::string(product_id)}));
  return std::move(products.begin()->second);
}

}  // namespace agreements::storage
