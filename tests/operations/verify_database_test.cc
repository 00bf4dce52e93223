// What `agreements-admin verify` finds: nothing in what the service has written, and every breach that is planted.
#include "server/operations/verify_database.h"

#include <iterator>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/operations/verify_report.h"
#include "server/operations/verify_requests.h"
#include "tests/testing/mutations.h"
#include "tests/testing/planted_breaches.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string RuleOf(const Plant& plant) { return absl::StrReplaceAll(plant.rule, {{"\n", ""}}); }

// Whether the plant is meant for the check; one that ends with a line break names all of a rule.
bool IsFor(const Plant& plant, const Check& check) {
  const std::string rule = RuleOf(plant);
  return rule == plant.rule ? absl::StartsWith(check.rule, rule) : check.rule == rule;
}

// Ids by the names that texts have for them, in braces.
using Names = std::map<std::string, std::string>;

void RecordScans(Service& service, const Names& names, const std::string& company, const std::string& transaction_id,
                 const std::string& occur_time) {
  service.Record(names.at(company), transaction_id, "scan", 10, occur_time, names.at("{account}")).value();
}

// Two agreements, A and B, with a company each; A has a draft, users, an order basis of half a month, and had a company
// for two days.
Names Populate(Service& service, const std::string& account) {
  Names names = {{"{account}", account}};
  service.clock().SetDay("2026-11-01");
  names["{A}"] = service.NewAgreementWithNumber("A", "00417", account);
  names["{B}"] = service.NewAgreementWithNumber("B", "00417", account);
  names["{bakery}"] = service.NewCompany(names["{A}"], "Bakery", "974760673", account);
  names["{hotel}"] = service.NewCompany(names["{B}"], "Hotel", "923609016", account);
  names["{draft}"] = service.NewDraft(names["{A}"], "Draft", "", account);
  service.NewProduct("accounting", v1::PRODUCT_KIND_LICENSE, account);
  service.NewProduct("scan", v1::PRODUCT_KIND_TRANSACTION, account);
  service.SetPriceOf("accounting", "2026-11-01", "423.00", account).value();
  service.SetPriceOf("scan", "2026-11-01", "1.25", account).value();
  names["{anna}"] = service.Grant(names["{bakery}"], "anna", {"accounting"}, account)->accesses(0).access_id();
  names["{carl}"] = service.Invite(names["{bakery}"], "carl", {"accounting"}, account)->accesses(0).access_id();
  names["{kiosk}"] = service.NewCompany(names["{A}"], "Kiosk", "", account);
  service.clock().SetDay("2026-11-02");
  service.RemoveCompany(names["{kiosk}"], account).value();
  RecordScans(service, names, "{bakery}", "t-settled", "2026-11-02T08:00:00Z");
  RecordScans(service, names, "{hotel}", "t-hotel", "2026-11-02T08:00:00Z");
  service.clock().SetDay("2026-11-17");
  names["{document}"] =
      service.CreateOrder(names["{A}"], "2026-11-01", "2026-11-16", account)->order_basis().order_basis_id();
  RecordScans(service, names, "{bakery}", "t-open", "2026-11-17T08:00:00Z");
  return names;
}

class VerifyDatabaseTest : public ::testing::Test {
 protected:
  std::string Named(const std::string& text) const { return absl::StrReplaceAll(text, names_); }

  DatabaseVerification Verify() { return VerifyDatabase(service_.database(), service_.context(), {}).value(); }

  Service service_;
  Names names_ = Populate(service_, kAccount);
};

TEST_F(VerifyDatabaseTest, FindsNothingInWhatTheServiceHasWritten) {
  const DatabaseVerification verification = Verify();
  EXPECT_EQ(verification.findings(), 0) << Report(verification);
  EXPECT_EQ(verification.accounts, 1);
  EXPECT_THAT(Report(verification),
              AllOf(StartsWith("ok     2 agreements: company_count is the number of companies that it holds\n"),
                    HasSubstr("\nok     1 order bases: computing it again from history"),
                    EndsWith(absl::StrCat(verification.checks.size(), " checks of 1 accounts: nothing is wrong\n"))));
}

TEST_F(VerifyDatabaseTest, LooksAtSomethingInEveryCheck) {
  for (const Check& check : Verify().checks) EXPECT_GT(check.looked_at, 0) << check.rule;
}

