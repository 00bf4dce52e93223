// Makes the errors of errors.h. Only its sources include this file.
#ifndef AGREEMENTS_PROTO_MAKE_ERROR_H_
#define AGREEMENTS_PROTO_MAKE_ERROR_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agreements/v1/error_reason.pb.h"
#include "proto/errors.h"

namespace agreements {

inline constexpr absl::string_view kDomain = "agreements.v1";
inline constexpr absl::string_view kReasonPrefix = "ERROR_REASON_";
inline constexpr absl::Duration kRetryDelay = absl::Seconds(1);
inline constexpr size_t kMaxViolations = 12;  // Keeps the details under 4 KiB.

using Metadata = std::vector<std::pair<absl::string_view, std::string>>;

// With ErrorInfo, and with `sentence` as LocalizedMessage.
absl::Status MakeError(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message,
                       absl::string_view sentence, const Metadata& metadata = {});

// INVALID_ARGUMENT, with BadRequest.
absl::Status MakeInvalid(v1::ErrorReason reason, absl::string_view message, absl::string_view sentence,
                         const std::vector<FieldViolation>& violations, const Metadata& metadata = {});

// Adds a RetryInfo.
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay = kRetryDelay);

// Adds a ResourceInfo. The resource need not exist.
absl::Status AttachResource(absl::Status status, absl::string_view type, absl::string_view name);

// NOT_FOUND, with ResourceInfo. `ids` say what was looked for. They are the metadata, too.
absl::Status MakeNotFound(v1::ErrorReason reason, absl::string_view type, const Metadata& ids,
                          absl::string_view sentence);
absl::Status MakeNotFound(v1::ErrorReason reason, absl::string_view type, absl::string_view id_name,
                          absl::string_view id, absl::string_view sentence);

// FAILED_PRECONDITION, with PreconditionFailure.
absl::Status MakePrecondition(v1::ErrorReason reason, absl::string_view subject, absl::string_view message,
                              absl::string_view sentence, const Metadata& metadata);

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_MAKE_ERROR_H_
