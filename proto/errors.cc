// Errors of structuring (agreements, companies, drafts) and of calls as such, and what reads any error.
#include "proto/errors.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/make_error.h"

namespace agreements {
namespace {

constexpr absl::string_view kTypeUrlPrefix = "type.googleapis.com/";
constexpr size_t kMaxSentences = 4;

// "1 selskap", "2 selskaper".
std::string Count(int count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

}  // namespace

absl::Status FieldsInvalid(const std::vector<FieldViolation>& violations) {
  std::vector<std::string> fields;
  std::vector<std::string> sentences;
  for (const FieldViolation& violation : violations) {
    if (fields.size() < kMaxViolations) fields.push_back(violation.field);
    if (sentences.size() < kMaxSentences) sentences.push_back(violation.sentence);
  }
  return MakeInvalid(v1::ERROR_REASON_FIELD_INVALID, absl::StrCat("Invalid fields: ", absl::StrJoin(fields, ", "), "."),
                     absl::StrJoin(sentences, " "), violations);
}

absl::Status MalformedRequest() {
  const std::string message = "The bytes are no message of the method's request type.";
  return MakeInvalid(v1::ERROR_REASON_MALFORMED_REQUEST, message, "Forespørselen kunne ikke leses.",
                     {{.field = "", .description = message, .sentence = ""}});
}

absl::Status RequestTooLarge(int64_t size, int64_t limit) {
  const std::string message = absl::StrCat("The request has ", size, " bytes, more than ", limit, ".");
  return MakeInvalid(v1::ERROR_REASON_REQUEST_TOO_LARGE, message, "Forespørselen er for stor.",
                     {{.field = "", .description = message, .sentence = ""}},
                     {{"size", absl::StrCat(size)}, {"limit", absl::StrCat(limit)}});
}

absl::Status PageTokenMismatch() {
  const std::string message = "The page_token does not belong to this method, account and these filters.";
  return MakeInvalid(v1::ERROR_REASON_PAGE_TOKEN_MISMATCH, message,
                     "Listen kan ikke fortsettes herfra. Hent den på nytt fra begynnelsen.",
                     {{.field = "page_token", .description = message, .sentence = ""}});
}

absl::Status RequestIdReused() {
  const std::string message = "The request_id was used for a request with another method or content.";
  return MakeInvalid(v1::ERROR_REASON_REQUEST_ID_REUSED, message,
                     "Endringen ble ikke utført, fordi den har samme forespørsels-ID som en annen endring.",
                     {{.field = "request_id", .description = message, .sentence = ""}});
}

absl::Status AgreementNotFound(absl::string_view agreement_id) {
  return MakeNotFound(v1::ERROR_REASON_AGREEMENT_NOT_FOUND, "Agreement", "agreement_id", agreement_id,
                      "Kundeavtalen finnes ikke.");
}

absl::Status CompanyNotFound(absl::string_view company_id) {
  return MakeNotFound(v1::ERROR_REASON_COMPANY_NOT_FOUND, "Company", "company_id", company_id,
                      "Selskapet finnes ikke.");
}

absl::Status DraftNotFound(absl::string_view draft_id) {
  return MakeNotFound(v1::ERROR_REASON_DRAFT_NOT_FOUND, "CompanyDraft", "draft_id", draft_id,
                      "Det påbegynte selskapet finnes ikke.");
}

absl::Status OrganizationNumberTaken(absl::string_view organization_number, absl::string_view company_id) {
  return AttachResource(
      MakeError(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_ORGANIZATION_NUMBER_TAKEN,
                absl::StrCat("Organization number ", organization_number, " belongs to company ", company_id, "."),
                absl::StrCat("Organisasjonsnummer ", organization_number, " er allerede brukt av et annet selskap."),
                {{"organization_number", std::string(organization_number)}, {"company_id", std::string(company_id)}}),
      "Company", company_id);
}

absl::Status AgreementNotEmpty(absl::string_view agreement_id, int company_count,
                               const std::vector<std::string>& first_company_ids) {
  return MakePrecondition(v1::ERROR_REASON_AGREEMENT_NOT_EMPTY, agreement_id,
                          absl::StrCat("Agreement ", agreement_id, " holds ", company_count, " companies."),
                          absl::StrCat("Kundeavtalen kan ikke slettes, fordi den inneholder ",
                                       Count(company_count, "selskap", "selskaper"), "."),
                          {{"agreement_id", std::string(agreement_id)},
                           {"company_count", absl::StrCat(company_count)},
                           {"company_ids", absl::StrJoin(first_company_ids, ",")}});
}

absl::Status AgreementHasDrafts(absl::string_view agreement_id, int draft_count) {
  return MakePrecondition(
      v1::ERROR_REASON_AGREEMENT_HAS_DRAFTS, agreement_id,
      absl::StrCat("Agreement ", agreement_id, " holds ", draft_count, " open drafts."),
      absl::StrCat("Kundeavtalen har ", Count(draft_count, "påbegynt selskap", "påbegynte selskaper"),
                   ", som må fullføres eller forkastes før avtalen kan slettes."),
      {{"agreement_id", std::string(agreement_id)}, {"draft_count", absl::StrCat(draft_count)}});
}

absl::Status AgreementDeleted(absl::string_view agreement_id) {
  return MakePrecondition(v1::ERROR_REASON_AGREEMENT_DELETED, agreement_id,
                          absl::StrCat("Agreement ", agreement_id, " is deleted."), "Kundeavtalen er slettet.",
                          {{"agreement_id", std::string(agreement_id)}});
}

absl::Status AgreementNotDeleted(absl::string_view agreement_id) {
  return MakePrecondition(v1::ERROR_REASON_AGREEMENT_NOT_DELETED, agreement_id,
                          absl::StrCat("Agreement ", agreement_id, " is not deleted."), "Kundeavtalen er ikke slettet.",
                          {{"agreement_id", std::string(agreement_id)}});
}

absl::Status CompanyDeleted(absl::string_view company_id) {
  return MakePrecondition(v1::ERROR_REASON_COMPANY_DELETED, company_id,
                          absl::StrCat("Company ", company_id, " is deleted."), "Selskapet er slettet.",
                          {{"company_id", std::string(company_id)}});
}

absl::Status CompanyNotDeleted(absl::string_view company_id) {
  return MakePrecondition(v1::ERROR_REASON_COMPANY_NOT_DELETED, company_id,
                          absl::StrCat("Company ", company_id, " is not deleted."), "Selskapet er ikke slettet.",
                          {{"company_id", std::string(company_id)}});
}

absl::Status DraftIncomplete(absl::string_view draft_id, const std::vector<std::string>& missing_fields) {
  const std::string fields = absl::StrJoin(missing_fields, ",");
  return MakePrecondition(v1::ERROR_REASON_DRAFT_INCOMPLETE, draft_id,
                          absl::StrCat("Draft ", draft_id, " lacks: ", fields, "."),
                          "Selskapet kan ikke opprettes før navnet er fylt inn.",
                          {{"draft_id", std::string(draft_id)}, {"missing_fields", fields}});
}

absl::Status DraftCompleted(absl::string_view draft_id, absl::string_view company_id) {
  return MakePrecondition(v1::ERROR_REASON_DRAFT_COMPLETED, draft_id,
                          absl::StrCat("Draft ", draft_id, " has become company ", company_id, "."),
                          "Selskapet er allerede opprettet.",
                          {{"draft_id", std::string(draft_id)}, {"company_id", std::string(company_id)}});
}

absl::Status DraftDiscarded(absl::string_view draft_id) {
  return MakePrecondition(v1::ERROR_REASON_DRAFT_DISCARDED, draft_id,
                          absl::StrCat("Draft ", draft_id, " is discarded."), "Det påbegynte selskapet er forkastet.",
                          {{"draft_id", std::string(draft_id)}});
}

absl::Status AlreadyInAgreement(absl::string_view company_id, absl::string_view agreement_id) {
  return MakePrecondition(v1::ERROR_REASON_ALREADY_IN_AGREEMENT, company_id,
                          absl::StrCat("Company ", company_id, " is in agreement ", agreement_id, " already."),
                          "Selskapet er allerede i denne kundeavtalen.",
                          {{"company_id", std::string(company_id)}, {"agreement_id", std::string(agreement_id)}});
}

absl::Status StaleRevision(absl::string_view resource_id, int64_t revision, int64_t current_revision) {
  return MakeError(absl::StatusCode::kAborted, v1::ERROR_REASON_STALE_REVISION,
                   absl::StrCat(resource_id, " has revision ", current_revision, ", not ", revision, "."),
                   "Noen andre har endret dette i mellomtiden. Se over endringene og prøv på nytt.",
                   {{"resource_id", std::string(resource_id)},
                    {"revision", absl::StrCat(revision)},
                    {"current_revision", absl::StrCat(current_revision)}});
}

absl::Status CallerUnknown(absl::string_view why) {
  return MakeError(absl::StatusCode::kUnauthenticated, v1::ERROR_REASON_CALLER_UNKNOWN,
                   absl::StrCat("It is not known who calls: ", why, "."),
                   "Programmet som spør, har ikke legitimert seg. Ta kontakt med brukerstøtte.");
}

absl::Status NotAllowed(absl::string_view method, absl::string_view caller, absl::string_view what) {
  return MakeError(absl::StatusCode::kPermissionDenied, v1::ERROR_REASON_NOT_ALLOWED,
                   absl::StrCat(caller, " ", what, "."), "Du har ikke tilgang til å gjøre dette.",
                   {{"method", std::string(method)}, {"caller", std::string(caller)}});
}

absl::Status ServerBusy(absl::Duration retry_delay) {
  return WithRetryDelay(MakeError(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SERVER_BUSY,
                                  "More calls are waiting than the server can answer in time. Nothing was done.",
                                  "Tjenesten har for mye å gjøre akkurat nå. Prøv igjen om litt."),
                        retry_delay);
}

absl::Status DatabaseUnavailable() {
  return WithRetryDelay(MakeError(absl::StatusCode::kUnavailable, v1::ERROR_REASON_DATABASE_UNAVAILABLE,
                                  "The database cannot be reached or takes no writes.",
                                  "Tjenesten er utilgjengelig akkurat nå. Prøv igjen om litt."));
}

absl::Status ServerStopping() {
  return WithRetryDelay(MakeError(absl::StatusCode::kUnavailable, v1::ERROR_REASON_SERVER_STOPPING,
                                  "The server is stopping. Nothing was done.",
                                  "Tjenesten er utilgjengelig akkurat nå. Prøv igjen om litt."));
}

absl::Status RowLocked() {
  return WithRetryDelay(MakeError(absl::StatusCode::kUnavailable, v1::ERROR_REASON_ROW_LOCKED,
                                  "Other calls have kept a row that this one must change. Nothing was done.",
                                  "Noen andre endrer det samme akkurat nå. Prøv igjen om litt."));
}

absl::Status ClockOutOfRange() {
  return WithRetryDelay(MakeError(absl::StatusCode::kUnavailable, v1::ERROR_REASON_CLOCK_OUT_OF_RANGE,
                                  "The server's clock is not in the years 2000 to 2999. Nothing was done.",
                                  "Tjenestens klokke går feil. Prøv igjen om litt."));
}

absl::Status DeadlinePassed() {
  return MakeError(absl::StatusCode::kDeadlineExceeded, v1::ERROR_REASON_DEADLINE_PASSED,
                   "The call's deadline passed. The same request_id makes a retry safe.",
                   "Dette tok for lang tid. Prøv igjen.");
}

absl::Status InternalError(absl::string_view error_id) {
  return MakeError(absl::StatusCode::kInternal, v1::ERROR_REASON_INTERNAL_ERROR,
                   absl::StrCat("Internal error ", error_id, "."),
                   absl::StrCat("Noe gikk galt hos oss. Oppgi feilkode ", error_id, " til kundestøtte."),
                   {{"error_id", std::string(error_id)}});
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  std::map<std::string, std::string> payloads;
  status.ForEachPayload([&payloads](auto type_url, const absl::Cord& payload) {
    payloads.emplace(std::string(type_url), std::string(payload));
  });
  google::rpc::Status message;
  message.set_code(status.raw_code());
  message.set_message(std::string(status.message()));
  for (const auto& [type_url, payload] : payloads) {
    auto* detail = message.add_details();
    detail->set_type_url(type_url);
    detail->set_value(payload);
  }
  return message;
}

std::string DetailTypeUrl(const google::protobuf::Message& detail) {
  return absl::StrCat(kTypeUrlPrefix, detail.GetDescriptor()->full_name());
}

}  // namespace agreements
