#include "storage/settings.h"

#include "absl/strings/str_cat.h"
#include "storage/status_macros.h"

namespace agreements::storage {
namespace {

const Statement kInsertTimeZone = {"insert_time_zone", R"sql(
  INSERT IGNORE INTO settings (name, value)
  VALUES ('time_zone', ?)
)sql"};

const Statement kGetTimeZone = {"get_time_zone", R"sql(
  SELECT value
  FROM settings
  WHERE name = 'time_zone'
)sql"};

}  // namespace

absl::Status RecordTimeZone(Session& session, absl::string_view time_zone) {
  RETURN_IF_ERROR(session.Execute(kInsertTimeZone, {time_zone}).status());
  return CheckTimeZone(session, time_zone);
}

absl::Status CheckTimeZone(Session& session, absl::string_view time_zone) {
  std::string recorded;
  RETURN_IF_ERROR(session.Query(kGetTimeZone, {}, [&](const Row& row) { recorded = row.GetString(1); }));
  if (recorded == time_zone) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("this database computes its days in time zone \"", recorded, "\", not \"", time_zone, "\""));
}

}  // namespace agreements::storage
