#include "client/cli/export/order_numbers.h"

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "proto/id_prefixes.h"
#include "proto/sha256.h"

namespace agreements::cli {
namespace {

constexpr absl::string_view kCrockford = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr size_t kTimeDigits = 9;  // Of base 32: milliseconds since 1970. The rest is random.

constexpr int64_t kMillisecondsIn2020 = 1'577'836'800'000;  // 2020-01-01T00:00:00Z, since 1970.
constexpr int64_t kMillisecondsLimit = 1'000'000'000'000;   // Twelve digits.
constexpr int64_t kRandomLimit = 1'000;                     // Three digits.

constexpr int64_t kFirstShort = 100'000'000;
constexpr int64_t kShortLimit = 1'000'000'000;
constexpr size_t kHashDigits = 15;  // Of base 16: they fit int64_t.

absl::Status NotAnId(absl::string_view id) {
  return absl::InvalidArgumentError(absl::StrCat("'", id, "' is not the id of an order basis"));
}

std::optional<int64_t> Number(absl::string_view digits) {
  int64_t number = 0;
  for (const char digit : digits) {
    const size_t value = kCrockford.find(digit);
    if (value == absl::string_view::npos) return std::nullopt;
    number = number * static_cast<int64_t>(kCrockford.size()) + static_cast<int64_t>(value);
  }
  return number;
}

struct IdParts {
  int64_t time = 0;
  int64_t random = 0;
};

std::optional<IdParts> Parts(absl::string_view id) {
  if (id.size() != kIdLength || !absl::ConsumePrefix(&id, kOrderBasisPrefix)) return std::nullopt;
  const std::optional<int64_t> time = Number(id.substr(0, kTimeDigits));
  const std::optional<int64_t> random = Number(id.substr(kTimeDigits));
  if (!time || !random) return std::nullopt;
  return IdParts{.time = *time, .random = *random};
}

}  // namespace

absl::StatusOr<std::string> OrderNumber(absl::string_view order_basis_id) {
  const std::optional<IdParts> id = Parts(order_basis_id);
  if (!id) return NotAnId(order_basis_id);
  const int64_t milliseconds = id->time - kMillisecondsIn2020;
  if (milliseconds < 0 || milliseconds >= kMillisecondsLimit) {
    return absl::InvalidArgumentError(
        absl::StrCat(order_basis_id, " was made before 2020 or after 2051: there are no order numbers for that time"));
  }
  return absl::StrCat(milliseconds * kRandomLimit + id->random % kRandomLimit);
}

absl::StatusOr<std::string> ShortOrderNumber(absl::string_view order_basis_id) {
  if (!Parts(order_basis_id)) return NotAnId(order_basis_id);
  int64_t hash = 0;
  for (const char digit : Sha256Hex(order_basis_id).substr(0, kHashDigits)) {
    hash = hash * 16 + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }
  return absl::StrCat(kFirstShort + hash % (kShortLimit - kFirstShort));
}

}  // namespace agreements::cli
