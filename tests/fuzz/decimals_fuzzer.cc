// Unit prices as callers write them, compared with a reading digit by digit; amounts as we write them.
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "proto/money.h"
#include "tests/fuzz/require.h"

namespace agreements::testing {
namespace {

constexpr int64_t kAmounts = 1'000'000'000'000'000'000;  // Of 18 digits.

// As many digits as there are, at most `most`; moves `text` behind them. Nothing if there is none, or one too many.
std::optional<int64_t> Digits(const char*& text, const char* end, int most, int& count) {
  int64_t number = 0;
  for (count = 0; text != end && *text >= '0' && *text <= '9'; ++text) {
    if (++count > most) return std::nullopt;
    number = number * 10 + (*text - '0');
  }
  if (count == 0) return std::nullopt;
  return number;
}

std::optional<int64_t> Slowly(const std::string& price) {
  const char* text = price.data();
  const char* const end = text + price.size();
  int count = 0;
  const std::optional<int64_t> whole = Digits(text, end, 7, count);
  if (!whole) return std::nullopt;
  int64_t ten_thousandths = *whole * 10'000;
  if (text != end) {
    if (*text++ != '.') return std::nullopt;
    const std::optional<int64_t> decimals = Digits(text, end, 4, count);
    if (!decimals || text != end) return std::nullopt;
    int64_t part = *decimals;
    for (; count < 4; ++count) part *= 10;
    ten_thousandths += part;
  }
  return ten_thousandths <= kMaxUnitPrice ? std::optional(ten_thousandths) : std::nullopt;
}

void Handle(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::optional<int64_t> price = ParseUnitPrice(text);
  Require(price == Slowly(text), "a price is read as digit by digit");
  if (price) Require(ParseUnitPrice(FormatUnitPrice(*price)) == price, "a price survives being written");

  int64_t number = 0;
  std::memcpy(&number, data, std::min(size, sizeof(number)));
  const int64_t amount = (number & INT64_MAX) % kAmounts;
  Require(ParseAmount(FormatAmount(amount)) == amount, "an amount survives being written");
}

}  // namespace
}  // namespace agreements::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  agreements::testing::Handle(data, size);
  return 0;
}
