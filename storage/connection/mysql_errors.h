// What the numbers of MySQL's and MariaDB's errors mean for a transaction. The only place that knows them.
#ifndef AGREEMENTS_STORAGE_CONNECTION_MYSQL_ERRORS_H_
#define AGREEMENTS_STORAGE_CONNECTION_MYSQL_ERRORS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace agreements::storage {

// What a server that takes no writes answers to one; a connection to it reports it for itself.
inline constexpr int kReadOnlyError = 1290;

// What RELEASE SAVEPOINT answers if the transaction has no such savepoint.
inline constexpr int kNoSavepointError = 1305;

enum class ErrorKind {
  kRerun,            // The transaction can run again: deadlock, time limit, killed statement.
  kRowLocked,        // The same, after another transaction has kept a row for as long as a statement waits for one.
  kTransactionLost,  // The transaction had ended, and nobody said so. No error has this kind: a Session finds it out.
  kConnectionLost,   // The connection is of no more use; what was not committed is undone, a COMMIT may be either.
  kServerRefuses,    // Not reachable or not writable: fail-over. No connection to this server is of use.
  kCannotWrite,      // No room on the server's disk. Reading goes on; what a COMMIT has done, only reading tells.
  kDuplicate,        // A unique key has the value already. Only the statement is undone.
  kDefect,           // Anything else: a defect here or in the schema.
};

// `message` is the error's text: some numbers stand for anything that the system can answer.
ErrorKind KindOf(int error_number, absl::string_view message = "");

// The name of the unique key in the text of a duplicate's error: "Duplicate entry 'x' for key 'k'" on MariaDB, "... for
// key 'table.k'" on MySQL.
std::string DuplicateKeyName(absl::string_view message);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_MYSQL_ERRORS_H_
