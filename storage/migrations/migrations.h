// The schema's versions. Migrations are files NNNN_name.sql, which are compiled in, applied in order and recorded with
// a checksum. A statement ends with ";" at the end of a line. Each statement can run again: DDL commits by itself, and
// a run can be cut short anywhere.
#ifndef AGREEMENTS_STORAGE_MIGRATIONS_MIGRATIONS_H_
#define AGREEMENTS_STORAGE_MIGRATIONS_MIGRATIONS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/connection/database.h"

namespace agreements::storage {

struct Migration {
  int version;       // 1, 2, ...
  std::string name;  // "0001_agreements_and_companies"
  std::string sql;
};

// The migrations of storage/migrations/, in order. The build generates this function.
const std::vector<Migration>& EmbeddedMigrations();

// Applies the migrations that are missing. One process at a time does: the others wait for a row that it leases. It
// renews the lease while it works, and the lease expires soon after it has died. (GET_LOCK does not work across a
// cluster.) `report` is called with a line for each step.
//
// FAILED_PRECONDITION if an applied migration has another checksum, or if the database drops CHECK constraints, as TiDB
// does unless it is told not to. Migrations that this program does not know are left
// alone.
absl::Status Migrate(Database& database, const std::vector<Migration>& migrations,
                     const std::function<void(absl::string_view)>& report, absl::Duration lease = absl::Seconds(30));

// OK if the schema has all of `migrations`, with the same checksums. It may have more, so that an older program can be
// rolled back to. FAILED_PRECONDITION otherwise.
absl::Status CheckSchema(Session& session, const std::vector<Migration>& migrations);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_MIGRATIONS_MIGRATIONS_H_