TEST_F(VerifyDatabaseTest, AnEmptyDatabaseIsRight) {
  Service empty;
  EXPECT_THAT(Report(VerifyDatabase(empty.database(), empty.context(), {}).value()),
              EndsWith(" checks of 0 accounts: nothing is wrong\n"));
}

TEST_F(VerifyDatabaseTest, EveryCheckHasABreachPlanted) {
  std::set<const Plant*> used;
  for (const Check& check : Verify().checks) {
    bool planted = false;
    for (const Plant& plant : kPlants) {
      if (!IsFor(plant, check)) continue;
      planted = true;
      EXPECT_TRUE(used.insert(&plant).second) << RuleOf(plant) << " is the beginning of several rules";
    }
    EXPECT_TRUE(planted) << "no breach is planted for: " << check.rule;
  }
  EXPECT_EQ(used.size(), std::size(kPlants)) << "a breach is planted for no check";
}

TEST_F(VerifyDatabaseTest, LateTransactionsAreNotedAndNotWrong) {
  RecordScans(service_, names_, "{bakery}", "t-late", "2026-11-03T08:00:00Z");
  const DatabaseVerification verification = Verify();
  EXPECT_EQ(verification.findings(), 0) << Report(verification);
  EXPECT_THAT(
      Report(verification),
      HasSubstr(Named("note   4 transactions: arrived late and wait for their agreement's next order basis: 1 found\n"
                      "        acct-1 {bakery} t-late: of 2026-11-03, in {A}\n")));
}

TEST_F(VerifyDatabaseTest, ShowsTheFirstTwentyFindingsOfACheckAndCountsTheRest) {
  for (int i = 0; i < 23; ++i) service_.NewAgreement("X");
  service_.Sql("UPDATE agreements SET draft_count = 7 WHERE display_name = 'X'");
  const std::string report = Report(Verify());
  EXPECT_THAT(report,
              HasSubstr("WRONG  25 agreements: draft_count is the number of open drafts that it holds: 23 found\n"));
  EXPECT_THAT(report, HasSubstr("        and 3 more\n"));
  EXPECT_THAT(report, EndsWith(" checks of 1 accounts: 46 findings\n")) << "the trail tells another count, too";
}

TEST_F(VerifyDatabaseTest, LooksAtEveryAccount) {
  for (const std::string account : {"acct-0", "acct-2", "acct-3"}) service_.NewAgreement("A", account);
  service_.Sql("UPDATE agreements SET draft_count = 7 WHERE account_id IN ('acct-0', 'acct-3')");
  const DatabaseVerification verification = Verify();
  EXPECT_EQ(verification.accounts, 4);
  EXPECT_EQ(verification.findings(), 4) << Report(verification);
  EXPECT_THAT(Report(verification), AllOf(HasSubstr("\n        acct-0 agr-"), HasSubstr("\n        acct-3 agr-")));
}

// Nothing refers to a row whose account is a wrong one: it has to be found by itself.
TEST_F(VerifyDatabaseTest, AnAccountOfWhichOnlyARowIsLeftIsLookedAt) {
  service_.Sql("SET foreign_key_checks = 0");
  service_.Sql("UPDATE transactions SET account_id = 'acct-9' WHERE transaction_id = 't-open'");
  service_.Sql("SET foreign_key_checks = 1");
  EXPECT_THAT(Report(Verify()), HasSubstr(Named("acct-9 {bakery} t-open: the company is missing")));
}

TEST_F(VerifyDatabaseTest, ACompanyMayBeginWhereItsAgreementWasSettledUntil) {
  service_.SettleUntil(names_["{B}"], "2026-11-20");
  service_.NewCompany(names_["{B}"], "Clocks that differ");
  EXPECT_THAT(Report(Verify()), HasSubstr("ok     4 companies: placements begin"));
}

