#include "proto/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/status.h"

namespace agreements {
namespace {

using ::testing::HasSubstr;

constexpr char kAgreement[] = "agr-1jq2v8k5w0c3m7xz";
constexpr char kCompany[] = "cmp-1jq2v8k5w0c3m7y0";
constexpr char kDraft[] = "dft-1jq2v8k5w0c3m7xw";

FieldViolation Violation(const std::string& field) {
  return {.field = field, .description = "is required", .sentence = "Navnet må fylles inn."};
}

std::vector<FieldViolation> Violations(int count) {
  std::vector<FieldViolation> violations;
  for (int i = 0; i < count; ++i) {
    violations.push_back({.field = absl::StrCat("first_company_draft.organization_number_", i),
                          .description = "must be nine digits, the first 8 or 9, with a valid modulus-11 check digit",
                          .sentence = "Organisasjonsnummeret er ikke gyldig. Det har ni siffer og begynner med 8."});
  }
  return violations;
}

// "FAILED_PRECONDITION AGREEMENT_HAS_DRAFTS agreement_id=a, draft_count=2".
std::string TextOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info) return "no ErrorInfo";
  const std::map<std::string, std::string> sorted(info->metadata().begin(), info->metadata().end());
  return absl::StrCat(absl::StatusCodeToString(status.code()), " ", info->reason(), sorted.empty() ? "" : " ",
                      absl::StrJoin(sorted, ", ", absl::PairFormatter("=")));
}

std::string SentenceOf(const absl::Status& status) {
  const auto localized = DetailOf<google::rpc::LocalizedMessage>(status);
  return localized ? localized->message() : "";
}

