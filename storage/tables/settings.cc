#include "storage/tables/settings.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

constexpr char kTimeZone[] = "time_zone";
constexpr char kCurrency[] = "currency";

const Statement kInsertSetting = {"insert_setting", R"sql(
  INSERT IGNORE INTO settings (name, value)
  VALUES (?, ?)
)sql"};

const Statement kGetSetting = {"get_setting", R"sql(
  SELECT value
  FROM settings
  WHERE name = ?
)sql"};

// `does` says what this database does with the setting, e.g. "computes its days in time zone".
absl::Status Check(Session& session, absl::string_view name, absl::string_view value, absl::string_view does) {
  std::string recorded;
  RETURN_IF_ERROR(session.Query(kGetSetting, {name}, [&](const Row& row) { recorded = row.GetString(1); }));
  if (recorded == value) return absl::OkStatus();
  if (recorded.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("this database has no ", name, " recorded: run agreements-admin migrate"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("this database ", does, " \"", recorded, "\", not \"", value, "\""));
}

absl::Status CheckTimeZone(Session& session, const Settings& settings) {
  return Check(session, kTimeZone, settings.time_zone, "computes its days in time zone");
}

absl::Status CheckCurrency(Session& session, const Settings& settings) {
  return Check(session, kCurrency, settings.currency, "has its amounts in currency");
}

}  // namespace

absl::Status RecordSettings(Session& session, const Settings& settings) {
  // Each is checked before the next one is recorded, so that a wrong call records nothing.
  RETURN_IF_ERROR(session.Execute(kInsertSetting, {kTimeZone, settings.time_zone}).status());
  RETURN_IF_ERROR(CheckTimeZone(session, settings));
  RETURN_IF_ERROR(session.Execute(kInsertSetting, {kCurrency, settings.currency}).status());
  return CheckCurrency(session, settings);
}

absl::Status CheckSettings(Session& session, const Settings& settings) {
  RETURN_IF_ERROR(CheckTimeZone(session, settings));
  return CheckCurrency(session, settings);
}

}  // namespace agreements::storage
