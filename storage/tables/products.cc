#include "storage/tables/products.h"

#include "proto/errors.h"
#include "proto/status_macros.h"
#include "storage/tables/columns.h"

namespace agreements::storage {
namespace {

const Statement kInsertProduct = {"insert_product", R"sql(
  INSERT INTO products (account_id, product_id, display_name, kind, priced_until, guard, revision, create_time,
                        update_time)
  VALUES (?, ?, ?, ?, NULL, 0, ?, ?, ?)
)sql"};

const PointSelect kGetProduct = {"get_product", "products AS p", {"p.account_id", "p.product_id"}, kProductColumns};

// Kind 0 lets everything through.
const Statement kListProducts = {"list_products", {{"{columns}", kProductColumns}}, R"sql(
  SELECT {columns}
  FROM products AS p
  WHERE p.account_id = ?
    AND p.product_id > ?
    AND (? = 0 OR p.kind = ?)
  ORDER BY p.product_id
  LIMIT ?
)sql"};

const Statement kUpdateProduct = {"update_product", R"sql(
  UPDATE products
  SET display_name = ?,
      update_time = ?,
      revision = revision + 1
  WHERE account_id = ? AND product_id = ?
    AND revision = ?
)sql"};

const Statement kLockProduct = {"lock_product", R"sql(
  UPDATE products
  SET guard = guard + 1
  WHERE account_id = ? AND product_id = ?
)sql"};

const Statement kLockPricedProduct = {"lock_priced_product", R"sql(
  UPDATE products
  SET priced_until = IF(priced_until > ?, priced_until, ?),
      guard = guard + 1
  WHERE account_id = ? AND product_id = ?
)sql"};

}  // namespace

v1::Product ReadProduct(const Row& row) {
  v1::Product product;
  product.set_product_id(row.GetString(1));
  product.set_display_name(row.GetString(2));
  product.set_kind(static_cast<v1::ProductKind>(row.GetInt64(3)));
  product.set_priced_until(row.GetString(4));
  product.set_revision(row.GetInt64(5));
  *product.mutable_create_time() = row.GetTimestamp(6);
  *product.mutable_update_time() = row.GetTimestamp(7);
  return product;
}

absl::Status InsertProduct(Transaction& tx, const v1::Product& product) {
  absl::Status inserted = tx.Execute(kInsertProduct, {tx.account_id(), product.product_id(), product.display_name(),
                                                      static_cast<int>(product.kind()), product.revision(),
                                                      ToValue(product.create_time()), ToValue(product.update_time())})
                              .status();
  if (IsDuplicate(inserted, kPrimaryKey)) return ProductIdTaken(product.product_id());
  tx.trail().Changed(product);
  return inserted;
}

absl::StatusOr<v1::Product> GetProduct(PointReader& tx, absl::string_view product_id) {
  ASSIGN_OR_RETURN(std::optional<v1::Product> product, tx.Get(kGetProduct, {product_id}, ReadProduct));
  if (!product) return ProductNotFound(product_id);
  return *std::move(product);
}

absl::StatusOr<std::vector<v1::Product>> ListProducts(ReadTransaction& tx, const v1::ListProductsRequest& request,
                                                      absl::string_view after_id, int limit) {
  const auto kind = static_cast<int>(request.kind());
  return tx.Query(kListProducts, {tx.account_id(), after_id, kind, kind, limit}, ReadProduct);
}

absl::Status UpdateProduct(Transaction& tx, v1::Product& product) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kUpdateProduct, {product.display_name(), ToValue(product.update_time()), tx.account_id(),
                                               product.product_id(), product.revision()}));
  if (changed == 0) return StartOver();
  product.set_revision(product.revision() + 1);
  tx.trail().Changed(product);
  return absl::OkStatus();
}

absl::Status LockProduct(Transaction& tx, absl::string_view product_id) {
  tx.trail().Touched(v1::RESOURCE_KIND_PRODUCT, product_id);
  return tx.Execute(kLockProduct, {tx.account_id(), product_id}).status();
}

absl::Status LockPricedProduct(Transaction& tx, absl::string_view product_id, absl::CivilDay priced_until) {
  return tx.Execute(kLockPricedProduct, {priced_until, priced_until, tx.account_id(), product_id}).status();
}

}  // namespace agreements::storage
