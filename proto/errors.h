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
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/errors.h"  // IWYU pragma: export
#include "agreements/v1/access.pb.h"
#include "agreements/v1/company.pb.h"
#include "agreements/v1/error_reason.pb.h"
#include "agreements/v1/product.pb.h"
#include "google/protobuf/message.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

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
// `field` is the path of the field that names the product.
absl::Status ProductKindWrong(absl::string_view field, absl::string_view product_id, v1::ProductKind kind);
absl::Status PeriodSpansMonths(absl::CivilDay from_day, absl::CivilDay until_day, absl::CivilDay latest_until_day);

// NOT_FOUND
absl::Status AgreementNotFound(absl::string_view agreement_id);
absl::Status CompanyNotFound(absl::string_view company_id);
absl::Status DraftNotFound(absl::string_view draft_id);
absl::Status ProductNotFound(absl::string_view product_id);
absl::Status AccessNotFound(absl::string_view access_id);
absl::Status AccessNotFound(absl::string_view company_id, absl::string_view user_id, absl::string_view product_id);
absl::Status TransactionNotFound(absl::string_view company_id, absl::string_view transaction_id);
absl::Status OrderBasisNotFound(absl::string_view order_basis_id);
absl::Status OrderBasisLineNotFound(absl::string_view order_basis_id, int line_number);
absl::Status PreviewLineNotFound(absl::string_view agreement_id, int line_number);

// ALREADY_EXISTS
absl::Status OrganizationNumberTaken(absl::string_view organization_number, absl::string_view company_id);
absl::Status ProductIdTaken(absl::string_view product_id);

// FAILED_PRECONDITION
absl::Status AgreementNotEmpty(absl::string_view agreement_id, int company_count,
                               const std::vector<std::string>& first_company_ids);
absl::Status AgreementHasDrafts(absl::string_view agreement_id, int draft_count);
absl::Status AgreementDeleted(absl::string_view agreement_id);
absl::Status AgreementNotDeleted(absl::string_view agreement_id);
absl::Status CompanyDeleted(absl::string_view company_id);
// COMPANY_DELETED, for a transaction on a day when no agreement held the company.
absl::Status CompanyNotHeld(absl::string_view company_id, absl::string_view day);
absl::Status CompanyNotDeleted(absl::string_view company_id);
absl::Status DraftIncomplete(absl::string_view draft_id, const std::vector<std::string>& missing_fields);
absl::Status DraftCompleted(absl::string_view draft_id, absl::string_view company_id);
absl::Status DraftDiscarded(absl::string_view draft_id);
absl::Status AlreadyInAgreement(absl::string_view company_id, absl::string_view agreement_id);
absl::Status InvitationExpired(const v1::Access& invitation);
absl::Status PriceInUse(absl::string_view product_id, absl::string_view valid_from, absl::string_view priced_until);
absl::Status PriceMissing(absl::string_view product_id, absl::CivilDay day);
absl::Status TransactionConflict(absl::string_view company_id, absl::string_view transaction_id);
absl::Status TransactionSettled(absl::string_view company_id, absl::string_view transaction_id,
                                absl::string_view order_basis_id);
absl::Status PeriodNotOver(absl::CivilDay until_day, absl::CivilDay today);
// O3: names the days that would be right, which are the rest of the month from `settled_until` on.
absl::Status IntervalNotNext(absl::string_view agreement_id, absl::string_view settled_until);
absl::Status CustomerNumberMissing(absl::string_view agreement_id);
// An empty `product_id` means the total.
absl::Status AmountTooLarge(absl::string_view agreement_id, absl::string_view product_id);

// ABORTED
absl::Status StaleRevision(absl::string_view resource_id, int64_t revision, int64_t current_revision);
absl::Status PreviewChanged(absl::string_view agreement_id, absl::string_view digest);

// UNAUTHENTICATED. `why` is for developers.
absl::Status CallerUnknown(absl::string_view why);
// PERMISSION_DENIED. `what` is what the caller may not do, e.g. "may not name an end user in x-actor".
absl::Status NotAllowed(absl::string_view method, absl::string_view caller, absl::string_view what);

// RESOURCE_EXHAUSTED, UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL
absl::Status ServerBusy(absl::Duration retry_delay);
absl::Status DatabaseUnavailable();
absl::Status ServerStopping();
absl::Status RowLocked();
absl::Status ClockOutOfRange();
absl::Status DeadlinePassed();
// The caller learns only the `error_id`. Log the cause under it.
absl::Status InternalError(absl::string_view error_id);

// The status as a message. Its details are the payloads, in the order of their type URLs. A gRPC status carries this
// message, and so does a result within a response.
google::rpc::Status ToRpcStatus(const absl::Status& status);

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

}  // namespace agreements

#endif  // AGREEMENTS_PROTO_ERRORS_H_
