// Early return on an absl::Status that is not OK; Debian 12's Abseil has no such macros.
#ifndef AGREEMENTS_PROTO_STATUS_MACROS_H_
#define AGREEMENTS_PROTO_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// RETURN_IF_ERROR(expression of type absl::Status);
#define RETURN_IF_ERROR(expression)                                         \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

// ASSIGN_OR_RETURN(declaration or variable, expression of type absl::StatusOr);
#define ASSIGN_OR_RETURN(target, expression) \
  AGREEMENTS_ASSIGN_OR_RETURN(AGREEMENTS_CONCAT(status_or_, __LINE__), target, expression)

#define AGREEMENTS_ASSIGN_OR_RETURN(temporary, target, expression) \
  auto temporary = (expression);                                   \
  if (!(temporary).ok()) return std::move(temporary).status();     \
  target = *std::move(temporary)

#define AGREEMENTS_CONCAT(a, b) AGREEMENTS_CONCAT_INNER(a, b)
#define AGREEMENTS_CONCAT_INNER(a, b) a##b

#endif  // AGREEMENTS_PROTO_STATUS_MACROS_H_
