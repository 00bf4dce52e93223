// Checks all invariants of a whole database (domain.md O8): `agreements-admin verify`.
#ifndef AGREEMENTS_SERVER_OPERATIONS_VERIFY_DATABASE_H_
#define AGREEMENTS_SERVER_OPERATIONS_VERIFY_DATABASE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/operations/context.h"
#include "storage/connection/database.h"

namespace agreements {

// One rule: how much was checked, and what breaks it.
struct Check {
  std::string table;  // "agreements"
  std::string rule;   // "company_count is the number of companies that it holds"
  int64_t looked_at = 0;
  int64_t count = 0;               // Findings; one row can have several.
  std::vector<std::string> first;  // As many as VerifyOptions says, each with its account and ids.
};

struct DatabaseVerification {
  int64_t accounts = 0;
  std::vector<Check> checks;
  Check waiting;  // Transactions that arrived late and are not settled yet. They are not wrong.

  int64_t findings() const;
};

struct VerifyOptions {
  std::string account_id;  // Only this account; all of them if it is empty.
  // Called with a line every `progress_interval`, and never if nothing takes so long.
  std::function<void(absl::string_view line)> progress = [](absl::string_view) {};
  absl::Duration progress_interval = absl::Seconds(5);
  int max_shown = 20;  // Findings of a check; more are counted.
};

// Checks everything that is stored, account by account. Others may write meanwhile, since it never compares what two
// statements saw. Its memory does not grow with the database.
//
// An error means that it could not check, e.g. UNAVAILABLE.
absl::StatusOr<DatabaseVerification> VerifyDatabase(storage::Database& database, const Context& context,
                                                    const VerifyOptions& options);

// For people: a line for each check, findings below it, and a summary.
std::string Report(const DatabaseVerification& verification);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_VERIFY_DATABASE_H_
