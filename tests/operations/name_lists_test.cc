// Lists in the order of names, and searches for a part of a name, compared with what ICU says by itself.
#include <unicode/coll.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/tables/name_keys.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr char kAnother[] = "acct-2";

class NameListsTest : public OperationsTest {
 protected:
  // A list's names, page by page.
  std::vector<std::string> Names(const Fields& fields, int page_size = kMaxPageSize) {
    std::vector<std::string> names;
    for (const auto& page : service_.Pages(ListAgreements, fields, page_size)) {
      EXPECT_LE(page.agreements_size(), page_size);
      for (const v1::Agreement& agreement : page.agreements()) names.push_back(agreement.display_name());
    }
    return names;
  }

  std::vector<std::string> ByName(int page_size = kMaxPageSize) {
    return Names({{"order", "LIST_ORDER_DISPLAY_NAME"}}, page_size);
  }

  std::vector<std::string> Containing(const std::string& text) { return Names({{"display_name_contains", text}}); }

  std::string Companies(const Fields& fields) {
    const auto list = service_.Do(ListCompanies, fields).value();
    return absl::StrJoin(list.companies(), ", ", [](std::string* out, const v1::Company& company) {
      absl::StrAppend(out, company.display_name());
    });
  }

  void Create(const std::vector<std::string>& names) {
    for (const std::string& name : names) service_.NewAgreement(name);
  }
};

TEST_F(NameListsTest, AgreementsAreSortedAsNorwegiansSort) {
  Create({"Ås", "Ære", "Østfold", "Zoo", "aas", "Øl", "Ål", "anna", "Ärlig", "Öl", "B", "Å", "3 brødre", "- Strek", "z",
          "a", "É", "Eva", "E"});
  EXPECT_THAT(ByName(), ElementsAre("- Strek", "3 brødre", "a", "anna", "B", "E", "É", "Eva", "z", "Zoo", "Ære",
                                    "Ärlig", "Øl", "Öl", "Østfold", "Å", "Ål", "Ås", "aas"));
}

TEST_F(NameListsTest, NamesThatDifferInCaseOnlyOrNotAtAllAreSortedByCreation) {
  Create({"nord", "NORD", "Nord", "nord", "Nor", "norda", "NORD"});
  EXPECT_THAT(ByName(1), ElementsAre("Nor", "nord", "NORD", "Nord", "nord", "NORD", "norda"));
}

TEST_F(NameListsTest, AnAccentIsTheSameHoweverItIsCoded) {
  Create({"Ide\u0301 2", "Id\u00e9 1", "Ide\u0301 3", "Idf", "Idd"});
  EXPECT_THAT(ByName(), ElementsAre("Idd", "Id\u00e9 1", "Ide\u0301 2", "Ide\u0301 3", "Idf"));
}

TEST_F(NameListsTest, ARenamedAgreementMovesInTheOrderAndIsFoundByItsNewName) {
  Create({"A", "C"});
  const std::string id = service_.NewAgreement("B");
  service_.Do(UpdateAgreement, {{"agreement_id", id}, {"display_name", "Østre"}}).value();
  EXPECT_THAT(ByName(), ElementsAre("A", "C", "Østre"));
  EXPECT_THAT(Containing("østre"), ElementsAre("Østre"));
  EXPECT_THAT(Containing("b"), IsEmpty());
}

TEST_F(NameListsTest, NamesOfEmojiAndLongOnesAreSortedToo) {
  const std::string long_name(180, 'N');
  const std::string accents = [] {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "\u00e9";
    return text;
  }();
  Create({long_name + "b", "\U0001F35E Bakeri", long_name + "a", long_name, accents, "\U0001F35E Bakeri 2", "A"});
  EXPECT_THAT(ByName(2), ElementsAre("\U0001F35E Bakeri", "\U0001F35E Bakeri 2", "A", accents, long_name,
                                     long_name + "a", long_name + "b"));
}