// A company that was deleted on the day, undeleted into B and deleted again: B had the day after, when it was deleted.
// What this wrote is found as long as nothing else happens to the company, and also without the second deletion.
TEST_F(VerifyDatabaseTest, FindsWhatAnUndeletionOnTheDayOfTheDeletionOnceWrote) {
  service_.clock().SetDay("2026-11-20");
  service_.RemoveCompany(names_["{hotel}"]).value();
  EXPECT_EQ(Verify().findings(), 0) << Report(Verify());
  service_.Sql(
      Named("UPDATE placements SET from_day = '2026-11-22' WHERE company_id = '{hotel}' "
            "AND from_day = '2026-11-21'"));
  service_.Sql(Named("INSERT INTO placements VALUES ('{account}', '{hotel}', '2026-11-21', '{A}')"));
  service_.Sql(Named("UPDATE companies SET agreement_id = '{A}' WHERE company_id = '{hotel}'"));
  EXPECT_THAT(
      Report(Verify()),
      HasSubstr(Named("acct-1 {hotel}: its newest placement begins or ends on 2026-11-21, but its last change was on "
                      "2026-11-20\n")));
  service_.Sql(Named("DELETE FROM placements WHERE company_id = '{hotel}' AND from_day = '2026-11-22'"));
  service_.Sql(Named("UPDATE companies SET delete_time = NULL WHERE company_id = '{hotel}'"));
  EXPECT_THAT(Report(Verify()),
              HasSubstr(Named("acct-1 {hotel}: its newest placement begins or ends on 2026-11-21, but its last "
                              "change was on 2026-11-20\n")));
}

// On a server whose clock is seconds behind the one that has settled the day.
TEST_F(VerifyDatabaseTest, ADeletionAndAMoveMayTakeEffectWhereDaysAreSettledUntil) {
  const absl::Time midnight = absl::FromCivil(absl::CivilSecond(2026, 11, 19, 23, 0, 0), absl::UTCTimeZone());
  service_.clock().Set(midnight + absl::Seconds(1));
  service_.CreateOrder(names_["{A}"], "2026-11-16", "2026-11-20").value();
  service_.clock().Set(midnight - absl::Seconds(1));
  service_.Move(names_["{hotel}"], names_["{A}"]).value();
  service_.RemoveCompany(names_["{bakery}"]).value();
  EXPECT_EQ(service_.PlacementsOf(names_["{hotel}"]), "B 2026-11-01 - 2026-11-20, A 2026-11-20 -");
  service_.RemoveCompany(names_["{hotel}"]).value();
  EXPECT_EQ(service_.PlacementsOf(names_["{hotel}"]),
            "B 2026-11-01 - 2026-11-20, A 2026-11-20 - 2026-11-21, nobody 2026-11-21 -");
  EXPECT_EQ(Verify().findings(), 0) << Report(Verify());
}

TEST_F(VerifyDatabaseTest, TellsHowFarItIs) {
  std::vector<std::string> lines;
  VerifyOptions options;
  options.progress_interval = absl::ZeroDuration();
  options.progress = [&](absl::string_view line) { lines.emplace_back(line); };
  ASSERT_TRUE(VerifyDatabase(service_.database(), service_.context(), options).ok());
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back(), "accounts begun: 1, order bases computed again: 1, findings: 0");
}

TEST_F(VerifyDatabaseTest, WhatCannotBeReadIsAnErrorAndNoFinding) {
  service_.Sql("DROP TABLE order_basis_lines");
  EXPECT_EQ(VerifyDatabase(service_.database(), service_.context(), {}).status().code(), absl::StatusCode::kInternal);
}

TEST_F(VerifyDatabaseTest, ARecordThatIsLostIsFoundWhereverTheRevisionsShowIt) {
  for (const std::string name : {"A1", "A2", "A3"}) {
    v1::UpdateAgreementRequest request;
    request.set_agreement_id(names_["{A}"]);
    request.set_display_name(name);
    request.set_request_id(name);
    service_.Do(UpdateAgreement, request).value();
  }
  EXPECT_EQ(Verify().findings(), 0) << Report(Verify());
  service_.Sql("DELETE FROM requests WHERE request_id = 'A2'");
  EXPECT_THAT(Report(Verify()), HasSubstr(Named("agreement {A}: no request is recorded for its revision 3\n")));
}

// Each of these changes is missed twice, as a record and as an entry in the trail. Purging takes the oldest records.
TEST_F(VerifyDatabaseTest, RecordsThatAreOldEnoughToBePurgedAreNotMissed) {
  service_.Sql("UPDATE products SET revision = 2");
  EXPECT_EQ(Verify().findings(), 4) << Report(Verify());
  service_.Sql("UPDATE requests SET create_time = create_time - INTERVAL 72 HOUR");
  EXPECT_EQ(Verify().findings(), 2) << "only in the trail: " << Report(Verify());
}

TEST_F(VerifyDatabaseTest, WhatCameBeforeARecordWithoutItsMethodIsLeftOut) {
  service_.Sql("UPDATE agreements SET revision = 2");
  EXPECT_EQ(Verify().findings(), 4) << Report(Verify());
  service_.Sql("UPDATE requests SET method = '' WHERE method LIKE '%.CreateCompanyRequest'");
  EXPECT_EQ(Verify().findings(), 2) << "only in the trail: " << Report(Verify());
}

