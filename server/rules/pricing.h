// What an order basis charges: makes lines of counted days, transactions and prices (domain.md B3 to B9, T3). Pure.
#ifndef AGREEMENTS_SERVER_RULES_PRICING_H_
#define AGREEMENTS_SERVER_RULES_PRICING_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/order_basis.pb.h"
#include "agreements/v1/product.pb.h"
#include "proto/days.h"

namespace agreements::rules {

// INVALID_ARGUMENT PERIOD_SPANS_MONTHS unless the days are in one month.
absl::Status CheckPeriod(Days days);

// B4: units * unit_price / parts, rounded once, half away from zero, from ten-thousandths to hundredths. Nothing if
// that has more than 18 digits. REQUIRES: nothing is negative, parts > 0.
std::optional<int64_t> Amount(int64_t units, int64_t unit_price, int64_t parts);

// What one order basis counts: users or pieces, by product and day.
class Charges {
 public:
  // For an order basis of these days of one month.
  explicit Charges(Days days) : days_(days) {}

  // B3: `users` users of a product count on the days of `mask`, whose bit 0 is the first of the month.
  void AddUsers(const std::string& product_id, uint32_t mask, int64_t users);

  // T3: `quantity` pieces on a day. They are late if the day is before the order basis.
  void AddTransactions(const std::string& product_id, absl::CivilDay day, int64_t quantity);

  // By product and day; none is 0.
  const std::map<std::string, std::map<absl::CivilDay, int64_t>>& units() const { return units_; }

  // The lines of one product, without their numbers. `prices` are all versions of its price, ascending.
  //
  // FAILED_PRECONDITION PRICE_MISSING, AMOUNT_TOO_LARGE.
  absl::StatusOr<std::vector<v1::OrderBasisLine>> LinesOf(const v1::Product& product,
                                                          const std::vector<v1::Price>& prices,
                                                          absl::string_view agreement_id) const;

 private:
  const Days days_;
  std::map<std::string, std::map<absl::CivilDay, int64_t>> units_;
};

// Sorts the lines of all products into the order of a document, numbers them, and puts them and their total into
// `order_basis`. FAILED_PRECONDITION AMOUNT_TOO_LARGE.
absl::Status SetLines(std::vector<v1::OrderBasisLine> lines, v1::OrderBasis& order_basis);

// O7: the days on which a line's users or transactions counted. `prices` are all versions of its product's price,
// ascending.
Days DaysOfLine(const v1::OrderBasis& order_basis, const v1::OrderBasisLine& line,
                const std::vector<v1::Price>& prices);

}  // namespace agreements::rules

#endif  // AGREEMENTS_SERVER_RULES_PRICING_H_
