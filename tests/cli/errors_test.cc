#include "client/cli/output/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "proto/errors.h"
#include "tests/cli/fixture.h"

namespace agreements::cli {
namespace {

using ::testing::HasSubstr;

absl::Status Bad() {
  return FieldsInvalid({{"display_name", "is required", "Navnet må fylles inn."},
                        {"first_company_draft.organization_number", "has no valid check digit", "Nummeret er galt."}});
}

TEST(ErrorsTest, EveryBadFieldHasTheNameOfItsFlag) {
  EXPECT_EQ(FormatError(Bad(), &CommandOf("CreateAgreement"), {.width = 100}),
            "INVALID_ARGUMENT FIELD_INVALID: Invalid fields: display_name,\n"
            "  first_company_draft.organization_number.\n"
            "  --display-name: is required\n"
            "  --first-company-draft.organization-number: has no valid check digit\n");
}

TEST(ErrorsTest, TheSentenceInNorwegianIsToldOnDemand) {
  EXPECT_EQ(FormatError(CustomerNumberMissing("agr-1"), nullptr, {.norwegian = true, .width = 100}, "agr-1 2026-10"),
            "agr-1 2026-10: FAILED_PRECONDITION CUSTOMER_NUMBER_MISSING: Agreement agr-1 has no customer\n"
            "  number.\n"
            "  Kundeavtalen mangler kundenummer og kan ikke faktureres.\n");
}

TEST(ErrorsTest, WhenToTryAgainIsSaid) {
  EXPECT_THAT(FormatError(ServerBusy(absl::Seconds(3)), nullptr, {}), HasSubstr("\n  try again in 3s\n"));
}

TEST(ErrorsTest, AnErrorThatIsNotTheServicesHasNoReason) {
  EXPECT_EQ(FormatError(absl::UnavailableError("nobody there"), nullptr, {}), "UNAVAILABLE: nobody there\n");
}

TEST(ErrorsTest, AsJsonAllOfItIsThere) {
  EXPECT_EQ(FormatError(Bad(), &CommandOf("CreateAgreement"), {.json = true}),
            R"({"error":{"code":"INVALID_ARGUMENT","reason":"FIELD_INVALID",)"
            R"("message":"Invalid fields: display_name, first_company_draft.organization_number.",)"
            R"("violations":[{"field":"display_name","flag":"--display-name","description":"is required"},)"
            R"({"field":"first_company_draft.organization_number",)"
            R"("flag":"--first-company-draft.organization-number","description":"has no valid check digit"}],)"
            R"("norwegian":"Navnet må fylles inn. Nummeret er galt."}})"
            "\n");
  EXPECT_THAT(FormatError(StaleRevision("agr-1", 2, 3), nullptr, {.json = true}),
              HasSubstr(R"("current_revision":"3")"));
  EXPECT_THAT(FormatError(ServerBusy(absl::Seconds(3)), nullptr, {.json = true}), HasSubstr(R"("retry_delay":"3s")"));
}

TEST(ErrorsTest, ClassesOfErrorsHaveExitCodes) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("")), 1);
  EXPECT_EQ(ExitCodeOf(Bad()), 3);
  EXPECT_EQ(ExitCodeOf(AgreementNotFound("agr-1")), 4);
  EXPECT_EQ(ExitCodeOf(AgreementNotEmpty("agr-1", 1, {})), 5);
  EXPECT_EQ(ExitCodeOf(ProductIdTaken("p")), 5);
  EXPECT_EQ(ExitCodeOf(StaleRevision("agr-1", 2, 3)), 6);
  EXPECT_EQ(ExitCodeOf(CallerUnknown("")), 7);
  EXPECT_EQ(ExitCodeOf(NotAllowed("m", "c", "w")), 7);
  EXPECT_EQ(ExitCodeOf(DatabaseUnavailable()), 8);
  EXPECT_EQ(ExitCodeOf(ServerBusy(absl::Seconds(1))), 8);
  EXPECT_EQ(ExitCodeOf(DeadlinePassed()), 9);
  std::set<int> codes;
  for (const ExitCode& code : ExitCodes()) EXPECT_TRUE(codes.insert(code.code).second) << code.code;
}

TEST(ErrorsTest, AnItemsErrorIsRead) {
  const auto row = MessageOf(CommandOf("RecordTransactions").method->output_type()->field(0)->message_type(),
                             R"json({"error": {"code": 9, "message": "m", "details": [{
                                 "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                                 "reason": "TRANSACTION_CONFLICT", "domain": "agreements.v1"}]}})json");
  const auto* error = row->GetDescriptor()->FindFieldByName("error");
  EXPECT_EQ(ReasonOfStatus(row->GetReflection()->GetMessage(*row, error)), "TRANSACTION_CONFLICT");
}

}  // namespace
}  // namespace agreements::cli
