// The schema's versions. Migrations are files NNNN_name.sql, compiled in, applied in order and recorded with a
// checksum. Their statements end with ";" at the end of a line, and each can run again, since DDL commits by itself and
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

// Those of storage/migrations/, in order. The build generates it.
const std::vector<Migration>& EmbeddedMigrations();

// Applies what is missing, one process at a time: others wait for a leased row, which is renewed while this one works
// and is free again soon after it dies. (GET_LOCK does not hold on a cluster.) `report` gets a line for each step.
//
// FAILED_PRECONDITION if an applied migration has another checksum here. Migrations that this program does not know are
// left alone.
absl::Status Migrate(Database& database, const std::vector<Migration>& migrations,
                     const std::function<void(absl::string_view)>& report, absl::Duration lease = absl::Seconds(30));

// OK if the schema has all of `migrations`, with the same checksums; it may have more, so that rolling back to an older
// program works. FAILED_PRECONDITION otherwise.
absl::Status CheckSchema(Session& session, const std::vector<Migration>& migrations);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_MIGRATIONS_MIGRATIONS_H_
