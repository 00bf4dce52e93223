// Errors of charging: products and prices, accesses, transactions, order bases.
#include <google/protobuf/util/time_util.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/make_error.h"

namespace agreements {
namespace {

constexpr absl::string_view kProductKindPrefix = "PRODUCT_KIND_";

std::string Day(absl::CivilDay day) { return absl::FormatCivilTime(day); }

}  // namespace

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

absl::Status PreviewLineNotFound(absl::string_view agreement_id, int line_number) {
  return MakeNotFound(v1::ERROR_REASON_ORDER_BASIS_LINE_NOT_FOUND, "OrderBasisLine",
                      {{"agreement_id", std::string(agreement_id)}, {"line_number", absl::StrCat(line_number)}},
                      "Forhåndsvisningen har ingen slik linje.");
}

absl::Status ProductIdTaken(absl::string_view product_id) {
  return AttachResource(MakeError(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_PRODUCT_ID_TAKEN,
                                  absl::StrCat("There is a product ", product_id, " already."),
                                  absl::StrCat("Varenummer ", product_id, " er allerede i bruk."),
                                  {{"product_id", std::string(product_id)}}),
                        "Product", product_id);
}

absl::Status CompanyNotHeld(absl::string_view company_id, absl::string_view day) {
  return MakePrecondition(v1::ERROR_REASON_COMPANY_DELETED, company_id,
                          absl::StrCat("No agreement held company ", company_id, " on ", day, "."),
                          absl::StrCat("Selskapet var ikke i noen kundeavtale ", day, "."),
                          {{"company_id", std::string(company_id)}, {"day", std::string(day)}});
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

absl::Status IntervalNotNext(absl::string_view agreement_id, absl::string_view settled_until) {
  const absl::CivilDay from_day = ParseDay(settled_until);
  const absl::CivilDay until_day = MonthOf(from_day).until;
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

absl::Status PreviewChanged(absl::string_view agreement_id, absl::string_view digest) {
  return MakeError(absl::StatusCode::kAborted, v1::ERROR_REASON_PREVIEW_CHANGED,
                   absl::StrCat("What agreement ", agreement_id, " is charged has changed since the preview."),
                   "Grunnlaget er endret siden forhåndsvisningen. Se over det og prøv på nytt.",
                   {{"agreement_id", std::string(agreement_id)}, {"digest", std::string(digest)}});
}

}  // namespace agreements
