#include "storage/prices.h"

namespace agreements::storage {
namespace {

const Statement kUpsertPrice = {"upsert_price", R"sql(
  INSERT INTO prices (account_id, product_id, valid_from, unit_price)
  VALUES (?, ?, ?, ?)
  ON DUPLICATE KEY UPDATE unit_price = ?
)sql"};

const Statement kListPrices = {"list_prices", R"sql(
  SELECT valid_from, unit_price
  FROM prices
  WHERE account_id = ? AND product_id = ?
    AND valid_from < ?
  ORDER BY valid_from DESC
  LIMIT ?
)sql"};

const Statement kListAllPrices = {"list_all_prices", R"sql(
  SELECT valid_from, unit_price
  FROM prices
  WHERE account_id = ? AND product_id = ?
  ORDER BY valid_from
)sql"};

PriceVersion ReadPrice(const Row& row) { return {.valid_from = row.GetDay(1), .unit_price = row.GetInt64(2)}; }

}  // namespace

absl::Status UpsertPrice(Transaction& tx, absl::string_view account_id, absl::string_view product_id,
                         const PriceVersion& price) {
  return tx.Execute(kUpsertPrice, {account_id, product_id, price.valid_from, price.unit_price, price.unit_price})
      .status();
}

absl::StatusOr<std::vector<PriceVersion>> ListPrices(ReadTransaction& tx, absl::string_view account_id,
                                                     absl::string_view product_id, absl::string_view before_day,
                                                     int limit) {
  return tx.Query(kListPrices, {account_id, product_id, before_day, limit}, ReadPrice);
}

absl::StatusOr<std::vector<PriceVersion>> ListAllPrices(ReadTransaction& tx, absl::string_view account_id,
                                                        absl::string_view product_id) {
  return tx.Query(kListAllPrices, {account_id, product_id}, ReadPrice);
}

}  // namespace agreements::storage
