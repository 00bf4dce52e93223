// Several agreements or companies at once.
#include "absl/strings/str_cat.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

class BatchesTest : public OperationsTest {};

TEST_F(BatchesTest, AnswersInTheRequestsOrderAndSaysWhatIsMissing) {
  const std::string a = service_.NewAgreement("A");
  const std::string b = service_.NewAgreement("B");
  service_.Delete(b).value();
  const auto response = service_
                            .Do(BatchGetAgreements, {{"agreement_ids", b},
                                                     {"agreement_ids", "agr-0000000000000001"},
                                                     {"agreement_ids", a},
                                                     {"agreement_ids", "agr-0000000000000000"}})
                            .value();
  ASSERT_EQ(response.agreements_size(), 2);
  EXPECT_EQ(response.agreements(0).display_name(), "B");
  EXPECT_TRUE(response.agreements(0).has_delete_time());
  EXPECT_EQ(response.agreements(1).display_name(), "A");
  EXPECT_THAT(response.missing_agreement_ids(), ElementsAre("agr-0000000000000001", "agr-0000000000000000"));
}

TEST_F(BatchesTest, OfAnySizeShowWhatGetShows) {
  const std::string agreement_id = service_.NewAgreement("A");
  std::vector<std::string> company_ids;
  for (int i = 0; i < 100; ++i) company_ids.push_back(service_.NewCompany(agreement_id, "C"));
  for (const size_t size : {1U, 2U, 9U, 10U, 11U, 99U, 100U}) {
    v1::BatchGetCompaniesRequest request;
    for (size_t i = size; i > 0; --i) request.add_company_ids(company_ids[i - 1]);
    const auto response = service_.Do(BatchGetCompanies, request).value();
    EXPECT_THAT(response.missing_company_ids(), IsEmpty());
    ASSERT_EQ(static_cast<size_t>(response.companies_size()), size);
    for (int i = 0; i < response.companies_size(); ++i) {
      EXPECT_EQ(response.companies(i).DebugString(),
                service_.Do(GetCompany, {{"company_id", request.company_ids(i)}})->company().DebugString());
    }
    v1::BatchGetAgreementsRequest nobodys;
    for (size_t i = 0; i < size; ++i) nobodys.add_agreement_ids(absl::StrCat("agr-", 1'000'000'000'000'000 + i));
    const auto missing = service_.Do(BatchGetAgreements, nobodys).value();
    EXPECT_THAT(missing.agreements(), IsEmpty());
    EXPECT_THAT(missing.missing_agreement_ids(), ElementsAreArray(nobodys.agreement_ids()));
  }
}

TEST_F(BatchesTest, OfNoneOfTooManyOrOfOneTwiceAreRefused) {
  v1::BatchGetAgreementsRequest request;
  EXPECT_EQ(Outcome(service_.Do(BatchGetAgreements, request)), "FIELD_INVALID");
  for (int i = 0; i < 100; ++i) request.add_agreement_ids(absl::StrCat("agr-", 1'000'000'000'000'000 + i));
  EXPECT_EQ(Outcome(service_.Do(BatchGetAgreements, request)), "OK");
  request.set_agreement_ids(99, request.agreement_ids(0));
  EXPECT_EQ(Outcome(service_.Do(BatchGetAgreements, request)), "FIELD_INVALID");
  request.set_agreement_ids(99, "agr-2000000000000000");
  request.add_agreement_ids("agr-2000000000000001");
  EXPECT_EQ(Outcome(service_.Do(BatchGetAgreements, request)), "FIELD_INVALID");
}

}  // namespace
}  // namespace agreements::testing
