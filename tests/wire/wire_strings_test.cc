// Sends texts that have broken services before in every string field of every request. The expected answers are written
// here again, by kind of field, independently of server/requests/.
#include <functional>
#include <regex>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/errors.h"
#include "tests/testing/wire.h"
#include "tests/wire/wire_texts.h"

namespace agreements::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// Code points, or nothing if it is not UTF-8. Written from RFC 3629.
std::optional<std::u32string> Decode(const std::string& text) {
  std::u32string decoded;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int more = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
    if (more < 0) return std::nullopt;
    char32_t code_point = more == 0 ? lead : lead & (0x3f >> more);
    for (int j = 0; j < more; ++j) {
      if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return std::nullopt;
      code_point = code_point << 6 | (static_cast<unsigned char>(text[i++]) & 0x3f);
    }
    const bool overlong = (more == 2 && code_point < 0x800) || (more == 3 && code_point < 0x10000);
    if (overlong || code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000)) return std::nullopt;
    decoded += code_point;
  }
  return decoded;
}

const std::u32string kWhiteSpace =
    U"\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    U"\u205f\u3000";

std::u32string Trimmed(const std::u32string& text) {
  const size_t begin = text.find_first_not_of(kWhiteSpace);
  return begin == std::u32string::npos ? U"" : text.substr(begin, text.find_last_not_of(kWhiteSpace) + 1 - begin);
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029; }

bool IsPartOfName(const std::u32string& text) {
  return text.size() <= 200 && std::none_of(text.begin(), text.end(), IsControl);
}

// Marks, embeddings, overrides and isolates of direction, as Unicode lists them.
const std::u32string kDirections = U"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";

// Those of AllTexts() that show nothing: joiners, hyphens and spaces without width, fillers, selectors, tags, blanks.
const std::u32string kInvisible =
    U"\u00ad\u034f\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u2060\u2064\u206a\u2800\u3164\ufe00\ufe0f\ufeff\uffa0"
    U"\ufff9\ufffb\U00013441\U00016fe4\U0001d159\U0001d173\U000e0020\U000e0100";

bool IsName(const std::u32string& text) {
  return IsPartOfName(text) && text.find_first_of(kDirections) == std::u32string::npos &&
         text.find_first_not_of(kInvisible + kWhiteSpace) != std::u32string::npos;
}

bool ConsistsOf(const std::u32string& text, size_t least, size_t most, const std::u32string& characters) {
  return text.size() >= least && text.size() <= most && text.find_first_not_of(characters) == std::u32string::npos;
}

const std::u32string kDigits = U"0123456789";
const std::u32string kAlphanumeric = kDigits + U"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool IsCustomerNumber(const std::u32string& text) { return ConsistsOf(Trimmed(text), 0, 32, kAlphanumeric + U"-"); }

// Only one of the nine-digit numbers in AllTexts() has the right check digit.
bool IsOrganizationNumber(const std::u32string& text) {
  const std::u32string spaces = U" \u00a0\u1680\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u205f\u3000";
  std::u32string number;
  for (const char32_t c : Trimmed(text)) {
    if (spaces.find(c) == std::u32string::npos) number += c;
  }
  return number.empty() || number == U"974760673";
}

bool IsCallersId(const std::u32string& text) { return ConsistsOf(text, 1, 64, kAlphanumeric + U"._:-"); }

bool IsServersId(const std::u32string& text, const std::u32string& prefix) {
  return text.substr(0, 4) == prefix && ConsistsOf(text.substr(4), 16, 16, kDigits + U"abcdefghjkmnpqrstvwxyz");
}

bool Matches(const std::u32string& text, const char* pattern) {
  std::string ascii;
  for (const char32_t c : text) ascii += c < 0x80 ? static_cast<char>(c) : '?';
  return std::regex_match(ascii, std::regex(pattern));
}

// Only one of the texts in AllTexts() that look like a day is not a day.
bool IsDay(const std::u32string& text) {
  return Matches(text, "20[0-9]{2}-[0-9]{2}-[0-9]{2}") && text != U"2026-02-30";
}

