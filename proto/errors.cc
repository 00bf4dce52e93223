#include "proto/errors.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace agreements {
namespace {

constexpr absl::string_view kDomain = "agreements.v1";
constexpr absl::string_view kReasonPrefix = "ERROR_REASON_";
constexpr absl::string_view kTypeUrlPrefix = "type.googleapis.com/";
constexpr absl::string_view kProductKindPrefix = "PRODUCT_KIND_";
constexpr size_t kMaxViolations = 12;  // Keeps the details under 4 KiB.
constexpr size_t kMaxSentences = 4;
constexpr absl::Duration kRetryDelay = absl::Seconds(1);

using Metadata = std::vector<std::pair<absl::string_view, std::string>>;

std::string NameOf(v1::ErrorReason reason) {
  return std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), kReasonPrefix));
}

void Attach(absl::Status& status, const google::protobuf::Message& detail) {
  status.SetPayload(DetailTypeUrl(detail), absl::Cord(detail.SerializeAsString()));
}

absl::Status MakeError(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message,
                       absl::string_view sentence, const Metadata& metadata = {}) {
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_reason(NameOf(reason));
  info.set_domain(std::string(kDomain));
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[std::string(key)] = value;
  Attach(status, info);
  google::rpc::LocalizedMessage localized;
  localized.set_locale("nb-NO");
  localized.set_message(std::string(sentence));
  Attach(status, localized);
  return status;
}

absl::Status MakeInvalid(v1::ErrorReason reason, absl::string_view message, absl::string_view sentence,
                         const std::vector<FieldViolation>& violations, const Metadata& metadata = {}) {
  absl::Status status = MakeError(absl::StatusCode::kInvalidArgument, reason, message, sentence, metadata);
  google::rpc::BadRequest bad_request;
  for (size_t i = 0; i < std::min(violations.size(), kMaxViolations); ++i) {
    auto* violation = bad_request.add_field_violations();
    violation->set_field(violations[i].field);
    violation->set_description(violations[i].description);
  }
  if (violations.size() > kMaxViolations) {
    bad_request.add_field_violations()->set_description(
        absl::StrCat("and ", violations.size() - kMaxViolations, " more violations, cut here"));
  }
  Attach(status, bad_request);
  return status;
}

// ResourceInfo names a resource that is there, or is not.
absl::Status AttachResource(absl::Status status, absl::string_view type, absl::string_view name) {
  google::rpc::ResourceInfo resource;
  resource.set_resource_type(std::string(type));
  resource.set_resource_name(std::string(name));
  resource.set_description(std::string(status.message()));
  Attach(status, resource);
  return status;
}

// `ids` are those that it is looked for by, and the metadata.
absl::Status MakeNotFound(v1::ErrorReason reason, absl::string_view type, const Metadata& ids,
                          absl::string_view sentence) {
  const std::string name = absl::StrJoin(
      ids, "/", [](std::string* out, const Metadata::value_type& id) { absl::StrAppend(out, id.second); });
  return AttachResource(MakeError(absl::StatusCode::kNotFound, reason,
                                  absl::StrCat(type, " ", name, " does not exist in this account."), sentence, ids),
                        type, name);
}

absl::Status MakeNotFound(v1::ErrorReason reason, absl::string_view type, absl::string_view id_name,
                          absl::string_view id, absl::string_view sentence) {
  return MakeNotFound(reason, type, {{id_name, std::string(id)}}, sentence);
}

absl::Status MakePrecondition(v1::ErrorReason reason, absl::string_view subject, absl::string_view message,
                              absl::string_view sentence, const Metadata& metadata) {
  absl::Status status = MakeError(absl::StatusCode::kFailedPrecondition, reason, message, sentence, metadata);
  google::rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type(NameOf(reason));
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(message));
  Attach(status, failure);
  return status;
}

absl::Status WithRetryDelay(absl::Status status) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(kRetryDelay));
  Attach(status, retry);
  return status;
}

std::string Day(absl::CivilDay day) { return absl::FormatCivilTime(day); }

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

absl::Status ProductKindWrong(absl::string_view field, absl::string_view product_id, v1::ProductKind kind) {
  const std::string kind_name(absl::StripPrefix(v1::ProductKind_Name(kind), kProductKindPrefix));
  const std::string message = absl::StrCat("Product ", product_id, " is of kind ", kind_name, ".");
  return MakeInvalid(v1::ERROR_REASON_PRODUCT_KIND_WRONG, message,
                     kind == v1::PRODUCT_KIND_LICENSE ? "Varen er en lisens og kan ikke telles i stykk."
                                                      : "Varen er ingen lisens og kan ikke gis til brukere.",
                     {{.field = std::string(field), .description = message, .sentence = ""}},
                     {{"product_id", std::string(product_id)}, {"kind", kind_name}});
}

