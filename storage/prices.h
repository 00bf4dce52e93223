// The table `prices`: the versions of each product's price (domain.md B5).
#ifndef AGREEMENTS_STORAGE_PRICES_H_
#define AGREEMENTS_STORAGE_PRICES_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "storage/database.h"

namespace agreements::storage {

// A version of a product's price as it is stored, for v1::Price has a decimal: in force from `valid_from` to the day
// before the next one.
struct PriceVersion {
  absl::CivilDay valid_from;
  int64_t unit_price;  // In ten-thousandths of the currency: 423.00 is 4230000.
};

// Replaces the version with the same valid_from. REQUIRES: the product is locked, and no order basis has priced a day
// for which the version is in force.
absl::Status UpsertPrice(Transaction& tx, absl::string_view account_id, absl::string_view product_id,
                         const PriceVersion& price);

// At most `limit` versions, from the latest down, with a valid_from before `before_day`.
absl::StatusOr<std::vector<PriceVersion>> ListPrices(ReadTransaction& tx, absl::string_view account_id,
                                                     absl::string_view product_id, absl::string_view before_day,
                                                     int limit);

// Every version, in ascending order of valid_from.
absl::StatusOr<std::vector<PriceVersion>> ListAllPrices(ReadTransaction& tx, absl::string_view account_id,
                                                        absl::string_view product_id);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_PRICES_H_