v1::Access Invitation() {
  v1::Access invitation;
  invitation.set_access_id("i");
  invitation.mutable_expire_time()->set_seconds(1'796'119'200);
  return invitation;
}

constexpr absl::CivilDay kFirst(2026, 11, 1);
constexpr absl::CivilDay kFifth(2026, 11, 5);
constexpr absl::CivilDay kNextMonth(2026, 12, 1);

// An error, and its code, reason and metadata.
struct Case {
  absl::Status status;
  std::string text;
};

const std::vector<Case>& Cases() {
  static const auto* const cases = new std::vector<Case>{
      {FieldsInvalid({Violation("display_name")}), "INVALID_ARGUMENT FIELD_INVALID"},
      {MalformedRequest(), "INVALID_ARGUMENT MALFORMED_REQUEST"},
      {RequestTooLarge(7, 5), "INVALID_ARGUMENT REQUEST_TOO_LARGE limit=5, size=7"},
      {PageTokenMismatch(), "INVALID_ARGUMENT PAGE_TOKEN_MISMATCH"},
      {RequestIdReused(), "INVALID_ARGUMENT REQUEST_ID_REUSED"},
      {ProductKindWrong("product_id", "p", v1::PRODUCT_KIND_LICENSE),
       "INVALID_ARGUMENT PRODUCT_KIND_WRONG kind=LICENSE, product_id=p"},
      {PeriodSpansMonths(kFirst, absl::CivilDay(2026, 12, 2), kNextMonth),
       "INVALID_ARGUMENT PERIOD_SPANS_MONTHS from_day=2026-11-01, latest_until_day=2026-12-01, until_day=2026-12-02"},
      {AgreementNotFound("a"), "NOT_FOUND AGREEMENT_NOT_FOUND agreement_id=a"},
      {CompanyNotFound("c"), "NOT_FOUND COMPANY_NOT_FOUND company_id=c"},
      {DraftNotFound("d"), "NOT_FOUND DRAFT_NOT_FOUND draft_id=d"},
      {ProductNotFound("p"), "NOT_FOUND PRODUCT_NOT_FOUND product_id=p"},
      {AccessNotFound("i"), "NOT_FOUND ACCESS_NOT_FOUND access_id=i"},
      {AccessNotFound("c", "u", "p"), "NOT_FOUND ACCESS_NOT_FOUND company_id=c, product_id=p, user_id=u"},
      {TransactionNotFound("c", "t"), "NOT_FOUND TRANSACTION_NOT_FOUND company_id=c, transaction_id=t"},
      {OrderBasisNotFound("o"), "NOT_FOUND ORDER_BASIS_NOT_FOUND order_basis_id=o"},
      {OrderBasisLineNotFound("o", 7), "NOT_FOUND ORDER_BASIS_LINE_NOT_FOUND line_number=7, order_basis_id=o"},
      {OrganizationNumberTaken("974760673", "c"),
       "ALREADY_EXISTS ORGANIZATION_NUMBER_TAKEN company_id=c, organization_number=974760673"},
      {ProductIdTaken("p"), "ALREADY_EXISTS PRODUCT_ID_TAKEN product_id=p"},
      {AgreementNotEmpty("a", 2, {"c", "e"}),
       "FAILED_PRECONDITION AGREEMENT_NOT_EMPTY agreement_id=a, company_count=2, company_ids=c,e"},
      {AgreementHasDrafts("a", 2), "FAILED_PRECONDITION AGREEMENT_HAS_DRAFTS agreement_id=a, draft_count=2"},
      {AgreementDeleted("a"), "FAILED_PRECONDITION AGREEMENT_DELETED agreement_id=a"},
      {AgreementNotDeleted("a"), "FAILED_PRECONDITION AGREEMENT_NOT_DELETED agreement_id=a"},
      {CompanyDeleted("c"), "FAILED_PRECONDITION COMPANY_DELETED company_id=c"},
      {CompanyNotHeld("c", "2026-11-05"), "FAILED_PRECONDITION COMPANY_DELETED company_id=c, day=2026-11-05"},
      {CompanyNotDeleted("c"), "FAILED_PRECONDITION COMPANY_NOT_DELETED company_id=c"},
      {DraftIncomplete("d", {"display_name", "x"}),
       "FAILED_PRECONDITION DRAFT_INCOMPLETE draft_id=d, missing_fields=display_name,x"},
      {DraftCompleted("d", "c"), "FAILED_PRECONDITION DRAFT_COMPLETED company_id=c, draft_id=d"},
      {DraftDiscarded("d"), "FAILED_PRECONDITION DRAFT_DISCARDED draft_id=d"},
      {AlreadyInAgreement("c", "a"), "FAILED_PRECONDITION ALREADY_IN_AGREEMENT agreement_id=a, company_id=c"},
      {InvitationExpired(Invitation()),
       "FAILED_PRECONDITION INVITATION_EXPIRED access_id=i, expire_time=2026-12-01T10:00:00Z"},
      {PriceInUse("p", "2026-11-01", "2026-11-05"),
       "FAILED_PRECONDITION PRICE_IN_USE priced_until=2026-11-05, product_id=p, valid_from=2026-11-01"},
      {PriceMissing("p", kFifth), "FAILED_PRECONDITION PRICE_MISSING day=2026-11-05, product_id=p"},
      {TransactionConflict("c", "t"), "FAILED_PRECONDITION TRANSACTION_CONFLICT company_id=c, transaction_id=t"},
      {TransactionSettled("c", "t", "o"),
       "FAILED_PRECONDITION TRANSACTION_SETTLED company_id=c, order_basis_id=o, transaction_id=t"},
      {PeriodNotOver(kNextMonth, kFifth),
       "FAILED_PRECONDITION PERIOD_NOT_OVER latest_until_day=2026-11-05, until_day=2026-12-01"},
      {IntervalNotNext("a", "2026-11-05"),
       "FAILED_PRECONDITION INTERVAL_NOT_NEXT agreement_id=a, from_day=2026-11-05, until_day=2026-12-01"},
      {CustomerNumberMissing("a"), "FAILED_PRECONDITION CUSTOMER_NUMBER_MISSING agreement_id=a"},
      {AmountTooLarge("a", "p"), "FAILED_PRECONDITION AMOUNT_TOO_LARGE agreement_id=a, product_id=p"},
      {AmountTooLarge("a", ""), "FAILED_PRECONDITION AMOUNT_TOO_LARGE agreement_id=a"},
      {StaleRevision("a", 1, 2), "ABORTED STALE_REVISION current_revision=2, resource_id=a, revision=1"},
      {PreviewChanged("a", "d"), "ABORTED PREVIEW_CHANGED agreement_id=a, digest=d"},
      {CallerUnknown("why"), "UNAUTHENTICATED CALLER_UNKNOWN"},
      {NotAllowed("S/M", "c", "may not"), "PERMISSION_DENIED NOT_ALLOWED caller=c, method=S/M"},
      {ServerBusy(absl::Milliseconds(1500)), "RESOURCE_EXHAUSTED SERVER_BUSY"},
      {ServerStopping(), "UNAVAILABLE SERVER_STOPPING"},
      {DatabaseUnavailable(), "UNAVAILABLE DATABASE_UNAVAILABLE"},
      {RowLocked(), "UNAVAILABLE ROW_LOCKED"},
      {ClockOutOfRange(), "UNAVAILABLE CLOCK_OUT_OF_RANGE"},
      {DeadlinePassed(), "DEADLINE_EXCEEDED DEADLINE_PASSED"},
      {InternalError("err-1"), "INTERNAL INTERNAL_ERROR error_id=err-1"},
  };
  return *cases;
}

TEST(ErrorsTest, EveryReasonHasItsCodeAndMetadata) {
  std::set<v1::ErrorReason> reasons;
  for (const auto& [status, text] : Cases()) {
    EXPECT_EQ(TextOf(status), text);
    EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->domain(), "agreements.v1");
    reasons.insert(ReasonOf(status));
  }
  // But UNSPECIFIED.
  EXPECT_EQ(static_cast<int>(reasons.size()),
            google::protobuf::GetEnumDescriptor<v1::ErrorReason>()->value_count() - 1);
}

