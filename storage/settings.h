// The table `settings`: facts about a schema that every server must agree with.
#ifndef AGREEMENTS_STORAGE_SETTINGS_H_
#define AGREEMENTS_STORAGE_SETTINGS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/statement.h"

namespace agreements::storage {

// Records the time zone by which this schema's days are computed (domain.md D1), e.g. "Europe/Oslo", unless one is
// recorded. FAILED_PRECONDITION if it is another one.
absl::Status RecordTimeZone(Session& session, absl::string_view time_zone);

// FAILED_PRECONDITION if the recorded time zone is another one or missing.
absl::Status CheckTimeZone(Session& session, absl::string_view time_zone);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_SETTINGS_H_
