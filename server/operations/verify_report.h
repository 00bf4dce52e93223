// What a verification found, for people and for programs.
#ifndef AGREEMENTS_SERVER_OPERATIONS_VERIFY_REPORT_H_
#define AGREEMENTS_SERVER_OPERATIONS_VERIFY_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "server/operations/verify_database.h"

namespace agreements {

// For people: a line for each check, findings below it, and a summary.
std::string Report(const DatabaseVerification& verification);

// For programs: a JSON object.
//
//   {
//     "verdict": "BREACHES",     // Or "WELL".
//     "accounts": 12,
//     "findings": 1,             // Of all checks.
//     "checks": [
//       {
//         "table": "agreements",
//         "rule": "company_count is the number of companies that it holds",
//         "looked_at": 40,       // Rows.
//         "findings": 1,
//         "breaches": [          // The first of them.
//           {"account_id": "acct-1", "what": "agr-1jq2v8k5w0c3m7xz: is 3, should be 2", "ids":
//           ["agr-1jq2v8k5w0c3m7xz"]}
//         ]
//       }
//     ],
//     "waiting": {...}           // As a check: late transactions, which are no breaches.
//   }
std::string JsonReport(const DatabaseVerification& verification);

// The same if it could not verify: {"verdict": "NOT_VERIFIED", "error": "..."}.
std::string JsonReport(const absl::Status& error);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_VERIFY_REPORT_H_