TEST(ErrorsTest, EveryErrorHasTheDetailsOfItsCode) {
  using Code = absl::StatusCode;
  for (const auto& [status, text] : Cases()) {
    const Code code = status.code();
    EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status).has_value(), code == Code::kInvalidArgument) << status;
    EXPECT_EQ(DetailOf<google::rpc::PreconditionFailure>(status).has_value(), code == Code::kFailedPrecondition)
        << status;
    EXPECT_EQ(DetailOf<google::rpc::ResourceInfo>(status).has_value(),
              code == Code::kNotFound || code == Code::kAlreadyExists)
        << status;
    EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status).has_value(),
              code == Code::kResourceExhausted || code == Code::kUnavailable)
        << status;
  }
}

TEST(ErrorsTest, EveryErrorHasASentenceInNorwegian) {
  for (const auto& [status, text] : Cases()) {
    EXPECT_EQ(DetailOf<google::rpc::LocalizedMessage>(status)->locale(), "nb-NO");
    EXPECT_THAT(SentenceOf(status), ::testing::EndsWith(".")) << status;
  }
}

TEST(ErrorsTest, SentencesCountAsPeopleDo) {
  EXPECT_EQ(SentenceOf(AgreementNotEmpty("a", 1, {"c"})),
            "Kundeavtalen kan ikke slettes, fordi den inneholder 1 selskap.");
  EXPECT_EQ(SentenceOf(AgreementNotEmpty("a", 2, {"c", "e"})),
            "Kundeavtalen kan ikke slettes, fordi den inneholder 2 selskaper.");
  EXPECT_THAT(SentenceOf(AgreementHasDrafts("a", 1)), HasSubstr("1 påbegynt selskap,"));
  EXPECT_THAT(SentenceOf(AgreementHasDrafts("a", 2)), HasSubstr("2 påbegynte selskaper,"));
}

TEST(ErrorsTest, APreconditionFailureSaysWhatItIsAbout) {
  const auto failure = DetailOf<google::rpc::PreconditionFailure>(AgreementDeleted(kAgreement));
  ASSERT_EQ(failure->violations_size(), 1);
  EXPECT_EQ(failure->violations(0).type(), "AGREEMENT_DELETED");
  EXPECT_EQ(failure->violations(0).subject(), kAgreement);
}