bool IsUnitPrice(const std::u32string& text) {
  return Matches(text, R"(1000000(\.0{1,4})?|0?[0-9]{1,6}(\.[0-9]{1,4})?)");
}

bool IsPrintableAscii(const std::u32string& text) {
  return std::all_of(text.begin(), text.end(), [](char32_t c) { return c >= 0x20 && c < 0x7f; });
}

// The kinds of fields, and what each accepts.
using Takes = std::function<bool(const std::u32string&)>;

Takes OrNothing(const Takes& takes) {
  return [takes](const std::u32string& text) { return text.empty() || takes(text); };
}

const std::map<std::string, Takes>& Kinds() {
  static const auto* const kinds = new std::map<std::string, Takes>{
      {"name", [](const auto& text) { return IsName(Trimmed(text)); }},
      {"name or nothing", [](const auto& text) { return Trimmed(text).empty() || IsName(Trimmed(text)); }},
      {"part of a name", IsPartOfName},
      {"customer number", IsCustomerNumber},
      {"organization number", IsOrganizationNumber},
      {"caller's id", IsCallersId},
      {"caller's id or nothing", OrNothing(IsCallersId)},
      {"agr-", [](const auto& text) { return IsServersId(text, U"agr-"); }},
      {"agr- or nothing", OrNothing([](const auto& text) { return IsServersId(text, U"agr-"); })},
      {"cmp-", [](const auto& text) { return IsServersId(text, U"cmp-"); }},
      {"cmp- or nothing", OrNothing([](const auto& text) { return IsServersId(text, U"cmp-"); })},
      {"acc-", [](const auto& text) { return IsServersId(text, U"acc-"); }},
      {"acc- or nothing", OrNothing([](const auto& text) { return IsServersId(text, U"acc-"); })},
      {"dft- or nothing", OrNothing([](const auto& text) { return IsServersId(text, U"dft-"); })},
      {"identity or nothing", [](const auto& text) { return text.size() <= 255 && IsPrintableAscii(text); }},
      {"method or nothing", OrNothing([](const auto& text) { return Matches(text, "[A-Za-z]{1,255}"); })},
      {"ord-", [](const auto& text) { return IsServersId(text, U"ord-"); }},
      {"nothing", [](const auto& text) { return text.empty(); }},
      {"ord- or nothing", OrNothing([](const auto& text) { return IsServersId(text, U"ord-"); })},
      {"day", IsDay},
      {"day or nothing", OrNothing(IsDay)},
      {"unit price", IsUnitPrice},
      {"digest or nothing", OrNothing([](const auto& text) { return ConsistsOf(text, 64, 64, kDigits + U"abcdef"); })},
      {"dft-", [](const auto& text) { return IsServersId(text, U"dft-"); }},
      {"page token", [](const auto& text) { return text.empty(); }},
  };
  return *kinds;
}

