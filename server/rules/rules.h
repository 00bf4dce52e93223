// The rules of the domain that need nothing but their arguments. Each is named after what it decides and carries its
// number. Thread-safe.
#ifndef AGREEMENTS_SERVER_RULES_RULES_H_
#define AGREEMENTS_SERVER_RULES_RULES_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/v1/company.pb.h"
#include "proto/errors.h"

namespace agreements::rules {

// C1: nine digits, the first 8 or 9, the last a modulus-11 check digit.
bool IsOrganizationNumber(absl::string_view text);

// C2: the fields that a draft lacks to become a company.
std::vector<std::string> MissingFields(const v1::CompanyDraft& draft);

// D1: the day of an instant in the service's time zone.
absl::CivilDay DayOf(absl::Time instant, absl::TimeZone time_zone);

// Whether the year is one of 2000 to 2999. Requests may name only such days, and clocks may show only such days.
bool IsInServedYears(absl::CivilDay day);

// D2: the first day of what begins now. No agreement that it touches has settled that day, and it is not before
// `replaced_from`, where what it replaces began.
absl::CivilDay FirstDay(absl::CivilDay today, std::initializer_list<absl::CivilDay> settled_until,
                        absl::CivilDay replaced_from = absl::CivilDay::min());

// D2: the last day of what ends now and began on `from`: today, or the last settled day if that is later.
absl::CivilDay LastDay(absl::CivilDay today, absl::CivilDay settled_until, absl::CivilDay from);

// ABORTED STALE_REVISION if the request is meant for another revision than the current one.
template <typename Request>
absl::Status CheckRevision(const Request& request, absl::string_view resource_id, int64_t current) {
  if (!request.has_revision() || request.revision() == current) return absl::OkStatus();
  return StaleRevision(resource_id, request.revision(), current);
}

}  // namespace agreements::rules

#endif  // AGREEMENTS_SERVER_RULES_RULES_H_
