// The call that a transaction belongs to.
#ifndef AGREEMENTS_STORAGE_CONNECTION_CALL_H_
#define AGREEMENTS_STORAGE_CONNECTION_CALL_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "storage/connection/cancellation.h"
#include "storage/connection/figures.h"

namespace agreements::storage {

struct Call {
  std::string account_id;
  std::string caller;        // Identity of the caller; empty if callers need none.
  std::string actor;         // The end user that the caller names, or empty.
  std::string trace_id;      // W3C trace id, 32 hexadecimal digits, or empty.
  std::string request_id;    // The caller's, or empty.
  std::string request_hash;  // Of method and content, 64 hexadecimal digits.
  std::string method;        // Full name of the request's message, e.g. "agreements.v1.MoveCompanyRequest".
  bool validate_only = false;
  absl::Time deadline = absl::InfiniteFuture();
  // Work that nobody waits for within seconds. Its statements may take as long as the call. See DatabaseOptions.
  bool is_background = false;
  std::shared_ptr<Cancellation> cancellation;  // May be null: then nobody can cancel the call.
  CallFigures* figures = nullptr;  // Where to count what the call uses of the database. May be null. Not owned.
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_CALL_H_
