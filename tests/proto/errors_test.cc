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

// Metadata as text: "agreement_id=agr-1, draft_count=2".
std::string MetadataOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info) return "no ErrorInfo";
  const std::map<std::string, std::string> sorted(info->metadata().begin(), info->metadata().end());
  return absl::StrJoin(sorted, ", ", absl::PairFormatter("="));
}

std::string SentenceOf(const absl::Status& status) {
  const auto localized = DetailOf<google::rpc::LocalizedMessage>(status);
  return localized ? localized->message() : "";
}

struct Case {
  absl::Status status;
  absl::StatusCode code;
  v1::ErrorReason reason;
  std::string metadata;
};

const std::vector<Case>& Cases() {
  using Code = absl::StatusCode;
  static const auto* const cases = new std::vector<Case>{
      {FieldsInvalid({Violation("display_name")}), Code::kInvalidArgument, v1::ERROR_REASON_FIELD_INVALID, ""},
      {MalformedRequest(), Code::kInvalidArgument, v1::ERROR_REASON_MALFORMED_REQUEST, ""},
      {RequestTooLarge(7, 5), Code::kInvalidArgument, v1::ERROR_REASON_REQUEST_TOO_LARGE, "limit=5, size=7"},
      {PageTokenMismatch(), Code::kInvalidArgument, v1::ERROR_REASON_PAGE_TOKEN_MISMATCH, ""},
      {RequestIdReused(), Code::kInvalidArgument, v1::ERROR_REASON_REQUEST_ID_REUSED, ""},
      {AgreementNotFound("a"), Code::kNotFound, v1::ERROR_REASON_AGREEMENT_NOT_FOUND, "agreement_id=a"},
      {CompanyNotFound("c"), Code::kNotFound, v1::ERROR_REASON_COMPANY_NOT_FOUND, "company_id=c"},
      {DraftNotFound("d"), Code::kNotFound, v1::ERROR_REASON_DRAFT_NOT_FOUND, "draft_id=d"},
      {OrganizationNumberTaken("974760673", "c"), Code::kAlreadyExists, v1::ERROR_REASON_ORGANIZATION_NUMBER_TAKEN,
       "company_id=c, organization_number=974760673"},
      {AgreementNotEmpty("a", 2, {"c", "e"}), Code::kFailedPrecondition, v1::ERROR_REASON_AGREEMENT_NOT_EMPTY,
       "agreement_id=a, company_count=2, company_ids=c,e"},
      {AgreementHasDrafts("a", 2), Code::kFailedPrecondition, v1::ERROR_REASON_AGREEMENT_HAS_DRAFTS,
       "agreement_id=a, draft_count=2"},
      {AgreementDeleted("a"), Code::kFailedPrecondition, v1::ERROR_REASON_AGREEMENT_DELETED, "agreement_id=a"},
      {AgreementNotDeleted("a"), Code::kFailedPrecondition, v1::ERROR_REASON_AGREEMENT_NOT_DELETED, "agreement_id=a"},
      {CompanyDeleted("c"), Code::kFailedPrecondition, v1::ERROR_REASON_COMPANY_DELETED, "company_id=c"},
      {CompanyNotDeleted("c"), Code::kFailedPrecondition, v1::ERROR_REASON_COMPANY_NOT_DELETED, "company_id=c"},
      {DraftIncomplete("d", {"display_name", "x"}), Code::kFailedPrecondition, v1::ERROR_REASON_DRAFT_INCOMPLETE,
       "draft_id=d, missing_fields=display_name,x"},
      {DraftCompleted("d", "c"), Code::kFailedPrecondition, v1::ERROR_REASON_DRAFT_COMPLETED,
       "company_id=c, draft_id=d"},
      {DraftDiscarded("d"), Code::kFailedPrecondition, v1::ERROR_REASON_DRAFT_DISCARDED, "draft_id=d"},
      {AlreadyInAgreement("c", "a"), Code::kFailedPrecondition, v1::ERROR_REASON_ALREADY_IN_AGREEMENT,
       "agreement_id=a, company_id=c"},
      {StaleRevision("a", 1, 2), Code::kAborted, v1::ERROR_REASON_STALE_REVISION,
       "current_revision=2, resource_id=a, revision=1"},
      {ServerBusy(), Code::kResourceExhausted, v1::ERROR_REASON_SERVER_BUSY, ""},
      {ServerStopping(), Code::kUnavailable, v1::ERROR_REASON_SERVER_STOPPING, ""},
      {DatabaseUnavailable(), Code::kUnavailable, v1::ERROR_REASON_DATABASE_UNAVAILABLE, ""},
      {DeadlinePassed(), Code::kDeadlineExceeded, v1::ERROR_REASON_DEADLINE_PASSED, ""},
      {InternalError("err-1"), Code::kInternal, v1::ERROR_REASON_INTERNAL_ERROR, "error_id=err-1"},
  };
  return *cases;
}

TEST(ErrorsTest, EveryReasonHasItsCodeAndMetadata) {
  std::set<v1::ErrorReason> reasons;
  for (const auto& [status, code, reason, metadata] : Cases()) {
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_EQ(ReasonOf(status), reason) << status;
    EXPECT_EQ(MetadataOf(status), metadata);
    EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->domain(), "agreements.v1");
    reasons.insert(reason);
  }
  // But UNSPECIFIED.
  EXPECT_EQ(static_cast<int>(reasons.size()),
            google::protobuf::GetEnumDescriptor<v1::ErrorReason>()->value_count() - 1);
}

TEST(ErrorsTest, EveryErrorHasTheDetailsOfItsCode) {
  using Code = absl::StatusCode;
  for (const auto& [status, code, reason, metadata] : Cases()) {
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
  for (const auto& [status, code, reason, metadata] : Cases()) {
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
  for (const absl::Status& status :
       {FieldsInvalid(Violations(12)), FieldsInvalid(Violations(100)),
        AgreementNotEmpty(kAgreement, 1'000'000, std::vector<std::string>(20, kCompany)),
        DraftIncomplete(kDraft, {"display_name", "organization_number"}), DraftCompleted(kDraft, kCompany),
        AlreadyInAgreement(kCompany, kAgreement), OrganizationNumberTaken("974760673", kCompany)}) {
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
