// What validation does to a request. Which values each field takes is tried over the wire, in wire_strings_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/bad_fields.h"

namespace agreements {
namespace {

v1::CreateAgreementRequest GoodRequest() { return Of<v1::CreateAgreementRequest>("display_name: 'Fjordkraft'"); }

TEST(Validate, AcceptsAGoodRequestAsItIs) {
  v1::CreateAgreementRequest request = GoodRequest();
  EXPECT_TRUE(Validate(request).ok());
  EXPECT_EQ(request.display_name(), "Fjordkraft");
}

TEST(Validate, ReportsEveryBadFieldAtOnce) {
  auto request = Parse<v1::CreateAgreementRequest>(
      "customer_number: '4 17' request_id: 'with space' first_company_draft { organization_number: '974760674' }");
  EXPECT_EQ(BadFields(Validate(request)),
            "account_id, request_id, display_name, customer_number, first_company_draft.organization_number");
}

TEST(Validate, TrimsUnicodeWhiteSpaceAtTheEndsOnly) {
  v1::CreateAgreementRequest request = GoodRequest();
  request.set_display_name("\u00a0\u3000 Fjord  kraft \t\n\u2028");
  request.set_customer_number(" 00417 ");
  EXPECT_EQ(BadFields(Validate(request)), "");
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
  EXPECT_EQ(BadFields(Validate(request)), "display_name");
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
    EXPECT_EQ(BadFields(Validate(request)), "");
    EXPECT_EQ(request.display_name(), name);
  }
}

TEST(Validate, RefusesNamesThatChangeTheDirectionOfText) {
  v1::CreateAgreementRequest request = GoodRequest();
  // They mislead nobody, being escaped: NOLINTNEXTLINE(misc-misleading-bidirectional)
  for (const char* name : {"a\u202eb", "\u200fa", "a\u2066b\u2069", "\u061ca"}) {
    request.set_display_name(name);
    EXPECT_EQ(BadFields(Validate(request)), "display_name");
  }
  request.set_display_name("\u0645\u0631\u062d\u0628\u0627");  // Arabic runs to the left by itself.
  EXPECT_EQ(BadFields(Validate(request)), "");
}

TEST(Validate, RemovesTheSpacesOfAnOrganizationNumberEverywhere) {
  constexpr char kPasted[] = " 974\u00a0760\u202f673 ";
  v1::CreateAgreementRequest agreement = GoodRequest();
  agreement.mutable_first_company_draft()->set_organization_number(kPasted);
  EXPECT_TRUE(Validate(agreement).ok());
  EXPECT_EQ(agreement.first_company_draft().organization_number(), "974760673");
  auto list = Of<v1::ListCompaniesRequest>("organization_number: '974 760 673'");
  EXPECT_TRUE(Validate(list).ok());
  EXPECT_EQ(list.organization_number(), "974760673");
  auto draft =
      Of<v1::UpdateCompanyDraftRequest>("draft_id: 'dft-0000000000000001' organization_number: '974\u2009760 673'");
  EXPECT_TRUE(Validate(draft).ok());
  EXPECT_EQ(draft.organization_number(), "974760673");
  draft.set_organization_number("974\t760\t673");
  EXPECT_EQ(BadFields(Validate(draft)), "organization_number");
}

TEST(Validate, KeepsAPrefixUntrimmed) {
  auto request = Of<v1::ListAgreementsRequest>("display_name_prefix: 'Fjord '");
  EXPECT_TRUE(Validate(request).ok());
  EXPECT_EQ(request.display_name_prefix(), "Fjord ");
}

TEST(Validate, RefusesAnUpdateThatSetsNothing) {
  const std::string company = "company_id: 'cmp-0000000000000001' ";
  EXPECT_EQ(BadFields<v1::UpdateCompanyRequest>(company), "display_name");
  EXPECT_EQ(BadFields<v1::UpdateCompanyRequest>(company + "organization_number: ''"), "")
      << "an empty number that is present clears it";
}

TEST(Validate, ChecksRevisionAndPageSize) {
  EXPECT_EQ(BadFields<v1::MoveCompanyRequest>(
                "company_id: 'cmp-0000000000000001' agreement_id: 'agr-0000000000000001' revision: 0"),
            "revision");
  for (const int bad : {-1, kMaxPageSize + 1}) {
    EXPECT_EQ(BadFields<v1::ListCompaniesRequest>("page_size: " + std::to_string(bad)), "page_size");
  }
}

TEST(Validate, TellsTheKindsOfIdsApart) {
  for (const std::string bad : {"", "agr-0000000000000001", "cmp-000000000000001", "cmp-00000000000000001",
                                "cmp-000000000000000u", "CMP-0000000000000001"}) {
    EXPECT_EQ(BadFields<v1::GetCompanyRequest>("company_id: '" + bad + "'"), "company_id") << bad;
  }
}

}  // namespace
}  // namespace agreements