TEST_F(NameListsTest, EveryFilterGoesWithBothOrders) {
  const std::string a = service_.NewAgreement("A");
  const std::string b = service_.NewAgreement("B");
  service_.NewCompany(a, "Øre AS", "974760673");
  service_.NewCompany(a, "Ære AS");
  const std::string gone = service_.NewCompany(a, "Åre AS");
  service_.NewCompany(b, "Bre AS");
  service_.NewCompany(a, "are", "", kAccount);
  service_.RemoveCompany(gone).value();
  const auto list = [&](const char* prefix, const char* contains, bool show_deleted, v1::ListOrder order) {
    return Companies({{"agreement_id", a},
                      {"display_name_prefix", prefix},
                      {"display_name_contains", contains},
                      {"show_deleted", show_deleted ? "true" : "false"},
                      {"order", v1::ListOrder_Name(order)}});
  };
  EXPECT_EQ(list("", "", false, v1::LIST_ORDER_DISPLAY_NAME), "are, Ære AS, Øre AS");
  EXPECT_EQ(list("", "", true, v1::LIST_ORDER_DISPLAY_NAME), "are, Ære AS, Øre AS, Åre AS");
  EXPECT_EQ(list("", "RE as", true, v1::LIST_ORDER_DISPLAY_NAME), "Ære AS, Øre AS, Åre AS");
  EXPECT_EQ(list("", "RE as", true, v1::LIST_ORDER_NEWEST_FIRST), "Åre AS, Ære AS, Øre AS");
  EXPECT_EQ(list("", "re AS", false, v1::LIST_ORDER_UNSPECIFIED), "Ære AS, Øre AS");
  EXPECT_EQ(list("Ø", "re", true, v1::LIST_ORDER_DISPLAY_NAME), "Øre AS");
  EXPECT_EQ(list("Ø", "å", true, v1::LIST_ORDER_DISPLAY_NAME), "");
  EXPECT_EQ(Companies({{"organization_number", "974 760 673"}, {"order", "LIST_ORDER_DISPLAY_NAME"}}), "Øre AS");
}

TEST_F(NameListsTest, ASearchTakesEveryCharacterForItself) {
  Create({"100 % ull", "100 kr", "a_b", "axb", R"(C:\temp)", "C:temp", "'x'", "O'Hara; DROP TABLE"});
  EXPECT_THAT(Containing("%"), ElementsAre("100 % ull"));
  EXPECT_THAT(Containing("0 % u"), ElementsAre("100 % ull"));
  EXPECT_THAT(Containing("_"), ElementsAre("a_b"));
  EXPECT_THAT(Containing("\\"), ElementsAre(R"(C:\temp)"));
  EXPECT_THAT(Containing("\\T"), ElementsAre(R"(C:\temp)"));
  EXPECT_THAT(Containing("'"), ElementsAre("O'Hara; DROP TABLE", "'x'"));
  EXPECT_THAT(Containing("%%"), IsEmpty());
  EXPECT_THAT(Containing(" "), ElementsAre("O'Hara; DROP TABLE", "100 kr", "100 % ull"));
  EXPECT_THAT(Containing("0 "), ElementsAre("100 kr", "100 % ull"));
  EXPECT_THAT(Containing("kr "), IsEmpty());
}

