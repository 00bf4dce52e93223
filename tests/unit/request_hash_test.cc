#include "server/requests/request_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"

namespace agreements {
namespace {

TEST(HashOfTest, DependsOnEveryFieldThatIsNotIgnored) {
  v1::ListAgreementsRequest request;
  const std::string hash = HashOf(request, {"page_size"});
  EXPECT_THAT(hash, ::testing::MatchesRegex("[0-9a-f]{64}"));
  request.set_page_size(7);
  EXPECT_EQ(HashOf(request, {"page_size"}), hash);
  EXPECT_NE(HashOf(request, {}), hash);
  request.set_customer_number("1");
  EXPECT_NE(HashOf(request, {"page_size"}), hash);
}

TEST(HashOfTest, DependsOnTheRequestsType) {
  v1::GetAgreementRequest get;
  get.set_account_id("acct-1");
  get.set_agreement_id("agr-1jq2v8k5w0c3m7xz");
  v1::UndeleteAgreementRequest undelete;
  undelete.set_account_id("acct-1");
  undelete.set_agreement_id("agr-1jq2v8k5w0c3m7xz");
  ASSERT_EQ(get.SerializeAsString(), undelete.SerializeAsString());
  EXPECT_NE(HashOf(get, {}), HashOf(undelete, {}));
}

TEST(HashOfTest, TellsAnAbsentFieldFromAnEmptyOne) {
  v1::UpdateAgreementRequest request;
  const std::string hash = HashOf(request, {});
  request.set_customer_number("");
  EXPECT_NE(HashOf(request, {}), hash);
}

}  // namespace
}  // namespace agreements