absl::Status PeriodSpansMonths(absl::CivilDay from_day, absl::CivilDay until_day, absl::CivilDay latest_until_day) {
  const std::string message =
      absl::StrCat("The days from ", Day(from_day), " lie in one calendar month until ", Day(latest_until_day), ".");
  return MakeInvalid(
      v1::ERROR_REASON_PERIOD_SPANS_MONTHS, message, "Et ordregrunnlag kan ikke gå over flere kalendermåneder.",
      {{.field = "until_day", .description = message, .sentence = ""}},
      {{"from_day", Day(from_day)}, {"until_day", Day(until_day)}, {"latest_until_day", Day(latest_until_day)}});
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

absl::Status ProductNotFound(absl::string_view product_id) {
  return MakeNotFound(v1::ERROR_REASON_PRODUCT_NOT_FOUND, "Product", "product_id", product_id, "Varen finnes ikke.");
}

absl::Status AccessNotFound(absl::string_view access_id) {
  return MakeNotFound(v1::ERROR_REASON_ACCESS_NOT_FOUND, "Access", "access_id", access_id, "Tilgangen finnes ikke.");
}

absl::Status AccessNotFound(absl::string_view company_id, absl::string_view user_id, absl::string_view product_id) {
  return MakeNotFound(v1::ERROR_REASON_ACCESS_NOT_FOUND, "Access",
                      {{"company_id", std::string(company_id)},
                       {"user_id", std::string(user_id)},
                       {"product_id", std::string(product_id)}},
                      "Brukeren har ingen slik tilgang eller invitasjon.");
}

absl::Status TransactionNotFound(absl::string_view company_id, absl::string_view transaction_id) {
  return MakeNotFound(v1::ERROR_REASON_TRANSACTION_NOT_FOUND, "Transaction",
                      {{"company_id", std::string(company_id)}, {"transaction_id", std::string(transaction_id)}},
                      "Transaksjonen finnes ikke.");
}

absl::Status OrderBasisNotFound(absl::string_view order_basis_id) {
  return MakeNotFound(v1::ERROR_REASON_ORDER_BASIS_NOT_FOUND, "OrderBasis", "order_basis_id", order_basis_id,
                      "Ordregrunnlaget finnes ikke.");
}

absl::Status OrderBasisLineNotFound(absl::string_view order_basis_id, int line_number) {
  return MakeNotFound(v1::ERROR_REASON_ORDER_BASIS_LINE_NOT_FOUND, "OrderBasisLine",
                      {{"order_basis_id", std::string(order_basis_id)}, {"line_number", absl::StrCat(line_number)}},
                      "Ordregrunnlaget har ingen slik linje.");
}

absl::Status OrganizationNumberTaken(absl::string_view organization_number, absl::string_view company_id) {
  return AttachResource(
      MakeError(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_ORGANIZATION_NUMBER_TAKEN,
                absl::StrCat("Organization number ", organization_number, " belongs to company ", company_id, "."),
                absl::StrCat("Organisasjonsnummer ", organization_number, " er allerede brukt av et annet selskap."),
                {{"organization_number", std::string(organization_number)}, {"company_id", std::string(company_id)}}),
      "Company", company_id);
}

absl::Status ProductIdTaken(absl::string_view product_id) {
  return AttachResource(MakeError(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_PRODUCT_ID_TAKEN,
                                  absl::StrCat("There is a product ", product_id, " already."),
                                  absl::StrCat("Varenummer ", product_id, " er allerede i bruk."),
                                  {{"product_id", std::string(product_id)}}),
                        "Product", product_id);
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

absl::Status CompanyNotHeld(absl::string_view company_id, absl::string_view day) {
  return MakePrecondition(v1::ERROR_REASON_COMPANY_DELETED, company_id,
                          absl::StrCat("No agreement held company ", company_id, " on ", day, "."),
                          absl::StrCat("Selskapet var ikke i noen kundeavtale ", day, "."),
                          {{"company_id", std::string(company_id)}, {"day", std::string(day)}});
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

absl::Status InvitationExpired(const v1::Access& invitation) {
  const std::string expire_time = google::protobuf::util::TimeUtil::ToString(invitation.expire_time());
  return MakePrecondition(v1::ERROR_REASON_INVITATION_EXPIRED, invitation.access_id(),
                          absl::StrCat("Invitation ", invitation.access_id(), " expired at ", expire_time, "."),
                          "Invitasjonen er utløpt. Be om en ny.",
                          {{"access_id", invitation.access_id()}, {"expire_time", expire_time}});
}

absl::Status PriceInUse(absl::string_view product_id, absl::string_view valid_from, absl::string_view priced_until) {
  return MakePrecondition(v1::ERROR_REASON_PRICE_IN_USE, product_id,
                          absl::StrCat("Product ", product_id, " is priced until ", priced_until,
                                       ": no price can begin on ", valid_from, "."),
                          absl::StrCat("Prisen kan ikke gjelde fra ", valid_from,
                                       ", fordi ordregrunnlag allerede bruker prisene før ", priced_until, "."),
                          {{"product_id", std::string(product_id)},
                           {"valid_from", std::string(valid_from)},
                           {"priced_until", std::string(priced_until)}});
}

absl::Status PriceMissing(absl::string_view product_id, absl::CivilDay day) {
  return MakePrecondition(v1::ERROR_REASON_PRICE_MISSING, product_id,
                          absl::StrCat("Product ", product_id, " has no price on ", Day(day), "."),
                          absl::StrCat("Vare ", product_id, " har ingen pris ", Day(day), "."),
                          {{"product_id", std::string(product_id)}, {"day", Day(day)}});
}

absl::Status TransactionConflict(absl::string_view company_id, absl::string_view transaction_id) {
  return MakePrecondition(
      v1::ERROR_REASON_TRANSACTION_CONFLICT, absl::StrCat(company_id, "/", transaction_id),
      absl::StrCat("Transaction ", transaction_id, " of company ", company_id, " is recorded with other content."),
      "Transaksjonen er allerede registrert med et annet innhold.",
      {{"company_id", std::string(company_id)}, {"transaction_id", std::string(transaction_id)}});
}

absl::Status TransactionSettled(absl::string_view company_id, absl::string_view transaction_id,
                                absl::string_view order_basis_id) {
  return MakePrecondition(v1::ERROR_REASON_TRANSACTION_SETTLED, absl::StrCat(company_id, "/", transaction_id),
                          absl::StrCat("Transaction ", transaction_id, " of company ", company_id,
                                       " is in order basis ", order_basis_id, "."),
                          "Transaksjonen er allerede med i et ordregrunnlag og kan ikke annulleres.",
                          {{"company_id", std::string(company_id)},
                           {"transaction_id", std::string(transaction_id)},
                           {"order_basis_id", std::string(order_basis_id)}});
}

absl::Status PeriodNotOver(absl::CivilDay until_day, absl::CivilDay today) {
  return MakePrecondition(v1::ERROR_REASON_PERIOD_NOT_OVER, Day(until_day),
                          absl::StrCat("The period until ", Day(until_day), " is not over: today is ", Day(today), "."),
                          "Perioden er ikke over ennå.",
                          {{"until_day", Day(until_day)}, {"latest_until_day", Day(today)}});
}

absl::Status IntervalNotNext(absl::string_view agreement_id, absl::CivilDay from_day, absl::CivilDay until_day) {
  return MakePrecondition(
      v1::ERROR_REASON_INTERVAL_NOT_NEXT, agreement_id,
      absl::StrCat("The next order basis of agreement ", agreement_id, " begins on ", Day(from_day), "."),
      absl::StrCat("Neste ordregrunnlag for kundeavtalen begynner ", Day(from_day), "."),
      {{"agreement_id", std::string(agreement_id)}, {"from_day", Day(from_day)}, {"until_day", Day(until_day)}});
}

absl::Status CustomerNumberMissing(absl::string_view agreement_id) {
  return MakePrecondition(v1::ERROR_REASON_CUSTOMER_NUMBER_MISSING, agreement_id,
                          absl::StrCat("Agreement ", agreement_id, " has no customer number."),
                          "Kundeavtalen mangler kundenummer og kan ikke faktureres.",
                          {{"agreement_id", std::string(agreement_id)}});
}

absl::Status AmountTooLarge(absl::string_view agreement_id, absl::string_view product_id) {
  Metadata metadata = {{"agreement_id", std::string(agreement_id)}};
  if (!product_id.empty()) metadata.emplace_back("product_id", product_id);
  return MakePrecondition(v1::ERROR_REASON_AMOUNT_TOO_LARGE, agreement_id,
                          absl::StrCat("An amount for agreement ", agreement_id, " has more than 18 digits."),
                          "Beløpet er for stort.", metadata);
}

absl::Status StaleRevision(absl::string_view resource_id, int64_t revision, int64_t current_revision) {
  return MakeError(absl::StatusCode::kAborted, v1::ERROR_REASON_STALE_REVISION,
                   absl::StrCat(resource_id, " has revision ", current_revision, ", not ", revision, "."),
                   "Noen andre har endret dette i mellomtiden. Se over endringene og prøv på nytt.",
                   {{"resource_id", std::string(resource_id)},
                    {"revision", absl::StrCat(revision)},
                    {"current_revision", absl::StrCat(current_revision)}});
}

absl::Status PreviewChanged(absl::string_view agreement_id, absl::string_view digest) {
  return MakeError(absl::StatusCode::kAborted, v1::ERROR_REASON_PREVIEW_CHANGED,
                   absl::StrCat("What agreement ", agreement_id, " is charged has changed since the preview."),
                   "Grunnlaget er endret siden forhåndsvisningen. Se over det og prøv på nytt.",
                   {{"agreement_id", std::string(agreement_id)}, {"digest", std::string(digest)}});
}

absl::Status ServerBusy() {
  return WithRetryDelay(MakeError(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SERVER_BUSY,
                                  "More calls are waiting than the server takes. Nothing was done.",
                                  "Tjenesten har for mye å gjøre akkurat nå. Prøv igjen om litt."));
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

v1::ErrorReason ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (info && info->domain() == kDomain) {
    v1::ErrorReason_Parse(absl::StrCat(kReasonPrefix, info->reason()), &reason);
  }
  return reason;
}

}  // namespace agreements