TEST_F(NameListsTest, ASearchKnowsNoCaseAndNoWayToCodeAnAccent) {
  Create({"Café Åpent", "CAFE\u0301 apent", "Cafe", "Straße", "STRASSE", "ΣΊΣΥΦΟΣ", "\u0130stanbul"});
  EXPECT_THAT(Containing("café"), ElementsAre("CAFE\u0301 apent", "Café Åpent"));
  EXPECT_THAT(Containing("e\u0301"), ElementsAre("CAFE\u0301 apent", "Café Åpent"));
  EXPECT_THAT(Containing("FE"), ElementsAre("Cafe"));
  EXPECT_THAT(Containing("åPENT"), ElementsAre("Café Åpent"));
  EXPECT_THAT(Containing("A\u030aP"), ElementsAre("Café Åpent"));
  EXPECT_THAT(Containing("apent"), ElementsAre("CAFE\u0301 apent"));
  EXPECT_THAT(Containing("ss"), ElementsAre("STRASSE", "Straße"));
  EXPECT_THAT(Containing("ß"), ElementsAre("STRASSE", "Straße"));
  EXPECT_THAT(Containing("σίσυφος"), ElementsAre("ΣΊΣΥΦΟΣ"));
  EXPECT_THAT(Containing("nothing"), IsEmpty());
}

TEST_F(NameListsTest, AnotherAccountsNamesAreNeitherListedNorFound) {
  service_.NewAgreement("Fjord", kAnother);
  EXPECT_THAT(ByName(), IsEmpty());
  EXPECT_THAT(Containing("fjord"), IsEmpty());
}

// What no code point's folding exceeds, however many stand together: normalization to NFD adds up, and NFC is no
// longer.
TEST_F(NameListsTest, TheLongestFoldedNameFitsItsColumn) {
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2& nfd = *icu::Normalizer2::getNFDInstance(code);
  size_t longest = 0;
  for (UChar32 c = 1; c <= 0x10FFFF; ++c) {
    if (U_IS_SURROGATE(c)) continue;
    std::string utf8;
    nfd.normalize(nfd.normalize(icu::UnicodeString(c), code).foldCase(), code).toUTF8String(utf8);
    longest = std::max(longest, utf8.size());
  }
  EXPECT_LE(longest * kMaxDisplayNameLength, storage::kMaxFoldedLength);
  // And names of 200 of those that need most.
  for (const char* character : {"\U0001D160", "\u0390", "\uAC01", "\u1F82", "\u0149", "\uFDFA", "\uFFFD"}) {
    std::string name;
    for (int i = 0; i < kMaxDisplayNameLength; ++i) name += character;
    service_.NewAgreement(name);
    EXPECT_THAT(Containing(name), ElementsAre(name));
  }
}

// Names of letters, cases, accents and spaces that meet often.
std::string RandomName(std::mt19937& random) {
  static const std::vector<std::string> kParts = {"a",       "A", "aa",         "å",  "Å", "a\u030a", "e", "é",
                                                  "E\u0301", "æ", "Ä",          "ø",  "Ö", "z",       "Z", " ",
                                                  "-",       "1", "\U0001F35E", "漢", "ß", "ss"};
  std::string name;
  for (auto parts = 1 + random() % 5; parts > 0; --parts) name += kParts[random() % kParts.size()];
  return name;
}

icu::UnicodeString Folded(const std::string& text) {
  UErrorCode code = U_ZERO_ERROR;
  icu::UnicodeString folded =
      icu::Normalizer2::getNFDInstance(code)->normalize(icu::UnicodeString::fromUTF8(text), code);
  return icu::Normalizer2::getNFCInstance(code)->normalize(folded.foldCase(), code);
}

TEST_F(NameListsTest, OrderAndSearchAreThoseOfIcuInPagesOfAnySize) {
  std::mt19937 random(20261124);
  std::vector<std::string> names;
  while (names.size() < 120) {
    const auto created = service_.Do(CreateAgreement, {{"display_name", RandomName(random)}});
    if (created.ok()) names.push_back(created->agreement().display_name());  // Trimmed; blanks are refused.
  }
  UErrorCode code = U_ZERO_ERROR;
  const std::unique_ptr<icu::Collator> collator(icu::Collator::createInstance(icu::Locale("no"), code));
  collator->setStrength(icu::Collator::SECONDARY);
  collator->setAttribute(UCOL_NORMALIZATION_MODE, UCOL_ON, code);
  std::vector<std::string> sorted = names;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const std::string& a, const std::string& b) {
    return collator->compareUTF8(a, b, code) == UCOL_LESS;
  });
  for (const int page_size : {1, 2, 7, 119, 120, 121}) {
    EXPECT_THAT(ByName(page_size), ElementsAreArray(sorted)) << "in pages of " << page_size;
  }
  for (int i = 0; i < 100; ++i) {
    const std::string text = RandomName(random);
    std::vector<std::string> expected;
    for (const std::string& name : names) {
      if (Folded(name).indexOf(Folded(text)) >= 0) expected.push_back(name);
    }
    std::reverse(expected.begin(), expected.end());
    EXPECT_THAT(Containing(text), ElementsAreArray(expected)) << "containing '" << text << "'";
  }
}

