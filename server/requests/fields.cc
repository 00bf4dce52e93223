#include "server/requests/fields.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/time/civil_time.h"
#include "proto/days.h"
#include "proto/money.h"
#include "server/requests/characters.h"
#include "server/rules/rules.h"

namespace agreements {
namespace {

// What google.protobuf.Timestamp holds: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
constexpr int64_t kFirstSecond = -62'135'596'800;
constexpr int64_t kLastSecond = 253'402'300'799;
constexpr int32_t kLastNanosecond = 999'999'999;

bool IsCallersIdCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("._:-", absl::string_view(&c, 1));
}

bool IsCustomerNumberCharacter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-'; }

bool IsIdDigit(char c) { return absl::StrContains("0123456789abcdefghjkmnpqrstvwxyz", absl::string_view(&c, 1)); }

bool IsPrintable(char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); }

bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

bool IsDay(absl::string_view text) {
  absl::CivilDay day;
  return absl::ParseCivilTime(text, &day) && FormatDay(day) == text && rules::IsInServedYears(day);
}

}  // namespace

Fields& Fields::Check(bool valid, absl::string_view field, absl::string_view description, absl::string_view sentence) {
  if (!valid) {
    violations_.push_back(
        {.field = std::string(field), .description = std::string(description), .sentence = std::string(sentence)});
  }
  return *this;
}

Fields& Fields::Id(absl::string_view field, absl::string_view id, absl::string_view prefix) {
  const absl::string_view digits = id.substr(std::min(prefix.size(), id.size()));
  return Check(id.substr(0, prefix.size()) == prefix && digits.size() == 16 &&
                   std::all_of(digits.begin(), digits.end(), IsIdDigit),
               field, absl::StrCat("must be \"", prefix, "\" and 16 characters of [0-9a-hjkmnp-tv-z]"),
               "Lenken eller ID-en er ikke gyldig.");
}

Fields& Fields::OptionalId(absl::string_view field, absl::string_view id, absl::string_view prefix) {
  return id.empty() ? *this : Id(field, id, prefix);
}

Fields& Fields::Ids(absl::string_view field, const google::protobuf::RepeatedPtrField<std::string>& ids,
                    absl::string_view prefix) {
  Count(field, ids.size(), kMaxBatch);
  if (ids.size() > kMaxBatch) return *this;
  std::set<std::string> seen;
  for (int i = 0; i < ids.size(); ++i) {
    const std::string item = absl::StrCat(field, "[", i, "]");
    Id(item, ids[i], prefix)
        .Check(seen.insert(ids[i]).second, item, "is there twice", "Den samme ID-en er med to ganger.");
  }
  return *this;
}

Fields& Fields::CallersId(absl::string_view field, absl::string_view id, absl::string_view sentence) {
  return Check(
      !id.empty() && id.size() <= kMaxCallersIdLength && std::all_of(id.begin(), id.end(), IsCallersIdCharacter), field,
      absl::StrCat("must be 1 to ", kMaxCallersIdLength, " of [A-Za-z0-9._:-]"), sentence);
}

Fields& Fields::AccountId(absl::string_view field, absl::string_view id) {
  return CallersId(field, id, "Kontoen er ikke oppgitt riktig.");
}

Fields& Fields::UserId(absl::string_view field, absl::string_view id) {
  return CallersId(field, id, "Brukeren er ikke oppgitt riktig.");
}

Fields& Fields::OptionalUserId(absl::string_view field, absl::string_view id) {
  return id.empty() ? *this : UserId(field, id);
}

Fields& Fields::ProductId(absl::string_view field, absl::string_view id) {
  return CallersId(field, id, "Varen er ikke oppgitt riktig.");
}

Fields& Fields::OptionalProductId(absl::string_view field, absl::string_view id) {
  return id.empty() ? *this : ProductId(field, id);
}

Fields& Fields::ProductIds(absl::string_view field, const google::protobuf::RepeatedPtrField<std::string>& ids) {
  Count(field, ids.size(), kMaxProductIds);
  if (ids.size() > kMaxProductIds) return *this;
  std::set<std::string> seen;
  for (int i = 0; i < ids.size(); ++i) {
    const std::string item = absl::StrCat(field, "[", i, "]");
    ProductId(item, ids[i])
        .Check(seen.insert(ids[i]).second, item, "is there twice", "Den samme varen er med to ganger.");
  }
  return *this;
}

Fields& Fields::TransactionId(absl::string_view field, absl::string_view id) {
  return CallersId(field, id, "Transaksjonens ID er ikke oppgitt riktig.");
}

Fields& Fields::Name(absl::string_view field, std::string& name) {
  OptionalName(field, name);
  return Check(!name.empty(), field, "is required", "Navnet må fylles inn.");
}

Fields& Fields::OptionalName(absl::string_view field, std::string& name) {
  Trim(name);
  Text(field, name);
  const auto code_points = CodePoints(name);
  if (!code_points) return *this;  // Text() has said so.
  return Check(std::none_of(code_points->begin(), code_points->end(), ChangesDirection), field,
               "must not have characters that change the direction of text",
               "Navnet kan ikke ha usynlige tegn som endrer skriveretningen.")
      .Check(name.empty() || std::any_of(code_points->begin(), code_points->end(), CanBeSeen), field,
             "must have a character that can be seen", "Navnet må ha minst ett synlig tegn.");
}