// Fields by "Method.field", or by their name alone.
const std::map<std::string, std::string> kKindOfField = {
    {"account_id", "caller's id"},
    {"request_id", "caller's id or nothing"},
    {"agreement_id", "agr-"},
    {"agreement_ids[0]", "agr-"},
    {"ListAccesses.agreement_id", "agr- or nothing"},
    {"ListCompanies.agreement_id", "agr- or nothing"},
    {"ListCompanyDrafts.agreement_id", "agr- or nothing"},
    {"UndeleteCompany.agreement_id", "agr- or nothing"},
    {"ListOrderBases.agreement_id", "agr- or nothing"},
    {"ListChanges.agreement_id", "agr- or nothing"},
    {"ListChanges.company_id", "cmp- or nothing"},
    {"ListChanges.draft_id", "dft- or nothing"},
    {"ListChanges.access_id", "acc- or nothing"},
    {"ListChanges.user_id", "caller's id or nothing"},
    {"ListChanges.product_id", "caller's id or nothing"},
    {"ListChanges.order_basis_id", "ord- or nothing"},
    {"caller", "identity or nothing"},
    {"actor", "identity or nothing"},
    {"method", "method or nothing"},
    {"company_id", "cmp-"},
    {"company_ids[0]", "cmp-"},
    {"ListAccesses.company_id", "cmp- or nothing"},
    {"transactions[0].company_id", "cmp-"},
    {"draft_id", "dft-"},
    {"access_id", "acc-"},
    {"order_basis_id", "ord-"},
    {"ExplainOrderBasis.order_basis_id", "nothing"},  // With an agreement_id.
    {"ListTransactions.order_basis_id", "ord- or nothing"},
    {"user_id", "caller's id"},
    {"ListAccesses.user_id", "caller's id or nothing"},
    {"product_id", "caller's id"},
    {"product_ids[0]", "caller's id"},
    {"ListAccesses.product_id", "caller's id or nothing"},
    {"ListAgreementUsers.product_id", "caller's id or nothing"},
    {"ListTransactions.product_id", "caller's id or nothing"},
    {"transactions[0].product_id", "caller's id"},
    {"transaction_id", "caller's id"},
    {"transactions[0].transaction_id", "caller's id"},
    {"from_day", "day or nothing"},
    {"CreateOrderBasis.from_day", "day"},
    {"until_day", "day or nothing"},
    {"CreateOrderBasis.until_day", "day"},
    {"valid_from", "day"},
    {"unit_price", "unit price"},
    {"expected_digest", "digest or nothing"},
    {"display_name", "name"},
    {"CreateAgreement.first_company_draft.display_name", "name or nothing"},
    {"CreateCompanyDraft.display_name", "name or nothing"},
    {"UpdateCompanyDraft.display_name", "name or nothing"},
    {"display_name_prefix", "part of a name"},
    {"display_name_contains", "part of a name"},
    {"customer_number", "customer number"},
    {"organization_number", "organization number"},
    {"CreateAgreement.first_company_draft.organization_number", "organization number"},
    {"page_token", "page token"},
};

std::string KindOf(const MethodDescriptor& method, const std::string& path) {
  const auto special = kKindOfField.find(absl::StrCat(method.name(), ".", path));
  return special != kKindOfField.end() ? special->second : kKindOfField.at(path);
}

// One string field of a request, in the request or in a message within it; of what is repeated, the first.
struct StringField {
  std::string path;                             // "first_company_draft.display_name", "product_ids[0]"
  std::vector<const FieldDescriptor*> parents;  // {first_company_draft}
  const FieldDescriptor* field;

  void Set(Message& request, const std::string& value) const {
    Message* message = &request;
    for (const FieldDescriptor* parent : parents) {
      const auto* reflection = message->GetReflection();
      message = parent->is_repeated() ? reflection->MutableRepeatedMessage(message, parent, 0)
                                      : reflection->MutableMessage(message, parent);
    }
    if (field->is_repeated()) {
      message->GetReflection()->SetRepeatedString(message, field, 0, value);
    } else {
      message->GetReflection()->SetString(message, field, value);
    }
  }
};

