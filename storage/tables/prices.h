// The table `prices`: the versions of each product's price (domain.md B5).
#ifndef AGREEMENTS_STORAGE_TABLES_PRICES_H_
#define AGREEMENTS_STORAGE_TABLES_PRICES_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agreements/v1/product.pb.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// Inserts a version, or replaces the one with the same valid_from and `old_unit_price`, which is empty if there is
// none. REQUIRES: the product is locked, and no order basis has priced a day on which the version is in force.
absl::Status UpsertPrice(Transaction& tx, const v1::Price& price, absl::string_view old_unit_price);

// At most `limit` versions with a valid_from before `before_day`, from the latest down. NOT_FOUND
// PRODUCT_NOT_FOUND.
absl::StatusOr<std::vector<v1::Price>> ListPrices(ReadTransaction& tx, absl::string_view product_id,
                                                  absl::string_view before_day, int limit);

// A product with every version of its price, in ascending order of valid_from.
struct PricedProduct {
  v1::Product product;
  std::vector<v1::Price> prices;
};

using PricedProducts = std::map<std::string, PricedProduct>;  // By product_id.

// Read products and prices at one moment. NOT_FOUND PRODUCT_NOT_FOUND.
absl::StatusOr<PricedProducts> GetPricedProducts(ReadTransaction& tx, const std::set<std::string>& product_ids);
absl::StatusOr<PricedProduct> GetPricedProduct(ReadTransaction& tx, absl::string_view product_id);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_PRICES_H_
