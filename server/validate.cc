#include "server/validate.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "proto/errors.h"
#include "server/rules.h"

namespace agreements {
namespace {

// The code points of a text; nothing if it is not UTF-8.
std::optional<std::vector<UChar32>> CodePoints(absl::string_view text) {
  std::vector<UChar32> code_points;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 code_point = 0;
    U8_NEXT(text.data(), i, length, code_point);
    if (code_point < 0) return std::nullopt;
    code_points.push_back(code_point);
  }
  return code_points;
}

// Removes Unicode white space at both ends. What is not UTF-8 stays as it is.
void Trim(std::string& text) {
  const auto length = static_cast<int32_t>(text.size());
  int32_t begin = 0;
  int32_t end = 0;
  for (int32_t i = 0; i < length;) {
    UChar32 code_point = 0;
    U8_NEXT(text.data(), i, length, code_point);
    if (code_point < 0) return;
    const bool space = u_isUWhiteSpace(code_point) != 0;
    if (space && end == 0) begin = i;
    if (!space) end = i;
  }
  text = end == 0 ? "" : text.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

// Controls, and the separators that break a line as controls do.
bool IsControl(UChar32 code_point) {
  return u_isISOControl(code_point) != 0 || code_point == 0x2028 || code_point == 0x2029;
}

bool IsCallersIdCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("._:-", absl::string_view(&c, 1));
}

bool IsCustomerNumberCharacter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-'; }

bool IsIdDigit(char c) { return absl::StrContains("0123456789abcdefghjkmnpqrstvwxyz", absl::string_view(&c, 1)); }

// Checks fields and gathers what is wrong.
class Fields {
 public:
  template <typename Request>
  explicit Fields(Request& request) {
    CallersId("account_id", request.account_id(), "Kontoen er ikke oppgitt riktig.");
    if constexpr (requires { request.request_id(); }) {
      if (!request.request_id().empty()) {
        CallersId("request_id", request.request_id(), "Forespørsels-ID-en er ikke gyldig.");
      }
    }
    if constexpr (requires { request.has_revision(); }) {
      if (request.has_revision()) {
        Check(request.revision() >= 1, "revision", "must be at least 1", "Revisjonsnummeret er ikke gyldig.");
      }
    }
    if constexpr (requires { request.page_size(); }) {
      Check(request.page_size() >= 0 && request.page_size() <= kMaxPageSize, "page_size",
            absl::StrCat("must be 0 to ", kMaxPageSize), "Sidestørrelsen er ikke gyldig.");
    }
  }

  Fields& Check(bool valid, absl::string_view field, absl::string_view description, absl::string_view sentence) {
    if (!valid) {
      violations_.push_back(
          {.field = std::string(field), .description = std::string(description), .sentence = std::string(sentence)});
    }
    return *this;
  }

  // A server-made id, e.g. "agr-1jq2v8k5w0c3m7xz".
  Fields& Id(absl::string_view field, absl::string_view id, absl::string_view prefix) {
    const absl::string_view digits = id.substr(std::min(prefix.size(), id.size()));
    return Check(id.substr(0, prefix.size()) == prefix && digits.size() == 16 &&
                     std::all_of(digits.begin(), digits.end(), IsIdDigit),
                 field, absl::StrCat("must be \"", prefix, "\" and 16 characters of [0-9a-hjkmnp-tv-z]"),
                 "Lenken eller ID-en er ikke gyldig.");
  }

  Fields& OptionalId(absl::string_view field, absl::string_view id, absl::string_view prefix) {
    return id.empty() ? *this : Id(field, id, prefix);
  }

  Fields& Name(absl::string_view field, std::string& name) {
    Trim(name);
    return Check(!name.empty(), field, "is required", "Navnet må fylles inn.").Text(field, name);
  }

  Fields& OptionalName(absl::string_view field, std::string& name) {
    Trim(name);
    return Text(field, name);
  }

