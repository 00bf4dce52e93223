#include "storage/prices.h"

#include "proto/money.h"

namespace agreements::storage {
namespace {

const Statement kUpsertPrice = {"upsert_price", R"sql(
  INSERT INTO prices (account_id, product_id, valid_from, unit_price)
  VALUES (?, ?, ?, ?)
  ON DUPLICATE KEY UPDATE unit_price = ?
)sql"};

const Statement kListPrices = {"list_prices", R"sql(
  SELECT product_id, valid_from, unit_price
  FROM prices
  WHERE account_id = ? AND product_id = ?
    AND valid_from < ?
  ORDER BY valid_from DESC
  LIMIT ?
)sql"};

const Statement kListAllPrices = {"list_all_prices", R"sql(
  SELECT product_id, valid_from, unit_price
  FROM prices
  WHERE account_id = ? AND product_id = ?
  ORDER BY valid_from
)sql"};

v1::Price ReadPrice(const Row& row) {
  v1::Price price;
  price.set_product_id(row.GetString(1));
  price.set_valid_from(row.GetString(2));
  price.set_unit_price(FormatUnitPrice(row.GetInt64(3)));
  return price;
}

}  // namespace

absl::Status UpsertPrice(Transaction& tx, absl::string_view account_id, const v1::Price& price) {
  const int64_t unit_price = ParseUnitPrice(price.unit_price()).value();
  return tx.Execute(kUpsertPrice, {account_id, price.product_id(), price.valid_from(), unit_price, unit_price})
      .status();
}

absl::StatusOr<std::vector<v1::Price>> ListPrices(ReadTransaction& tx, absl::string_view account_id,
                                                  absl::string_view product_id, absl::string_view before_day,
                                                  int limit) {
  return tx.Query(kListPrices, {account_id, product_id, before_day, limit}, ReadPrice);
}

absl::StatusOr<std::vector<v1::Price>> ListAllPrices(ReadTransaction& tx, absl::string_view account_id,
                                                     absl::string_view product_id) {
  return tx.Query(kListAllPrices, {account_id, product_id}, ReadPrice);
}

}  // namespace agreements::storage
