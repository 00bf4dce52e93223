// Money as the API writes it: a decimal in the deployment's currency, without VAT. Inside it is a whole number, of
// ten-thousandths for unit prices and of hundredths (øre) for amounts, never floating point (domain.md B9). Pure.
#ifndef AGREEMENTS_PROTO_MONEY_H_
#define AGREEMENTS_PROTO_MONEY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace agreements {

inline constexpr int64_t kMaxUnitPrice = 1'000'000'0000;  // 1,000,000.0000

// The ten-thousandths of a unit price: digits, at most seven before the point and four after it, at most kMaxUnitPrice.
// Nothing if `text` is no unit price.
std::optional<int64_t> ParseUnitPrice(absl::string_view text);

// With at least two decimals, and more only where they are needed: "423.00", "0.125".
std::string FormatUnitPrice(int64_t ten_thousandths);

// "573.10".
std::string FormatAmount(int64_t hundredths);

// The hundredths of an amount that FormatAmount() has written.
int64_t ParseAmount(absl::string_view text);

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_MONEY_H_
