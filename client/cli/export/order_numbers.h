// Order numbers for sales modules. A document has the same one in every file, so that a second import shows.
#ifndef AGREEMENTS_CLIENT_CLI_EXPORT_ORDER_NUMBERS_H_
#define AGREEMENTS_CLIENT_CLI_EXPORT_ORDER_NUMBERS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace agreements::cli {

// A number of at most fifteen digits, which a double holds exactly: the milliseconds from 2020 until the document was
// made, and three digits of the rest of its id. It grows with time. Documents that one server made have different ones,
// unless it made a thousand in one millisecond; documents that two servers made in the same millisecond have the same
// one in one case of 1,000. INVALID_ARGUMENT if `order_basis_id` is not one of the server's ids, or is from another
// time.
absl::StatusOr<std::string> OrderNumber(absl::string_view order_basis_id);

// Nine digits, which fit 32 bits, by a hash of the id: two of 1,000 documents have the same one in one case of 1,800.
absl::StatusOr<std::string> ShortOrderNumber(absl::string_view order_basis_id);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_EXPORT_ORDER_NUMBERS_H_