TEST(ErrorsTest, AnItemIsNamedWithinItsCompany) {
  EXPECT_EQ(DetailOf<google::rpc::ResourceInfo>(TransactionNotFound("c", "t"))->resource_name(), "c/t");
  EXPECT_EQ(DetailOf<google::rpc::PreconditionFailure>(TransactionConflict("c", "t"))->violations(0).subject(), "c/t");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(ProductKindWrong("product_ids[1]", "p", v1::PRODUCT_KIND_TRANSACTION))
                ->field_violations(0)
                .field(),
            "product_ids[1]");
}

TEST(ErrorsTest, AResultWithinAResponseCarriesTheSameDetails) {
  for (const auto& [status, text] : Cases()) {
    EXPECT_EQ(ToRpcStatus(status).SerializeAsString(), ToGrpcStatus(status).error_details());
  }
}

TEST(ErrorsTest, EveryWrongFieldIsNamed) {
  const auto bad_request =
      DetailOf<google::rpc::BadRequest>(FieldsInvalid({Violation("account_id"), Violation("display_name")}));
  ASSERT_EQ(bad_request->field_violations_size(), 2);
  EXPECT_EQ(bad_request->field_violations(0).field(), "account_id");
  EXPECT_EQ(bad_request->field_violations(1).field(), "display_name");
}

TEST(ErrorsTest, TooManyWrongFieldsAreCutAndSaySo) {
  const auto bad_request = DetailOf<google::rpc::BadRequest>(FieldsInvalid(Violations(100)));
  ASSERT_EQ(bad_request->field_violations_size(), 13);
  EXPECT_EQ(bad_request->field_violations(12).field(), "");
  EXPECT_THAT(bad_request->field_violations(12).description(), HasSubstr("88 more"));
}

TEST(ErrorsTest, DetailsStayUnderFourKibibytes) {
  const std::string longest(64, 'x');  // Of ids from the caller
  for (const absl::Status& status :
       {FieldsInvalid(Violations(12)), FieldsInvalid(Violations(100)),
        AgreementNotEmpty(kAgreement, 1'000'000, std::vector<std::string>(20, kCompany)),
        DraftIncomplete(kDraft, {"display_name", "organization_number"}), DraftCompleted(kDraft, kCompany),
        AlreadyInAgreement(kCompany, kAgreement), OrganizationNumberTaken("974760673", kCompany),
        ProductKindWrong("transactions[999].product_id", longest, v1::PRODUCT_KIND_TRANSACTION),
        AccessNotFound(kCompany, longest, longest), TransactionNotFound(kCompany, longest), ProductIdTaken(longest),
        TransactionSettled(kCompany, longest, "ord-1jq2v8k5w0c3m7z9"), PriceInUse(longest, "2026-11-01", "2026-12-01"),
        PreviewChanged(kAgreement, longest), AmountTooLarge(kAgreement, longest)}) {
    EXPECT_LT(ToGrpcStatus(status).error_details().size(), 4096U) << status;
  }
}

TEST(ReasonOfTest, IsUnspecifiedForWhatIsNotOurs) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonOf(absl::NotFoundError("text")), v1::ERROR_REASON_UNSPECIFIED);
  google::rpc::ErrorInfo info;
  info.set_reason("COMPANY_NOT_FOUND");
  info.set_domain("other.v1");
  absl::Status status = absl::NotFoundError("text");
  status.SetPayload(DetailTypeUrl(info), absl::Cord(info.SerializeAsString()));
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UNSPECIFIED);
  info.set_domain("agreements.v1");
  info.set_reason("FROM_THE_FUTURE");
  status.SetPayload(DetailTypeUrl(info), absl::Cord(info.SerializeAsString()));
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UNSPECIFIED);
  status.SetPayload(DetailTypeUrl(info), absl::Cord("\xff"));
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status), std::nullopt);
}

}  // namespace
}  // namespace agreements
