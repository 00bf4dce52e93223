// Computing the keys of names again, by which lists are sorted and searched, while others write.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/tables/name_keys.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

class NameKeysTest : public OperationsTest {};

TEST_F(NameKeysTest, KeysOfOlderRulesAreComputedAgainAndThoseOfLaterOnesKept) {
  for (const char* name : {"B", "A"}) service_.NewAgreement(name);
  service_.Sql("UPDATE agreements SET name_key = 'x', key_version = key_version - 1 WHERE display_name = 'A'");
  service_.Sql("UPDATE agreements SET name_key = 'y', key_version = key_version + 1 WHERE display_name = 'B'");
  EXPECT_EQ(storage::RefreshNames(service_.database(), [] { return true; })->agreements, 1);
  EXPECT_EQ(service_.Sql("SELECT display_name FROM agreements WHERE name_key = 'y'"), "B\n");
  EXPECT_EQ(service_.Sql("SELECT display_name FROM agreements WHERE name_key = 'x'"), "");
}

TEST_F(NameKeysTest, ARefreshStopsWhenItIsTold) {
  for (int i = 0; i < 250; ++i) service_.NewAgreement("A");
  service_.Sql("UPDATE agreements SET key_version = 0");
  EXPECT_EQ(storage::RefreshNames(service_.database(), [] { return false; })->agreements, 100);
  EXPECT_EQ(storage::RefreshNames(service_.database(), [] { return true; })->agreements, 150);
}

// Changes the names of an agreement and a company after a refresh has read them, and before it writes their keys.
class NameRefreshTest : public ::testing::Test {
 protected:
  NameRefreshTest() {
    hooks_.on_statement = [this](const storage::StatementEvent& event) { return OnStatement(event); };
  }

  // `change` is SQL for both tables, each of which TABLE stands for.
  storage::RefreshedNames RefreshDuring(const std::string& change) {
    service_.NewCompany(service_.NewAgreement("First"), "First");
    for (const char* table : {"agreements", "companies"}) {
      service_.Sql(absl::StrCat("UPDATE ", table, " SET display_name = 'Second'"));
    }
    change_ = change;
    return storage::RefreshNames(service_.database(), [] { return true; }).value();
  }

  // Of both.
  void ExpectStored(const std::string& columns, const std::string& expected) {
    for (const char* table : {"agreements", "companies"}) {
      EXPECT_EQ(service_.Sql(absl::StrCat("SELECT ", columns, " FROM ", table)), expected) << table;
    }
  }

 private:
  int OnStatement(const storage::StatementEvent& event) {
    if (event.phase != storage::StatementEvent::Phase::kBefore) return 0;
    for (const auto& [name, table] :
         {std::pair("refresh_agreement_name", "agreements"), std::pair("refresh_company_name", "companies")}) {
      if (event.name == name) service_.Sql(absl::StrReplaceAll(change_, {{"TABLE", table}}));
    }
    return 0;
  }

  storage::TestHooks hooks_;
  std::string change_;

 protected:
  Service service_{&hooks_};
};

TEST_F(NameRefreshTest, KeysOfANameThatIsGoneAreNotWritten) {
  const auto refreshed = RefreshDuring("UPDATE TABLE SET display_name = 'Later'");
  EXPECT_EQ(refreshed.agreements, 0);
  EXPECT_EQ(refreshed.companies, 0);
  ExpectStored("display_name, keyed_name", "Later|First\n");
}

// By a server of a later version.
TEST_F(NameRefreshTest, KeysOfLaterRulesThatWereWrittenMeanwhileAreKept) {
  const auto refreshed =
      RefreshDuring("UPDATE TABLE SET keyed_name = display_name, name_key = 'y', key_version = key_version + 1");
  EXPECT_EQ(refreshed.agreements, 0);
  EXPECT_EQ(refreshed.companies, 0);
  ExpectStored("keyed_name, name_key", "Second|y\n");
}

}  // namespace
}  // namespace agreements::testing
