// The table `settings`: facts about a schema that every server must share.
#ifndef AGREEMENTS_STORAGE_TABLES_SETTINGS_H_
#define AGREEMENTS_STORAGE_TABLES_SETTINGS_H_

#include <string>

#include "absl/status/status.h"
#include "storage/connection/session.h"

namespace agreements::storage {

struct Settings {
  std::string time_zone;  // Of all days (domain.md D1), e.g. "Europe/Oslo".
  std::string currency;   // Of all prices and amounts, ISO 4217, e.g. "NOK".
};

// Records the settings that are not recorded yet. FAILED_PRECONDITION if a recorded one differs.
absl::Status RecordSettings(Session& session, const Settings& settings);

// FAILED_PRECONDITION if a recorded setting differs or is missing.
absl::Status CheckSettings(Session& session, const Settings& settings);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_SETTINGS_H_
