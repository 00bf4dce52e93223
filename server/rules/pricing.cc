#include "server/rules/pricing.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/numeric/bits.h"
#include "absl/numeric/int128.h"
#include "absl/strings/str_format.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/money.h"
#include "server/rules/rules.h"

namespace agreements::rules {
namespace {

constexpr int64_t kMaxAmount = 999'999'999'999'999'999;  // Hundredths: 18 digits.

// B5: the version in force on a day; none before the first.
const v1::Price* PriceOn(const std::vector<v1::Price>& prices, absl::CivilDay day) {
  const v1::Price* in_force = nullptr;
  for (const v1::Price& price : prices) {
    if (ParseDay(price.valid_from()) <= day) in_force = &price;
  }
  return in_force;
}

// B5: the days on which the version that begins on `valid_from` is in force.
Days DaysInForce(const std::vector<v1::Price>& prices, absl::CivilDay valid_from) {
  Days days = {.from = valid_from, .until = absl::CivilDay::max()};
  for (const v1::Price& price : prices) {
    const absl::CivilDay other = ParseDay(price.valid_from());
    if (other > valid_from) days.until = std::min(days.until, other);
  }
  return days;
}

// The order of a document's lines.
auto Order(const v1::OrderBasisLine& line) {
  return std::make_tuple(line.kind(), line.original_month(), line.product_id(), line.price_valid_from());
}

// Computes the amount of a line whose units are set.
absl::Status SetAmount(v1::OrderBasisLine& line, absl::string_view agreement_id) {
  const bool license = line.kind() == v1::PRODUCT_KIND_LICENSE;
  const int64_t unit_price = ParseUnitPrice(line.unit_price()).value_or(0);
  const auto amount =
      license ? Amount(line.user_days(), unit_price, line.days_in_month()) : Amount(line.quantity(), unit_price, 1);
  if (!amount) return AmountTooLarge(agreement_id, line.product_id());
  line.set_amount(FormatAmount(*amount));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPeriod(Days days) {
  const Days month = MonthOf(days.from);
  return days.until <= month.until ? absl::OkStatus() : PeriodSpansMonths(days.from, days.until, month.until);
}

std::optional<int64_t> Amount(int64_t units, int64_t unit_price, int64_t parts) {
  // 100 ten-thousandths are a hundredth.
  const absl::int128 divisor = absl::int128(parts) * 100;
  const absl::int128 amount = (absl::int128(units) * unit_price * 2 + divisor) / (divisor * 2);
  if (amount > kMaxAmount) return std::nullopt;
  return static_cast<int64_t>(amount);
}

void Charges::AddUsers(const std::string& product_id, uint32_t mask, int64_t users) {
  const absl::CivilDay first = MonthOf(days_.from).from;
  for (; mask != 0; mask &= mask - 1) units_[product_id][first + absl::countr_zero(mask)] += users;
}

void Charges::AddTransactions(const std::string& product_id, absl::CivilDay day, int64_t quantity) {
  units_[product_id][day] += quantity;
}

absl::StatusOr<std::vector<v1::OrderBasisLine>> Charges::LinesOf(const v1::Product& product,
                                                                 const std::vector<v1::Price>& prices,
                                                                 absl::string_view agreement_id) const {
  std::map<std::pair<std::string, std::string>, v1::OrderBasisLine> lines;  // By original month and price.
  for (const auto& [day, units] : units_.at(product.product_id())) {
    const v1::Price* price = PriceOn(prices, day);
    if (price == nullptr) return PriceMissing(product.product_id(), day);
    // T3: late means before the document.
    const std::string original_month = day < days_.from ? FormatMonth(day) : "";
    v1::OrderBasisLine& line = lines[{original_month, price->valid_from()}];
    line.set_product_id(product.product_id());
    line.set_product_display_name(product.display_name());
    line.set_kind(product.kind());
    line.set_price_valid_from(price->valid_from());
    line.set_unit_price(price->unit_price());
    line.set_original_month(original_month);
    if (product.kind() == v1::PRODUCT_KIND_LICENSE) {
      const Days month = MonthOf(day);
      line.set_user_days(line.user_days() + units);
      line.set_days_in_month(static_cast<int32_t>(month.until - month.from));
    } else {
      line.set_quantity(line.quantity() + units);
    }
  }
  std::vector<v1::OrderBasisLine> result;
  for (auto& [key, line] : lines) {
    if (absl::Status status = SetAmount(line, agreement_id); !status.ok()) return status;
    result.push_back(std::move(line));
  }
  return result;
}

absl::Status SetLines(std::vector<v1::OrderBasisLine> lines, v1::OrderBasis& order_basis) {
  std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return Order(a) < Order(b); });
  int64_t total = 0;
  order_basis.clear_lines();
  for (v1::OrderBasisLine& line : lines) {
    // B9: the total is the sum of the rounded lines. No sum of two such amounts overflows.
    total += ParseAmount(line.amount());
    if (total > kMaxAmount) return AmountTooLarge(order_basis.agreement_id(), "");
    line.set_line_number(order_basis.lines_size() + 1);
    *order_basis.add_lines() = std::move(line);
  }
  order_basis.set_line_count(order_basis.lines_size());
  order_basis.set_total_amount(FormatAmount(total));
  return absl::OkStatus();
}

Days DaysOfLine(const v1::OrderBasis& order_basis, const v1::OrderBasisLine& line,
                const std::vector<v1::Price>& prices) {
  const Days in_force = DaysInForce(prices, ParseDay(line.price_valid_from()));
  const Days document = {.from = ParseDay(order_basis.from_day()), .until = ParseDay(order_basis.until_day())};
  if (line.original_month().empty()) return Intersection(in_force, document);
  const Days late = {.from = absl::CivilDay::min(), .until = document.from};
  return Intersection(Intersection(in_force, MonthOf(ParseDay(line.original_month() + "-01"))), late);
}

}  // namespace agreements::rules