// A server of a later version made it.
TEST_F(VerifyDatabaseTest, WhatCameBeforeARecordOfAMethodThatIsNotKnownIsLeftOut) {
  service_.Sql("UPDATE agreements SET revision = 2");
  EXPECT_EQ(Verify().findings(), 4) << Report(Verify());
  service_.Sql("UPDATE requests SET method = 'agreements.v1.FutureRequest' WHERE method LIKE '%.CreateCompanyRequest'");
  EXPECT_EQ(Verify().findings(), 2) << "only in the trail: " << Report(Verify());
}

TEST_F(VerifyDatabaseTest, ADraftThatItsAgreementsDeletionDiscardsHasNoRecordOfThat) {
  const std::string agreement = service_.NewAgreement("C");
  service_.NewDraft(agreement, "Draft");
  service_.Delete(agreement, /*discard_drafts=*/true).value();
  EXPECT_EQ(Verify().findings(), 0) << Report(Verify());
  const std::string draft = service_.NewDraft(names_["{A}"], "Draft");
  v1::DeleteCompanyDraftRequest request;
  request.set_draft_id(draft);
  request.set_request_id("discard");
  service_.Do(DeleteCompanyDraft, request).value();
  EXPECT_EQ(Verify().findings(), 0) << Report(Verify());
  service_.Sql("DELETE FROM requests WHERE request_id = 'discard'");
  EXPECT_EQ(Verify().findings(), 2) << "the revision and the response have no record: " << Report(Verify());
}

TEST_F(VerifyDatabaseTest, RecordsThatAreReadInSeveralGoesTellTheSame) {
  service_.Sql("UPDATE products SET revision = 2");
  service_.Sql("UPDATE companies SET revision = 0");
  std::multiset<std::string> at_once;
  std::multiset<std::string> in_goes;
  for (std::multiset<std::string>* found : {&at_once, &in_goes}) {
    VerifyRequestsOptions options;
    if (found == &in_goes) options.records_at_once = 1;
    options.change_is_lost = [&](absl::string_view text) { found->emplace(text); };
    options.record_is_lost = options.change_is_lost;
    storage::Call call;
    call.account_id = kAccount;
    ASSERT_TRUE(VerifyRequests(service_.database(), call, 8, options).ok());
  }
  EXPECT_GE(at_once.size(), 4u);
  EXPECT_EQ(at_once, in_goes);
}

class VerifyMutationTest : public ::testing::TestWithParam<Mutation> {};

TEST_P(VerifyMutationTest, FindsNothingAfterIt) {
  Service service;
  ASSERT_TRUE(GetParam().prepare(service)("request-1", false).ok());
  const DatabaseVerification verification = VerifyDatabase(service.database(), service.context(), {}).value();
  EXPECT_EQ(verification.findings(), 0) << Report(verification);
}

INSTANTIATE_TEST_SUITE_P(Every, VerifyMutationTest, ::testing::ValuesIn(Mutations()),
                         [](const auto& mutation) { return mutation.param.name; });

// Each in an account of its own, which every finding names.
TEST_F(VerifyDatabaseTest, EveryPlantedBreachIsFound) {
  for (const char* constraint : kConstraints) service_.Sql(constraint);
  service_.Sql("SET foreign_key_checks = 0");
  std::vector<Names> plots;
  for (const Plant& plant : kPlants) {
    plots.push_back(Populate(service_, absl::StrCat("acct-p", plots.size())));
    service_.Sql(absl::StrReplaceAll(plant.sql, plots.back()));
  }
  service_.Sql("SET foreign_key_checks = 1");
  VerifyOptions options;
  options.max_shown = 1000;
  const DatabaseVerification verification = VerifyDatabase(service_.database(), service_.context(), options).value();
  for (size_t i = 0; i < std::size(kPlants); ++i) {
    for (const Check& check : verification.checks) {
      if (!IsFor(kPlants[i], check)) continue;
      const std::string found = absl::StrReplaceAll(kPlants[i].found, plots[i]);
      EXPECT_THAT(check.first, Contains(AllOf(Field(&Finding::account_id, plots[i]["{account}"]),
                                              Field(&Finding::text, StartsWith(found)))))
          << kPlants[i].sql;
    }
  }
}

}  // namespace
}  // namespace agreements::testing
