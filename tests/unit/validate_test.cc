// What validation does to a request. Which values each field takes is tried over the wire, in wire_strings_test.cc.
#include "server/requests/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/errors.h"

namespace agreements {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> BadFields(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const auto bad_request = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad_request->field_violations()) fields.push_back(violation.field());
  }
  return fields;
}

v1::CreateAgreementRequest GoodRequest() {
  v1::CreateAgreementRequest request;
  request.set_account_id("acct-1");
  request.set_display_name("Fjordkraft");
  return request;
}

TEST(Validate, AcceptsAGoodRequestAsItIs) {
  v1::CreateAgreementRequest request = GoodRequest();
  EXPECT_TRUE(Validate(request).ok());
  EXPECT_EQ(request.display_name(), "Fjordkraft");
}

TEST(Validate, ReportsEveryBadFieldAtOnce) {
  v1::CreateAgreementRequest request;
  request.set_customer_number("4 17");
  request.set_request_id("with space");
  request.mutable_first_company_draft()->set_organization_number("974760674");
  EXPECT_THAT(BadFields(Validate(request)), ElementsAre("account_id", "request_id", "display_name", "customer_number",
                                                        "first_company_draft.organization_number"));
}

TEST(Validate, TrimsUnicodeWhiteSpaceAtTheEndsOnly) {
  v1::CreateAgreementRequest request = GoodRequest();
  request.set_display_name("\u00a0\u3000 Fjord  kraft \t\n\u2028");
  request.set_customer_number(" 00417 ");
  EXPECT_THAT(BadFields(Validate(request)), IsEmpty());
  EXPECT_EQ(request.display_name(), "Fjord  kraft");
  EXPECT_EQ(request.customer_number(), "00417");
}

TEST(Validate, CountsCodePointsAfterTrimming) {
  v1::CreateAgreementRequest request = GoodRequest();
  std::string name;
  for (int i = 0; i < kMaxDisplayNameLength; ++i) name += "\U0001F9FE";
  request.set_display_name(" " + name + " ");
  EXPECT_TRUE(Validate(request).ok());
  request.set_display_name(name + "x");
  EXPECT_THAT(BadFields(Validate(request)), ElementsAre("display_name"));
}

TEST(Validate, RefusesNamesOfWhichNothingCanBeSeenAndSaysSo) {
  v1::CreateAgreementRequest request = GoodRequest();
  // Without width, blank in braille, fillers of Hangul, a selector alone.
  for (const char* name : {"\u200b", "\u2800 \u2800", "\u3164", "\u115f\u1160", "\ufe0f", "\u00ad"}) {
    request.set_display_name(name);
    const auto bad_request = DetailOf<google::rpc::BadRequest>(Validate(request));
    ASSERT_TRUE(bad_request);
    ASSERT_EQ(bad_request->field_violations_size(), 1);
    EXPECT_EQ(bad_request->field_violations(0).description(), "must have a character that can be seen");
  }
  for (const char* name : {".", "\u030a", "\u200bA", "\U0001F468\u200d\U0001F33E", "\u2764\ufe0f"}) {
    request.set_display_name(name);
    EXPECT_THAT(BadFields(Validate(request)), IsEmpty());
    EXPECT_EQ(request.display_name(), name);
  }
}

TEST(Validate, RefusesNamesThatChangeTheDirectionOfText) {
  v1::CreateAgreementRequest request = GoodRequest();
  // They mislead nobody, being escaped: NOLINTNEXTLINE(misc-misleading-bidirectional)
  for (const char* name : {"a\u202eb", "\u200fa", "a\u2066b\u2069", "\u061ca"}) {
    request.set_display_name(name);
    EXPECT_THAT(BadFields(Validate(request)), ElementsAre("display_name"));
  }
  request.set_display_name("\u0645\u0631\u062d\u0628\u0627");  // Arabic runs to the left by itself.
  EXPECT_THAT(BadFields(Validate(request)), IsEmpty());
}

TEST(Validate, RemovesTheSpacesOfAnOrganizationNumberEverywhere) {
  constexpr char kPasted[] = " 974\u00a0760\u202f673 ";
  v1::CreateAgreementRequest agreement = GoodRequest();
  agreement.mutable_first_company_draft()->set_organization_number(kPasted);
  EXPECT_TRUE(Validate(agreement).ok());
  EXPECT_EQ(agreement.first_company_draft().organization_number(), "974760673");
  v1::ListCompaniesRequest list;
  list.set_account_id("acct-1");
  list.set_organization_number("974 760 673");
  EXPECT_TRUE(Validate(list).ok());
  EXPECT_EQ(list.organization_number(), "974760673");
  v1::UpdateCompanyDraftRequest draft;
  draft.set_account_id("acct-1");
  draft.set_draft_id("dft-0000000000000001");
  draft.set_organization_number("974\u2009760 673");
  EXPECT_TRUE(Validate(draft).ok());
  EXPECT_EQ(draft.organization_number(), "974760673");
  draft.set_organization_number("974\t760\t673");
  EXPECT_THAT(BadFields(Validate(draft)), ElementsAre("organization_number"));
}

TEST(Validate, KeepsAPrefixUntrimmed) {
  v1::ListAgreementsRequest request;
  request.set_account_id("acct-1");
  request.set_display_name_prefix("Fjord ");
  EXPECT_TRUE(Validate(request).ok());
  EXPECT_EQ(request.display_name_prefix(), "Fjord ");
}

TEST(Validate, RefusesAnUpdateThatSetsNothing) {
  v1::UpdateCompanyRequest request;
  request.set_account_id("acct-1");
  request.set_company_id("cmp-0000000000000001");
  EXPECT_THAT(BadFields(Validate(request)), ElementsAre("display_name"));
  request.set_organization_number("");
  EXPECT_TRUE(Validate(request).ok()) << "an empty number that is present clears it";
}

TEST(Validate, ChecksRevisionAndPageSize) {
  v1::MoveCompanyRequest move;
  move.set_account_id("acct-1");
  move.set_company_id("cmp-0000000000000001");
  move.set_agreement_id("agr-0000000000000001");
  move.set_revision(0);
  EXPECT_THAT(BadFields(Validate(move)), ElementsAre("revision"));
  v1::ListCompaniesRequest list;
  list.set_account_id("acct-1");
  for (const int bad : {-1, kMaxPageSize + 1}) {
    list.set_page_size(bad);
    EXPECT_THAT(BadFields(Validate(list)), ElementsAre("page_size"));
  }
}

TEST(Validate, TellsTheKindsOfIdsApart) {
  v1::GetCompanyRequest request;
  request.set_account_id("acct-1");
  for (const char* bad : {"", "agr-0000000000000001", "cmp-000000000000001", "cmp-00000000000000001",
                          "cmp-000000000000000u", "CMP-0000000000000001"}) {
    request.set_company_id(bad);
    EXPECT_THAT(BadFields(Validate(request)), ElementsAre("company_id")) << bad;
  }
}

}  // namespace
}  // namespace agreements
