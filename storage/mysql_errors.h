// What the numbers of MySQL's and MariaDB's errors mean for a transaction. The only place that knows them.
#ifndef AGREEMENTS_STORAGE_MYSQL_ERRORS_H_
#define AGREEMENTS_STORAGE_MYSQL_ERRORS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace agreements::storage {

// What a server that takes no writes answers to one; a connection to it reports it for itself.
inline constexpr int kReadOnlyError = 1290;

enum class ErrorKind {
  kRerun,           // The transaction can run again: deadlock, lock wait time-out, time limit, killed statement.
  kConnectionLost,  // The connection is of no more use; what was not committed is undone, a COMMIT may be either.
  kServerRefuses,   // Not reachable or not writable: fail-over. No connection to this server is of use.
  kDuplicate,       // A unique key has the value already. Only the statement is undone.
  kDefect,          // Anything else: a defect here or in the schema.
};

ErrorKind KindOf(int error_number);

// The name of the unique key in the text of a duplicate's error: "Duplicate entry 'x' for key 'k'" on MariaDB, "... for
// key 'table.k'" on MySQL.
std::string DuplicateKeyName(absl::string_view message);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_MYSQL_ERRORS_H_
