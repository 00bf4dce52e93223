#include "server/operations/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "proto/errors.h"

namespace agreements {
namespace {

using ::testing::ElementsAre;

constexpr char kKey[] = "agr-1jq2v8k5w0c3m7xz";

v1::ListAgreementsRequest ListRequest() {
  v1::ListAgreementsRequest request;
  request.set_account_id("acct-1");
  request.set_display_name_prefix("Fjord");
  return request;
}

TEST(PageTokenTest, GivesBackItsKeyForTheSameRequestAtAnyPageSize) {
  v1::ListAgreementsRequest request = ListRequest();
  const std::string token = MakePageToken(request, kKey);
  request.set_page_size(7);
  request.set_page_token(token);
  EXPECT_EQ(ReadPageToken(request, token).value(), kKey);
}

TEST(PageTokenTest, OfNamesGivesBackKeyAndIdWhateverTheKeysBytes) {
  v1::ListAgreementsRequest request = ListRequest();
  request.set_page_size(1);
  EXPECT_EQ(PagePosition(request)->id, "");
  for (const std::string& name_key : {std::string(), std::string("\x2a\x01\xff\0\x05", 5), std::string(512, '\xfe')}) {
    std::vector<storage::SortedRow<v1::Agreement>> rows(2);
    rows[0].row.set_agreement_id(kKey);
    rows[0].name_key = name_key;
    v1::ListAgreementsResponse response;
    request.clear_page_token();
    request.set_page_token(FillSortedPage(request, rows, *response.mutable_agreements(),
                                          [](const v1::Agreement& agreement) { return agreement.agreement_id(); }));
    EXPECT_EQ(response.agreements_size(), 1);
    EXPECT_EQ(PagePosition(request)->id, kKey);
    EXPECT_EQ(PagePosition(request)->name_key, name_key);
  }
}

TEST(PageTokenTest, NoTokenIsTheFirstPage) { EXPECT_EQ(ReadPageToken(ListRequest(), "").value(), ""); }

TEST(PageTokenTest, BelongsToItsAccountFiltersAndMethod) {
  const std::string token = MakePageToken(ListRequest(), kKey);
  v1::ListAgreementsRequest other = ListRequest();
  other.set_account_id("acct-2");
  EXPECT_EQ(ReadPageToken(other, token).status(), PageTokenMismatch());
  other = ListRequest();
  other.set_show_deleted(true);
  EXPECT_EQ(ReadPageToken(other, token).status(), PageTokenMismatch());
  v1::ListCompaniesRequest companies;
  companies.set_account_id("acct-1");
  companies.set_display_name_prefix("Fjord");
  EXPECT_EQ(ReadPageToken(companies, token).status(), PageTokenMismatch());
}

// For keys of every length modulo 3, since base64 leaves bits unused after some.
TEST(PageTokenTest, IsAMismatchWhenAnyOfItIsChanged) {
  for (const std::string key : {"2026-11-23", "2026-11-2", "2026-11-"}) {
    const std::string token = MakePageToken(ListRequest(), key);
    for (size_t i = 0; i < token.size(); ++i) {
      for (const char c : std::string("ABCDwxyz0189-_=+/ \n~\0", 21)) {
        std::string changed = token;
        changed[i] = c;
        if (changed == token) continue;
        EXPECT_EQ(ReadPageToken(ListRequest(), changed).status(), PageTokenMismatch()) << changed;
      }
      EXPECT_EQ(ReadPageToken(ListRequest(), token.substr(0, i)).ok(), i == 0);
    }
    for (const char* more : {"A", "=", "==", " ", "\n"}) {
      EXPECT_EQ(ReadPageToken(ListRequest(), token + more).status(), PageTokenMismatch()) << token << more;
      EXPECT_EQ(ReadPageToken(ListRequest(), more + token).status(), PageTokenMismatch()) << more << token;
    }
  }
}

v1::Agreement Row(const std::string& id) {
  v1::Agreement agreement;
  agreement.set_agreement_id(id);
  return agreement;
}

// The ids on a page of two, and the key of the next one.
std::vector<std::string> PageOfTwo(const std::vector<std::string>& ids) {
  v1::ListAgreementsRequest request = ListRequest();
  request.set_page_size(2);
  std::vector<v1::Agreement> rows;
  for (const std::string& id : ids) rows.push_back(Row(id));
  v1::ListAgreementsResponse response;
  const std::string token = FillPage(request, std::move(rows), *response.mutable_agreements(),
                                     [](const v1::Agreement& agreement) { return agreement.agreement_id(); });
  std::vector<std::string> page;
  for (const auto& agreement : response.agreements()) page.push_back(agreement.agreement_id());
  page.push_back("next: " + (token.empty() ? "none" : ReadPageToken(request, token).value()));
  return page;
}

TEST(FillPageTest, GivesATokenOnlyWhenThereIsMore) {
  EXPECT_THAT(PageOfTwo({}), ElementsAre("next: none"));
  EXPECT_THAT(PageOfTwo({"c"}), ElementsAre("c", "next: none"));
  EXPECT_THAT(PageOfTwo({"c", "b"}), ElementsAre("c", "b", "next: none"));
  EXPECT_THAT(PageOfTwo({"c", "b", "a"}), ElementsAre("c", "b", "next: b"));
}

TEST(PageSizeTest, Is50UnlessTheRequestSaysSo) {
  v1::ListAgreementsRequest request;
  EXPECT_EQ(PageSize(request), 50);
  request.set_page_size(1000);
  EXPECT_EQ(PageSize(request), 1000);
}

}  // namespace
}  // namespace agreements
