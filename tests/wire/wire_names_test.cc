// Names come back as they were given, and are found by exactly what they begin with.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

// Valid names that a careless escape, collation or library would change or confuse.
const char* const kNames[] = {
    "A",
    "a",
    "Å",
    "A\xcc\x8a",  // The same letter, in two code points
    "\xcc\x8a",
    "STRASSE",
    "Straße",
    "strasse",
    "Fjord",
    "fjord",
    "Fjord og Fjell",
    "Fjord\xf0\x9f\x8d\x9e",
    "Fjord\xef\xbf\xbf",
    "Fjord\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf",
    "Fjor%",
    "Fjor_",
    "%",
    "%%",
    "_",
    "__",
    "|",
    "||",
    "|%",
    "|_",
    "\\",
    "\\\\",
    "\\%",
    "\\'x'",
    "100 % _ | \\",
    "'; DROP TABLE agreements; --",
    "'",
    "\"",
    "?",
    "two  spaces",
    "0",
    "NULL",
    "\xf0\x9f\x8d\x9e",
    "\xf0\x9f\x8d\x9e\xf0\x9f\x8d\x9e",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8c\xbe",  // Two characters and U+200D that joins them
    "\xee\x80\x80",
    "\xf4\x8f\xbf\xbf",
};

// An agreement and a draft in it of this name: {$account, $agreement, $draft}.
Names Create(Wire& wire, const std::string& account_id, const std::string& name) {
  v1::CreateAgreementRequest request;
  request.set_account_id(account_id);
  request.set_display_name(name);
  request.mutable_first_company_draft()->set_display_name(name);
  const auto response = wire.Call(&Agreements::CreateAgreement, request).value();
  return {{"$account", account_id},
          {"$agreement", response.agreement().agreement_id()},
          {"$draft", response.first_company_draft().draft_id()}};
}

class WireNamesTest : public WireTest {
 protected:
  static void ExpectStored(const std::string& name, Names ids) {
    EXPECT_EQ(wire_->Call(&Agreements::GetAgreement, "agreement_id: '$agreement'", ids)->agreement().display_name(),
              name);
    EXPECT_EQ(wire_->Call(&Companies::GetCompanyDraft, "draft_id: '$draft'", ids)->draft().display_name(), name);
    ids["$company"] =
        wire_->Call(&Companies::CompleteCompanyDraft, "draft_id: '$draft'", ids).value().company().company_id();
    EXPECT_EQ(wire_->Call(&Companies::GetCompany, "company_id: '$company'", ids)->company().display_name(), name);
  }
};

TEST_F(WireNamesTest, ANameComesBackCodePointForCodePoint) {
  for (const std::string name : kNames) ExpectStored(name, Create(*wire_, "acct-exact", name));
}

TEST_F(WireNamesTest, ALongestNameComesBackWhateverItsCharacters) {
  for (const char* character : {"a", "\xc3\xa5", "\xe2\x82\xac", "\xf0\x9f\x8d\x9e", "\xcc\x8a", "'", "\\"}) {
    std::string name;
    for (int i = 0; i < 200; ++i) name += character;
    ExpectStored(name, Create(*wire_, "acct-long", name));
  }
}

TEST_F(WireNamesTest, WhiteSpaceAroundANameIsRemovedAndWithinItKept) {
  for (const char* space : {" ", "\t", "\n", "\xc2\xa0", "\xe2\x80\xa8", "\xe3\x80\x80", " \r\n "}) {
    ExpectStored("a \xc2\xa0 b", Create(*wire_, "acct-space", absl::StrCat(space, "a \xc2\xa0 b", space, space)));
  }
}

using Found = std::multiset<std::string>;

template <typename Rows>
Found NamesOf(const Rows& rows) {
  Found found;
  for (const auto& row : rows) found.insert(row.display_name());
  return found;
}

// Through each index: in a range of an index, the collation decides what begins with a text.
class WirePrefixTest : public ::testing::TestWithParam<const char*> {};

TEST_P(WirePrefixTest, FindsExactlyTheNamesThatBeginWithItsCodePoints) {
  Statements statements;
  for (const std::string table : {"agreements", "companies"}) {
    statements.Edit(absl::StrCat("list_", table), absl::StrCat("FROM ", table),
                    absl::StrCat("FROM ", table, " FORCE INDEX (", GetParam(), ")"));
  }
  Wire wire({}, statements.hooks());
  for (const char* name : kNames) {
    const Names ids = Create(wire, "acct-prefix", name);
    wire.Call(&Companies::CompleteCompanyDraft, "draft_id: '$draft'", ids).value();
  }
  std::set<std::string> prefixes(std::begin(kNames), std::end(kNames));
  prefixes.insert({"", " ", "F", "Fj", "Fjord ", "two ", "\xf0\x9f\x91\xa9", "zz", "A%", "_%"});
  for (const std::string& prefix : prefixes) {
    Found expected;
    for (const char* name : kNames) {
      if (absl::StartsWith(name, prefix)) expected.insert(name);
    }
    const Fields fields = {{"account_id", "acct-prefix"}, {"display_name_prefix", prefix}};
    EXPECT_EQ(NamesOf(wire.Do(ListAgreements, fields)->agreements()), expected) << "'" << prefix << "'";
    EXPECT_EQ(NamesOf(wire.Do(ListCompanies, fields)->companies()), expected) << "'" << prefix << "'";
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, WirePrefixTest, ::testing::Values("PRIMARY", "display_name"));

}  // namespace
}  // namespace agreements::testing
