#include "proto/money.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace agreements {
namespace {

constexpr size_t kDecimals = 4;
constexpr size_t kMaxDigits = 7;
constexpr int64_t kTenThousand = 10'000;

bool AreDigits(absl::string_view text, size_t most) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

std::optional<int64_t> ParseUnitPrice(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  if (parts.size() > 2 || !AreDigits(parts[0], kMaxDigits)) return std::nullopt;
  std::string decimals = parts.size() == 2 ? parts[1] : "0";
  if (!AreDigits(decimals, kDecimals)) return std::nullopt;
  decimals.resize(kDecimals, '0');
  int64_t price = 0;
  if (!absl::SimpleAtoi(parts[0] + decimals, &price) || price > kMaxUnitPrice) return std::nullopt;
  return price;
}

std::string FormatUnitPrice(int64_t ten_thousandths) {
  std::string text = absl::StrFormat("%d.%04d", ten_thousandths / kTenThousand, ten_thousandths % kTenThousand);
  for (int i = 0; i < 2 && text.back() == '0'; ++i) text.pop_back();
  return text;
}

std::string FormatAmount(int64_t hundredths) { return absl::StrFormat("%d.%02d", hundredths / 100, hundredths % 100); }

int64_t ParseAmount(absl::string_view text) {
  int64_t hundredths = 0;
  return absl::SimpleAtoi(absl::StrReplaceAll(text, {{".", ""}}), &hundredths) ? hundredths : 0;
}

}  // namespace agreements
