#include "server/rules/rules.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"

namespace agreements::rules {

bool IsOrganizationNumber(absl::string_view text) {
  constexpr std::array kWeights = {3, 2, 7, 6, 5, 4, 3, 2};
  if (text.size() != kWeights.size() + 1) return false;
  if (!std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) return false;
  if (text[0] != '8' && text[0] != '9') return false;
  int sum = 0;
  for (size_t i = 0; i < kWeights.size(); ++i) sum += kWeights[i] * (text[i] - '0');
  // A remainder of 0 gives 0. 10 is no digit, so such numbers do not exist.
  const int check_digit = (11 - sum % 11) % 11;
  return text[kWeights.size()] - '0' == check_digit;
}

std::vector<std::string> MissingFields(const v1::CompanyDraft& draft) {
  std::vector<std::string> missing;
  if (draft.display_name().empty()) missing.emplace_back("display_name");
  return missing;
}

absl::CivilDay DayOf(absl::Time instant, absl::TimeZone time_zone) { return absl::ToCivilDay(instant, time_zone); }

bool IsInServedYears(absl::CivilDay day) { return day.year() >= 2000 && day.year() <= 2999; }

absl::CivilDay FirstDay(absl::CivilDay today, std::initializer_list<absl::CivilDay> settled_until,
                        absl::CivilDay replaced_from) {
  return std::max({today, std::max(settled_until), replaced_from});
}

absl::CivilDay LastDay(absl::CivilDay today, absl::CivilDay settled_until, absl::CivilDay from) {
  return std::max({today, settled_until - 1, from});
}

}  // namespace agreements::rules
