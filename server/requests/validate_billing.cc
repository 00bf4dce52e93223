// Products, prices and order bases.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "proto/days.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "server/requests/fields.h"
#include "server/requests/validate.h"
#include "server/rules/pricing.h"

namespace agreements {
namespace {

constexpr size_t kDigestLength = 64;

bool IsDigestCharacter(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f'); }

bool IsDigest(absl::string_view text) {
  return text.size() == kDigestLength && std::all_of(text.begin(), text.end(), IsDigestCharacter);
}

void CheckDigest(absl::string_view expected_digest, Fields& fields) {
  fields.Check(expected_digest.empty() || IsDigest(expected_digest), "expected_digest", "must be 64 of [0-9a-f]",
               "Forhåndsvisningen er ikke oppgitt riktig.");
}

}  // namespace

absl::Status Validate(v1::CreateProductRequest& request) {
  return Fields()
      .Common(request)
      .ProductId("product_id", request.product_id())
      .Name("display_name", *request.mutable_display_name())
      .Kind("kind", request.kind())
      .status();
}

absl::Status Validate(v1::GetProductRequest& request) {
  return Fields().Common(request).ProductId("product_id", request.product_id()).status();
}

absl::Status Validate(v1::ListProductsRequest& request) {
  Fields fields;
  fields.Common(request);
  if (request.kind() != v1::PRODUCT_KIND_UNSPECIFIED) fields.Kind("kind", request.kind());
  return fields.status();
}

absl::Status Validate(v1::UpdateProductRequest& request) {
  return Fields()
      .Common(request)
      .ProductId("product_id", request.product_id())
      .Name("display_name", *request.mutable_display_name())
      .status();
}

absl::Status Validate(v1::SetPriceRequest& request) {
  return Fields()
      .Common(request)
      .ProductId("product_id", request.product_id())
      .Day("valid_from", request.valid_from())
      .UnitPrice("unit_price", request.unit_price())
      .status();
}

absl::Status Validate(v1::ListPricesRequest& request) {
  return Fields().Common(request).ProductId("product_id", request.product_id()).status();
}

absl::Status Validate(v1::PreviewOrderBasisRequest& request) {
  return Fields()
      .Common(request)
      .Id("agreement_id", request.agreement_id(), kAgreementPrefix)
      .OptionalDays(request)
      .status();
}

absl::Status Validate(v1::CreateOrderBasisRequest& request) {
  Fields fields;
  fields.Common(request);
  fields.Id("agreement_id", request.agreement_id(), kAgreementPrefix)
      .Day("from_day", request.from_day())
      .Day("until_day", request.until_day())
      .DaysInOrder(request.from_day(), request.until_day());
  CheckDigest(request.expected_digest(), fields);
  RETURN_IF_ERROR(fields.status());
  return rules::CheckPeriod({.from = ParseDay(request.from_day()), .until = ParseDay(request.until_day())});
}

absl::Status Validate(v1::GetOrderBasisRequest& request) {
  return Fields().Common(request).Id("order_basis_id", request.order_basis_id(), kOrderBasisPrefix).status();
}

absl::Status Validate(v1::ListOrderBasisLinesRequest& request) {
  return Fields().Common(request).Id("order_basis_id", request.order_basis_id(), kOrderBasisPrefix).status();
}

absl::Status Validate(v1::ListOrderBasesRequest& request) {
  Fields fields;
  fields.Common(request);
  fields.OptionalId("agreement_id", request.agreement_id(), kAgreementPrefix)
      .CustomerNumber("customer_number", *request.mutable_customer_number())
      .OptionalDays(request)
      .OptionalCreateTimes(request);
  return fields.status();
}

absl::Status Validate(v1::RunBillingRequest& request) {
  return Fields().Common(request).OptionalDay("until_day", request.until_day()).status();
}

absl::Status Validate(v1::ExplainOrderBasisRequest& request) {
  const bool of_document = !request.order_basis_id().empty();
  const bool of_preview = !request.agreement_id().empty();
  Fields fields;
  fields.Common(request);
  fields
      .Check(of_document || of_preview, "agreement_id", "or order_basis_id is required",
             "Det må oppgis hvilket ordregrunnlag eller hvilken kundeavtale det gjelder.")
      .Check(!of_document || !of_preview, "order_basis_id", "must be empty when agreement_id is not",
             "Enten ordregrunnlaget eller kundeavtalen må oppgis, ikke begge.")
      .OptionalId("order_basis_id", request.order_basis_id(), kOrderBasisPrefix)
      .OptionalId("agreement_id", request.agreement_id(), kAgreementPrefix)
      .Check(request.line_number() >= 1, "line_number", "must be at least 1", "Linjenummeret er ikke gyldig.")
      .OptionalDays(request);
  CheckDigest(request.expected_digest(), fields);
  if (of_document && !of_preview) {
    const auto check_absent = [&fields](bool absent, absl::string_view field) {
      fields.Check(absent, field, "is of a preview, which agreement_id names", "Dette gjelder bare forhåndsvisninger.");
    };
    check_absent(request.from_day().empty(), "from_day");
    check_absent(request.until_day().empty(), "until_day");
    check_absent(!request.estimate(), "estimate");
    check_absent(request.expected_digest().empty(), "expected_digest");
  }
  return fields.status();
}

absl::Status Validate(v1::VerifyOrderBasisRequest& request) {
  return Fields().Common(request).Id("order_basis_id", request.order_basis_id(), kOrderBasisPrefix).status();
}

}  // namespace agreements
