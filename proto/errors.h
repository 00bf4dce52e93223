// Every error that the service answers, one function for each agreements.v1.ErrorReason. Each status carries the
// google.rpc details that the reason's comment promises: ErrorInfo and, in Norwegian, LocalizedMessage always;
// BadRequest, PreconditionFailure, ResourceInfo or RetryInfo where the code calls for it. They stay under 4 KiB, beyond
// which gRPC's metadata limit would drop them. Thread-safe.
#ifndef AGREEMENTS_PROTO_ERRORS_H_
#define AGREEMENTS_PROTO_ERRORS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "agreements/v1/company.pb.h"
#include "agreements/v1/error_reason.pb.h"
#include "google/protobuf/message.h"
#include "google/rpc/error_details.pb.h"

namespace agreements {

// One wrong field of a request.
struct FieldViolation {
  std::string field;        // Path from the request, e.g. "first_company_draft.display_name".
  std::string description;  // What is wrong, in English, for developers.
  std::string sentence;     // The same in Norwegian, for the person in front of the screen.
};

// INVALID_ARGUMENT
absl::Status FieldsInvalid(const std::vector<FieldViolation>& violations);
absl::Status MalformedRequest();
absl::Status RequestTooLarge(int64_t size, int64_t limit);
absl::Status PageTokenMismatch();
absl::Status RequestIdReused();

// NOT_FOUND
absl::Status AgreementNotFound(absl::string_view agreement_id);
absl::Status CompanyNotFound(absl::string_view company_id);
absl::Status DraftNotFound(absl::string_view draft_id);

// ALREADY_EXISTS
absl::Status OrganizationNumberTaken(absl::string_view organization_number, absl::string_view company_id);

// FAILED_PRECONDITION
absl::Status AgreementNotEmpty(absl::string_view agreement_id, int company_count,
                               const std::vector<std::string>& first_company_ids);
absl::Status AgreementHasDrafts(absl::string_view agreement_id, int draft_count);
absl::Status AgreementDeleted(absl::string_view agreement_id);
absl::Status AgreementNotDeleted(absl::string_view agreement_id);
absl::Status CompanyDeleted(absl::string_view company_id);
absl::Status CompanyNotDeleted(absl::string_view company_id);
absl::Status DraftIncomplete(absl::string_view draft_id, const std::vector<std::string>& missing_fields);
absl::Status DraftCompleted(absl::string_view draft_id, absl::string_view company_id);
absl::Status DraftDiscarded(absl::string_view draft_id);
absl::Status AlreadyInAgreement(absl::string_view company_id, absl::string_view agreement_id);

// ABORTED
absl::Status StaleRevision(absl::string_view resource_id, int64_t revision, int64_t current_revision);

// RESOURCE_EXHAUSTED, UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL
absl::Status ServerBusy();
absl::Status DatabaseUnavailable();
absl::Status ServerStopping();
absl::Status DeadlinePassed();
// `error_id` is the only thing that the caller learns: log the rest under it.
absl::Status InternalError(absl::string_view error_id);

// The type URL under which an absl::Status carries a detail of this type, as in google.protobuf.Any.
std::string DetailTypeUrl(const google::protobuf::Message& detail);

// The detail of type `Detail` that `status` carries, or nothing.
template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  Detail detail;
  const auto payload = status.GetPayload(DetailTypeUrl(detail));
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

// The reason of an error of this service; ERROR_REASON_UNSPECIFIED for any other status.
v1::ErrorReason ReasonOf(const absl::Status& status);

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_ERRORS_H_
