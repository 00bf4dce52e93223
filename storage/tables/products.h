// The table `products`: the price list without its prices.
#ifndef AGREEMENTS_STORAGE_TABLES_PRODUCTS_H_
#define AGREEMENTS_STORAGE_TABLES_PRODUCTS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/product.pb.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// ALREADY_EXISTS PRODUCT_ID_TAKEN.
absl::Status InsertProduct(Transaction& tx, const v1::Product& product);

// NOT_FOUND PRODUCT_NOT_FOUND.
absl::StatusOr<v1::Product> GetProduct(PointReader& tx, absl::string_view product_id);

// At most `limit` products that pass the request's filters, in ascending order of ids, with ids above `after_id`.
absl::StatusOr<std::vector<v1::Product>> ListProducts(ReadTransaction& tx, const v1::ListProductsRequest& request,
                                                      absl::string_view after_id, int limit);

// The columns that ReadProduct reads, of `products AS p`. They come first in the row.
inline constexpr char kProductColumns[] =
    "p.product_id, p.display_name, p.kind, p.priced_until, p.revision, p.create_time, p.update_time";

v1::Product ReadProduct(const Row& row);

// Writes name and update_time over the revision that `product` was read with, and raises it there too. Starts over if
// another transaction was faster.
absl::Status UpdateProduct(Transaction& tx, v1::Product& product);

// Locks a product until the transaction ends, if it exists. Its revision does not change. A transaction that sets or
// uses a price calls this or LockPricedProduct first, so that neither overlooks the other. Lock products after
// agreements and before companies, several products in ascending order of their ids.
absl::Status LockProduct(Transaction& tx, absl::string_view product_id);

// Locks a product for an order basis that prices days before `priced_until`, and moves the product's priced_until there
// unless it is later already. The prices of those days no longer change. Does not tell the trail: that is for the entry
// of each order basis.
absl::Status LockPricedProduct(Transaction& tx, absl::string_view product_id, absl::CivilDay priced_until);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_PRODUCTS_H_
