// The table `settings`: facts about a schema that every server must agree with.
#ifndef AGREEMENTS_STORAGE_TABLES_SETTINGS_H_
#define AGREEMENTS_STORAGE_TABLES_SETTINGS_H_

#include <string>

#include "absl/status/status.h"
#include "storage/connection/statement.h"

namespace agreements::storage {

struct Settings {
  std::string time_zone;  // By which days are computed (domain.md D1), e.g. "Europe/Oslo".
  std::string currency;   // In which all prices and amounts are, ISO 4217, e.g. "NOK".
};

// Records the settings of this schema, each unless it is recorded. FAILED_PRECONDITION if one of them is another one.
absl::Status RecordSettings(Session& session, const Settings& settings);

// FAILED_PRECONDITION if one of the recorded settings is another one or missing.
absl::Status CheckSettings(Session& session, const Settings& settings);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_SETTINGS_H_
