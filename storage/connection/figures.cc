#include "storage/connection/figures.h"

namespace agreements::storage {

absl::string_view NameOf(RerunCause cause) {
  switch (cause) {
    case RerunCause::kConflict:
      return "conflict";
    case RerunCause::kRowLocked:
      return "row_locked";
    case RerunCause::kTransactionLost:
      return "transaction_lost";
    case RerunCause::kConnectionLost:
      return "connection_lost";
    case RerunCause::kServerRefuses:
      return "server_refuses";
    case RerunCause::kCannotWrite:
      return "cannot_write";
    case RerunCause::kDuplicate:
      return "duplicate";
    case RerunCause::kStartedOver:
      break;
  }
  return "started_over";
}

RerunCause CauseOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kRowLocked:
      return RerunCause::kRowLocked;
    case ErrorKind::kTransactionLost:
      return RerunCause::kTransactionLost;
    case ErrorKind::kConnectionLost:
      return RerunCause::kConnectionLost;
    case ErrorKind::kServerRefuses:
      return RerunCause::kServerRefuses;
    case ErrorKind::kCannotWrite:
      return RerunCause::kCannotWrite;
    case ErrorKind::kDuplicate:
      return RerunCause::kDuplicate;
    case ErrorKind::kRerun:
    case ErrorKind::kDefect:
      break;
  }
  return RerunCause::kConflict;
}

}  // namespace agreements::storage