  // A text as a name has it, untrimmed: the beginning of one.
  Fields& Text(absl::string_view field, absl::string_view text) {
    const auto code_points = CodePoints(text);
    if (!code_points) return Check(false, field, "must be UTF-8", "Teksten kan ikke leses.");
    return Check(code_points->size() <= kMaxDisplayNameLength, field,
                 absl::StrCat("must have at most ", kMaxDisplayNameLength, " characters"),
                 absl::StrCat("Navnet kan ha høyst ", kMaxDisplayNameLength, " tegn."))
        .Check(std::none_of(code_points->begin(), code_points->end(), IsControl), field,
               "must not have control characters", "Navnet kan ikke ha linjeskift eller andre kontrolltegn.");
  }

  Fields& CustomerNumber(absl::string_view field, std::string& number) {
    Trim(number);
    return Check(number.size() <= kMaxCustomerNumberLength &&
                     std::all_of(number.begin(), number.end(), IsCustomerNumberCharacter),
                 field, absl::StrCat("must be at most ", kMaxCustomerNumberLength, " of [0-9A-Za-z-]"),
                 absl::StrCat("Kundenummeret kan ha høyst ", kMaxCustomerNumberLength,
                              " tegn: tall, bokstavene A til Z og bindestrek."));
  }

  Fields& OrganizationNumber(absl::string_view field, std::string& number) {
    Trim(number);
    return Check(number.empty() || rules::IsOrganizationNumber(number), field,
                 "must be nine digits, the first 8 or 9, with a valid modulus-11 check digit",
                 "Organisasjonsnummeret er ikke gyldig. Det har ni siffer og begynner med 8 eller 9.");
  }

  absl::Status status() const { return violations_.empty() ? absl::OkStatus() : FieldsInvalid(violations_); }

 private:
  void CallersId(absl::string_view field, absl::string_view id, absl::string_view sentence) {
    Check(!id.empty() && id.size() <= kMaxCallersIdLength && std::all_of(id.begin(), id.end(), IsCallersIdCharacter),
          field, absl::StrCat("must be 1 to ", kMaxCallersIdLength, " of [A-Za-z0-9._:-]"), sentence);
  }

  std::vector<FieldViolation> violations_;
};

constexpr absl::string_view kAgreement = "agr-";
constexpr absl::string_view kCompany = "cmp-";
constexpr absl::string_view kDraft = "dft-";

constexpr absl::string_view kNothingToSet = "at least one field to set must be present";
constexpr absl::string_view kNothingToSetSentence = "Det er ingenting å endre.";

}  // namespace

absl::Status Validate(v1::CreateAgreementRequest& request) {
  Fields fields(request);
  fields.Name("display_name", *request.mutable_display_name())
      .CustomerNumber("customer_number", *request.mutable_customer_number());
  if (request.has_first_company_draft()) {
    auto& draft = *request.mutable_first_company_draft();
    fields.OptionalName("first_company_draft.display_name", *draft.mutable_display_name())
        .OrganizationNumber("first_company_draft.organization_number", *draft.mutable_organization_number());
  }
  return fields.status();
}

absl::Status Validate(v1::GetAgreementRequest& request) {
  return Fields(request).Id("agreement_id", request.agreement_id(), kAgreement).status();
}

absl::Status Validate(v1::ListAgreementsRequest& request) {
  return Fields(request)
      .CustomerNumber("customer_number", *request.mutable_customer_number())
      .Text("display_name_prefix", request.display_name_prefix())
      .status();
}

absl::Status Validate(v1::UpdateAgreementRequest& request) {
  Fields fields(request);
  fields.Id("agreement_id", request.agreement_id(), kAgreement)
      .Check(request.has_display_name() || request.has_customer_number(), "display_name", kNothingToSet,
             kNothingToSetSentence);
  if (request.has_display_name()) fields.Name("display_name", *request.mutable_display_name());
  if (request.has_customer_number()) fields.CustomerNumber("customer_number", *request.mutable_customer_number());
  return fields.status();
}

absl::Status Validate(v1::DeleteAgreementRequest& request) {
  return Fields(request).Id("agreement_id", request.agreement_id(), kAgreement).status();
}

