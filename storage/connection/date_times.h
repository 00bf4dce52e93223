// DATE and DATETIME columns as text. Thread-safe.
#ifndef AGREEMENTS_STORAGE_CONNECTION_DATE_TIMES_H_
#define AGREEMENTS_STORAGE_CONNECTION_DATE_TIMES_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/timestamp.pb.h"

namespace agreements::storage {

// "2026-11-01". std::nullopt if it is no day.
std::optional<absl::CivilDay> ParseDate(absl::string_view text);

// "2026-11-01 12:00:00", with up to nine decimals, in UTC. std::nullopt if it is no time. Each row has several, and
// absl::ParseTime takes many times as long.
std::optional<google::protobuf::Timestamp> ParseDateTime(absl::string_view text);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_DATE_TIMES_H_