void FindStringFields(const google::protobuf::Descriptor& type, const StringField& parent,
                      std::vector<StringField>& found) {
  for (int i = 0; i < type.field_count(); ++i) {
    StringField child = parent;
    child.field = type.field(i);
    absl::StrAppend(&child.path, child.path.empty() ? "" : ".", child.field->name(),
                    child.field->is_repeated() ? "[0]" : "");
    if (child.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) found.push_back(child);
    if (child.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    child.parents.push_back(child.field);
    FindStringFields(*child.field->message_type(), child, found);
  }
}

std::vector<StringField> StringFieldsOf(const MethodDescriptor& method) {
  std::vector<StringField> fields;
  FindStringFields(*method.input_type(), {}, fields);
  return fields;
}

// The documented answer to a request in which one field holds `text`; "taken" if nothing is wrong with the field.
std::string Expected(const MethodDescriptor& method, const std::string& path, const std::string& text) {
  const auto code_points = Decode(text);
  if (!code_points) return "INVALID_ARGUMENT MALFORMED_REQUEST; BadRequest ";
  const std::string kind = KindOf(method, path);
  if (Kinds().at(kind)(*code_points)) return "taken";
  if (kind == "page token") return "INVALID_ARGUMENT PAGE_TOKEN_MISMATCH; BadRequest page_token";
  return absl::StrCat("INVALID_ARGUMENT FIELD_INVALID; BadRequest ", path);
}

// "taken" for success and for what depends on the state; a field with two faults counts once.
std::string Answer(const absl::Status& status) {
  using Code = absl::StatusCode;
  static const std::set<Code> kTaken = {Code::kOk, Code::kNotFound, Code::kAlreadyExists, Code::kFailedPrecondition};
  if (kTaken.count(status.code()) == 1) return "taken";
  // The field is valid, but does not fit another one or the state.
  static const std::set<v1::ErrorReason> kTakenReasons = {
      v1::ERROR_REASON_PRODUCT_KIND_WRONG, v1::ERROR_REASON_PERIOD_SPANS_MONTHS, v1::ERROR_REASON_PREVIEW_CHANGED};
  if (kTakenReasons.count(ReasonOf(status)) == 1) return "taken";
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request) return Describe(status);
  std::set<std::string> fields;
  for (const auto& violation : bad_request->field_violations()) {
    if (violation.description() != "must be later than from_day") fields.insert(violation.field());
  }
  if (fields.empty() && ReasonOf(status) == v1::ERROR_REASON_FIELD_INVALID) return "taken";
  const std::string described = Describe(status);
  return absl::StrCat(described.substr(0, described.find("; BadRequest ")), "; BadRequest ",
                      absl::StrJoin(fields, ","));
}

class WireStringsTest : public WireTest {};

TEST_F(WireStringsTest, EveryFieldOfEveryRequestAnswersEveryTextAsDocumented) {
  const std::vector<std::string> texts = AllTexts();
  int requests = 0;
  int fields = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    const Names names = wire_->Populate(absl::StrCat("acct-", method->name()));
    for (const StringField& field : StringFieldsOf(*method)) {
      for (const std::string& text : texts) {
        const auto request = ValidRequest(*method, names);
        if (const auto* request_id = method->input_type()->FindFieldByName("request_id")) {
          request->GetReflection()->SetString(request.get(), request_id, absl::StrCat("request-", ++requests));
        }
        field.Set(*request, text);
        EXPECT_EQ(Answer(wire_->Answer(*method, *request)), Expected(*method, field.path, text))
            << method->name() << "." << field.path << " = '" << absl::CHexEscape(text.substr(0, 80)) << "'";
      }
      ++fields;
    }
  }
  EXPECT_EQ(fields, 198);
}

TEST_F(WireStringsTest, AllBadFieldsAreReportedAtOnce) {
  for (const MethodDescriptor* method : AllMethods()) {
    const auto request = ValidRequest(*method, {{"$account", "acct"}});
    std::set<std::string> bad;
    for (const StringField& field : StringFieldsOf(*method)) {
      field.Set(*request, "a\x01");
      // Tokens and items are checked later; items have results of their own.
      if (field.path != "page_token" && !absl::StartsWith(field.path, "transactions")) bad.insert(field.path);
    }
    if (const auto* field = method->input_type()->FindFieldByName("revision")) {
      request->GetReflection()->SetInt64(request.get(), field, 0);
      bad.insert("revision");
    }
    if (const auto* field = method->input_type()->FindFieldByName("page_size")) {
      request->GetReflection()->SetInt32(request.get(), field, -1);
      bad.insert("page_size");
    }
    EXPECT_EQ(Answer(wire_->Answer(*method, *request)),
              absl::StrCat("INVALID_ARGUMENT FIELD_INVALID; BadRequest ", absl::StrJoin(bad, ",")))
        << method->name();
  }
}

}  // namespace
}  // namespace agreements::testing
