#include "storage/connection/mysql_errors.h"

#include "absl/strings/match.h"

namespace agreements::storage {
namespace {

// Errors of the server's file functions, which it passes on unchanged. They have names since such small numbers mean
// other things elsewhere.
constexpr int kErrorWritingFile = 3;
constexpr int kDiskFullWriting = 20;

// Looks for the operating system's reason, as errors about files have it: "... (errno: 28 "No space left on device")".
bool SaysNoRoom(absl::string_view message) {
  return absl::StrContains(message, "No space left on device") || absl::StrContains(message, "Disk quota exceeded") ||
         absl::StrContains(message, "errno: 28") || absl::StrContains(message, "error 28 ");
}

ErrorKind KindOfNumber(int error_number) {
  switch (error_number) {
    case 1020:  // Record has changed since last read (MariaDB's snapshot isolation)
    case 1180:  // Got error during COMMIT (Group Replication)
    case 1213:  // Deadlock; on Galera also a certification conflict at COMMIT
    case 1317:  // Query was interrupted
    case 1969:  // Statement timeout (MariaDB)
    case 3024:  // Statement timeout (MySQL)
    case 3101:  // Plugin instructed the server to roll back (Group Replication)
      return ErrorKind::kRerun;
    case 1205:  // Lock wait timeout: undoes the statement only, so ROLLBACK must follow
    case 3572:  // NOWAIT lock not available
      return ErrorKind::kRowLocked;
    case 1053:  // Server shutdown in progress
    case 1158:  // Network errors
    case 1159:
    case 1160:
    case 1161:
    case 1243:  // Unknown prepared statement handler: the cache belongs to a session that is gone
    case 1927:  // Connection was killed (MariaDB)
    case 2006:  // Server has gone away
    case 2013:  // Lost connection during query
    case 2026:  // TLS connection error
    case 2030:  // Statement not prepared
    case 2055:  // Lost connection
    case 2057:  // The number of columns differs from what was prepared
    case 4031:  // Disconnected for inactivity (MySQL)
      return ErrorKind::kConnectionLost;
    case 1040:            // Too many connections
    case 1203:            // Too many connections of this user
    case 1047:            // Node is not ready (Galera)
    case kReadOnlyError:  // --read-only
    case 1461:            // max_prepared_stmt_count is reached
    case 1792:            // Read-only transaction
    case 1836:            // Read-only mode
    case 2002:            // Cannot connect
    case 2003:
    case 3032:  // Offline mode (MySQL)
    case 3100:  // No majority (Group Replication)
      return ErrorKind::kServerRefuses;
    case kErrorWritingFile:
    case kDiskFullWriting:
    case 1021:  // Disk full
    case 1026:  // Error writing file, e.g. the binary log at COMMIT
    case 1114:  // The table is full: what InnoDB says when its file cannot grow
    case 1598:  // Binary logging not possible
      return ErrorKind::kCannotWrite;
    case 1062:
      return ErrorKind::kDuplicate;
    default:
      return ErrorKind::kDefect;
  }
}

}  // namespace

ErrorKind KindOf(int error_number, absl::string_view message) {
  const ErrorKind kind = KindOfNumber(error_number);
  // Errors of an engine (1030), of COMMIT (1180) and of other files have the system's reason in their text.
  const bool is_open = kind == ErrorKind::kDefect || kind == ErrorKind::kRerun;
  return is_open && SaysNoRoom(message) ? ErrorKind::kCannotWrite : kind;
}

bool IsWithoutRoom(int error_number) {
  switch (error_number) {
    case 1040:
    case 1203:
    case 1461:
      return true;
    default:
      return false;
  }
}

bool IsCheckViolation(int error_number) {
  switch (error_number) {
    case 3819:  // MySQL and TiDB
    case 4025:  // MariaDB
      return true;
    default:
      return false;
  }
}

std::string DuplicateKeyName(absl::string_view message) {
  constexpr absl::string_view kBeforeName = " for key '";
  // Vitess goes on with the statement and its values, which can contain anything.
  if (!absl::EndsWith(message, "'")) message = message.substr(0, message.find("' (errno "));
  // The last one, since the value can contain the same words.
  const size_t before = message.rfind(kBeforeName);
  if (before == absl::string_view::npos) return "";
  absl::string_view name = message.substr(before + kBeforeName.size());
  name = name.substr(0, name.find('\''));
  if (const size_t dot = name.rfind('.'); dot != absl::string_view::npos) name.remove_prefix(dot + 1);
  return std::string(name);
}

}  // namespace agreements::storage