TEST_F(NameListsTest, PagesByNameMeetEachOnceWhileOthersWrite) {
  std::vector<std::string> lasting;
  for (int i = 0; i < 60; ++i) lasting.push_back(absl::StrCat("Fast ", i % 20));
  Create(lasting);
  std::atomic<int> writes = 0;
  std::vector<std::jthread> writers;
  for (unsigned i = 0; i < 4; ++i) {
    writers.emplace_back([&, i](const std::stop_token& stop) {
      std::mt19937 random(i);
      for (; !stop.stop_requested(); ++writes) {
        const std::string id = service_.NewAgreement(absl::StrCat("Flyktig ", random() % 20));
        service_.Delete(id).value();
      }
    });
  }
  for (int walk = 0; walk < Rounds(50) || writes < 20; ++walk) {
    const std::vector<std::string> filtered =
        Names({{"order", "LIST_ORDER_DISPLAY_NAME"}, {"display_name_contains", "FAST"}}, 1 + walk % 7);
    EXPECT_EQ(filtered.size(), lasting.size());
    std::vector<std::string> met = ByName(1 + walk % 7);
    std::erase_if(met, [](const std::string& name) { return name[1] != 'a'; });
    EXPECT_EQ(met, filtered);
  }
}

TEST_F(NameListsTest, WhatAnOlderServerWritesGetsItsKeysAndNothingElseChanges) {
  service_.LeaveOut("every recent change");
  service_.LeaveOut("the values that recent entries give");
  service_.LeaveOut("each recent revision of an agreement");
  service_.LeaveOut("each recent revision of a company");
  const std::string a = service_.NewAgreement("A");
  Create({"C", "D"});
  service_.NewCompany(a, "K");
  // As the version before: it knows no keys.
  service_.Sql("UPDATE agreements SET display_name = 'Østre', revision = revision + 1 WHERE display_name = 'A'");
  service_.Sql(R"sql(
  INSERT INTO agreements (account_id, agreement_id, display_name, customer_number, company_count, draft_count,
                          settled_until, revision, create_time, update_time)
  SELECT account_id, 'agr-0000000000000000', 'B', '', 0, 0, settled_until, 1, create_time, update_time
  FROM agreements WHERE display_name = 'C')sql");
  service_.Sql("UPDATE companies SET display_name = 'Ny', revision = revision + 1");
  EXPECT_THAT(ByName(), ElementsAre("B", "Østre", "C", "D")) << "out of date for a while";
  EXPECT_THAT(Containing("østre"), IsEmpty());

  const std::string before = service_.State();
  const auto refreshed = storage::RefreshNames(service_.database(), [] { return true; }).value();
  EXPECT_EQ(refreshed.agreements, 2);
  EXPECT_EQ(refreshed.companies, 1);
  EXPECT_EQ(service_.State(), before);
  EXPECT_THAT(ByName(), ElementsAre("B", "C", "D", "Østre"));
  EXPECT_THAT(Containing("østre"), ElementsAre("Østre"));
  EXPECT_EQ(storage::RefreshNames(service_.database(), [] { return true; })->agreements, 0);
}

}  // namespace
}  // namespace agreements::testing
