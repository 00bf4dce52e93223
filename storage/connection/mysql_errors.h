// What the error numbers of MySQL and MariaDB mean for a transaction. No other file knows the numbers.
#ifndef AGREEMENTS_STORAGE_CONNECTION_MYSQL_ERRORS_H_
#define AGREEMENTS_STORAGE_CONNECTION_MYSQL_ERRORS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace agreements::storage {

// A read-only server answers this to a write. A Session reports it for itself.
inline constexpr int kReadOnlyError = 1290;

// The user is unknown to the server, or has another password.
inline constexpr int kAccessDeniedError = 1045;

// The schema lacks a table.
inline constexpr int kNoSuchTableError = 1146;

// The error of RELEASE SAVEPOINT if the transaction has no such savepoint.
inline constexpr int kNoSavepointError = 1305;

enum class ErrorKind {
  kRerun,            // The transaction can run again: deadlock, time limit, killed statement.
  kRowLocked,        // The same, after a statement has waited for a locked row as long as it may.
  kTransactionLost,  // The transaction had ended unnoticed. No error number means this: a Session finds it out.
  kConnectionLost,   // The connection is of no use. A COMMIT without an answer may have been done.
  kServerRefuses,    // The server cannot be reached or written, e.g. after a fail-over. No connection to it is of use.
  kCannotWrite,      // The server's disk is full. Reading works. A COMMIT may have been done.
  kDuplicate,        // A unique key has the value already. Only the statement is undone.
  kDefect,           // Anything else: a defect here or in the schema.
};

// `message` is the error's text. It decides for numbers that stand for any error of the operating system.
ErrorKind KindOf(int error_number, absl::string_view message = "");

// Whether the error says that the server, which may be well, has no room for another connection.
bool IsWithoutRoom(int error_number);

// Whether the error says that a row breaks a CHECK constraint.
bool IsCheckViolation(int error_number);

// The name of the unique key in the text of a kDuplicate error: "Duplicate entry 'x' for key 'k'" on MariaDB, "... for
// key 'table.k'" on MySQL, and more after that on Vitess. "" if the text names none.
std::string DuplicateKeyName(absl::string_view message);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_MYSQL_ERRORS_H_