Fields& Fields::Text(absl::string_view field, absl::string_view text) {
  const auto code_points = CodePoints(text);
  if (!code_points) return Check(false, field, "must be UTF-8", "Teksten kan ikke leses.");
  return Check(code_points->size() <= kMaxDisplayNameLength, field,
               absl::StrCat("must have at most ", kMaxDisplayNameLength, " characters"),
               absl::StrCat("Navnet kan ha høyst ", kMaxDisplayNameLength, " tegn."))
      .Check(std::none_of(code_points->begin(), code_points->end(), IsControl), field,
             "must not have control characters", "Navnet kan ikke ha linjeskift eller andre kontrolltegn.");
}

Fields& Fields::CustomerNumber(absl::string_view field, std::string& number) {
  Trim(number);
  return Check(
      number.size() <= kMaxCustomerNumberLength && std::all_of(number.begin(), number.end(), IsCustomerNumberCharacter),
      field, absl::StrCat("must be at most ", kMaxCustomerNumberLength, " of [0-9A-Za-z-]"),
      absl::StrCat("Kundenummeret kan ha høyst ", kMaxCustomerNumberLength,
                   " tegn: tall, bokstavene A til Z og bindestrek."));
}

Fields& Fields::OrganizationNumber(absl::string_view field, std::string& number) {
  Trim(number);
  RemoveSpaces(number);  // C1: "974 760 673".
  return Check(number.empty() || rules::IsOrganizationNumber(number), field,
               "must be nine digits, the first 8 or 9, with a valid modulus-11 check digit",
               "Organisasjonsnummeret er ikke gyldig. Det har ni siffer og begynner med 8 eller 9.");
}

Fields& Fields::Kind(absl::string_view field, v1::ProductKind kind) {
  return Check(kind == v1::PRODUCT_KIND_LICENSE || kind == v1::PRODUCT_KIND_TRANSACTION, field,
               "must be PRODUCT_KIND_LICENSE or PRODUCT_KIND_TRANSACTION",
               "Det må oppgis om varen er en lisens eller en transaksjon.");
}

Fields& Fields::UnitPrice(absl::string_view field, absl::string_view price) {
  return Check(ParseUnitPrice(price).has_value(), field,
               "must be 0 to 1000000 with at most four decimals, e.g. \"423.00\"",
               "Prisen er ikke gyldig. Den er fra 0 til 1 000 000 med høyst fire desimaler.");
}

Fields& Fields::Quantity(absl::string_view field, int64_t quantity) {
  return Check(quantity >= 1 && quantity <= kMaxQuantity, field, absl::StrCat("must be 1 to ", kMaxQuantity),
               "Antallet er ikke gyldig. Det er fra 1 til 1 000 000 000.");
}

Fields& Fields::Day(absl::string_view field, absl::string_view day) {
  return Check(IsDay(day), field, "must be a day of the years 2000 to 2999 in the form \"2026-11-01\"",
               "Datoen er ikke gyldig. Den skrives som 2026-11-01.");
}

Fields& Fields::OptionalDay(absl::string_view field, absl::string_view day) {
  return day.empty() ? *this : Day(field, day);
}

Fields& Fields::DaysInOrder(absl::string_view from_day, absl::string_view until_day) {
  if (!IsDay(from_day) || !IsDay(until_day)) return *this;
  return Check(ParseDay(from_day) < ParseDay(until_day), "until_day", "must be later than from_day",
               "Perioden må slutte etter at den begynner.");
}

Fields& Fields::Time(absl::string_view field, const google::protobuf::Timestamp& time) {
  return Check(time.seconds() >= kFirstSecond && time.seconds() <= kLastSecond && time.nanos() >= 0 &&
                   time.nanos() <= kLastNanosecond,
               field, "must be a time of the years 1 to 9999, with nanos of 0 to 999999999",
               "Tidspunktet er ikke gyldig.");
}

Fields& Fields::OptionalIdentity(absl::string_view field, absl::string_view identity) {
  return Check(identity.size() <= kMaxIdentityLength && std::all_of(identity.begin(), identity.end(), IsPrintable),
               field, absl::StrCat("must be at most ", kMaxIdentityLength, " printable ASCII characters"),
               "Avsenderen er ikke oppgitt riktig.");
}

Fields& Fields::OptionalMethod(absl::string_view field, absl::string_view method) {
  return Check(method.size() <= kMaxIdentityLength && std::all_of(method.begin(), method.end(), IsLetter), field,
               "must be the name of a method, e.g. \"MoveCompany\"", "Metoden er ikke oppgitt riktig.");
}

Fields& Fields::Count(absl::string_view field, int count, int max) {
  return Check(count >= 1 && count <= max, field, absl::StrCat("must have 1 to ", max, " items"),
               absl::StrCat("Listen må ha fra 1 til ", max, " linjer."));
}

}  // namespace agreements