absl::Status Validate(v1::UndeleteAgreementRequest& request) {
  return Fields(request).Id("agreement_id", request.agreement_id(), kAgreement).status();
}

absl::Status Validate(v1::CreateCompanyRequest& request) {
  return Fields(request)
      .Id("agreement_id", request.agreement_id(), kAgreement)
      .Name("display_name", *request.mutable_display_name())
      .OrganizationNumber("organization_number", *request.mutable_organization_number())
      .status();
}

absl::Status Validate(v1::GetCompanyRequest& request) {
  return Fields(request).Id("company_id", request.company_id(), kCompany).status();
}

absl::Status Validate(v1::ListCompaniesRequest& request) {
  return Fields(request)
      .OptionalId("agreement_id", request.agreement_id(), kAgreement)
      .Text("display_name_prefix", request.display_name_prefix())
      .OrganizationNumber("organization_number", *request.mutable_organization_number())
      .status();
}

absl::Status Validate(v1::UpdateCompanyRequest& request) {
  Fields fields(request);
  fields.Id("company_id", request.company_id(), kCompany)
      .Check(request.has_display_name() || request.has_organization_number(), "display_name", kNothingToSet,
             kNothingToSetSentence);
  if (request.has_display_name()) fields.Name("display_name", *request.mutable_display_name());
  if (request.has_organization_number()) {
    fields.OrganizationNumber("organization_number", *request.mutable_organization_number());
  }
  return fields.status();
}

absl::Status Validate(v1::DeleteCompanyRequest& request) {
  return Fields(request).Id("company_id", request.company_id(), kCompany).status();
}

absl::Status Validate(v1::UndeleteCompanyRequest& request) {
  return Fields(request)
      .Id("company_id", request.company_id(), kCompany)
      .OptionalId("agreement_id", request.agreement_id(), kAgreement)
      .status();
}

absl::Status Validate(v1::CreateCompanyDraftRequest& request) {
  return Fields(request)
      .Id("agreement_id", request.agreement_id(), kAgreement)
      .OptionalName("display_name", *request.mutable_display_name())
      .OrganizationNumber("organization_number", *request.mutable_organization_number())
      .status();
}

absl::Status Validate(v1::GetCompanyDraftRequest& request) {
  return Fields(request).Id("draft_id", request.draft_id(), kDraft).status();
}

absl::Status Validate(v1::ListCompanyDraftsRequest& request) {
  return Fields(request).OptionalId("agreement_id", request.agreement_id(), kAgreement).status();
}

absl::Status Validate(v1::UpdateCompanyDraftRequest& request) {
  Fields fields(request);
  fields.Id("draft_id", request.draft_id(), kDraft)
      .Check(request.has_display_name() || request.has_organization_number(), "display_name", kNothingToSet,
             kNothingToSetSentence);
  if (request.has_display_name()) fields.OptionalName("display_name", *request.mutable_display_name());
  if (request.has_organization_number()) {
    fields.OrganizationNumber("organization_number", *request.mutable_organization_number());
  }
  return fields.status();
}

absl::Status Validate(v1::CompleteCompanyDraftRequest& request) {
  return Fields(request).Id("draft_id", request.draft_id(), kDraft).status();
}

absl::Status Validate(v1::DeleteCompanyDraftRequest& request) {
  return Fields(request).Id("draft_id", request.draft_id(), kDraft).status();
}

absl::Status Validate(v1::MoveCompanyRequest& request) {
  return Fields(request)
      .Id("company_id", request.company_id(), kCompany)
      .Id("agreement_id", request.agreement_id(), kAgreement)
      .status();
}

absl::Status Validate(v1::MoveCompanyToNewAgreementRequest& request) {
  return Fields(request)
      .Id("company_id", request.company_id(), kCompany)
      .Name("display_name", *request.mutable_display_name())
      .CustomerNumber("customer_number", *request.mutable_customer_number())
      .status();
}

absl::Status Validate(v1::ListPlacementsRequest& request) {
  return Fields(request).Id("company_id", request.company_id(), kCompany).status();
}

}  // namespace agreements
