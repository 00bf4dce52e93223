// Checks all invariants of a whole database (domain.md O8): `agreements-admin verify`.
#ifndef AGREEMENTS_SERVER_OPERATIONS_VERIFY_DATABASE_H_
#define AGREEMENTS_SERVER_OPERATIONS_VERIFY_DATABASE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/operations/context.h"
#include "storage/connection/database.h"

namespace agreements {

struct Finding {
  std::string account_id;
  std::string text;  // With ids: "agr-1jq2v8k5w0c3m7xz: is 3, should be 2".
};

// One rule: how much was checked, and what breaks it.
struct Check {
  std::string table;  // "agreements"
  std::string rule;   // "company_count is the number of companies that it holds"
  int64_t looked_at = 0;
  int64_t count = 0;           // Findings; one row can have several.
  std::vector<Finding> first;  // As many as VerifyOptions says.
};

struct DatabaseVerification {
  int64_t accounts = 0;
  std::deque<Check> checks;  // In the order in which they are told.
  Check waiting;             // Transactions that arrived late and are not settled yet. They are not wrong.

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

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_VERIFY_DATABASE_H_
