// Races about accesses: whoever is first, a user holds or is offered a product in a company once, and never in a
// company that is deleted (domain.md U2, U3, C4).
#include "absl/strings/str_cat.h"
#include "tests/races/races.h"

namespace agreements::testing {
namespace {

// A company, with the product that it is about.
std::string NewCompany(Service& service, const std::string& account) {
  service.NewProduct("accounting", v1::PRODUCT_KIND_LICENSE, account);
  return service.NewCompany(service.NewAgreement("A", account), "Nordlys", "", account);
}

// Both outcomes, and what the company has at the end.
std::string Both(Service& service, const std::string& account, const std::string& company,
                 const std::function<std::string()>& first, const std::function<std::string()>& second) {
  std::string first_outcome;
  std::string second_outcome;
  Together({[&] { first_outcome = first(); }, [&] { second_outcome = second(); }});
  return absl::StrCat(first_outcome, ",", second_outcome, ": ", service.AccessesOf(company, account));
}

std::string TwoGrants(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  const auto grant = [&] { return Outcome(service.Grant(company, "anna", {"accounting"}, account)); };
  return Expect(Both(service, account, company, grant, grant), {"OK,OK: anna accounting ACTIVE 2026-11-01 -"});
}

std::string TwoAccepts(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  service.Invite(company, "anna", {"accounting"}, account).value();
  const auto accept = [&] { return Outcome(service.Accept(company, "anna", {"accounting"}, account)); };
  return Expect(Both(service, account, company, accept, accept), {"OK,OK: anna accounting ACTIVE 2026-11-01 -"});
}

std::string InviteAgainstGrant(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  return Expect(
      Both(
          service, account, company, [&] { return Outcome(service.Invite(company, "anna", {"accounting"}, account)); },
          [&] { return Outcome(service.Grant(company, "anna", {"accounting"}, account)); }),
      {"OK,OK: anna accounting ENDED, anna accounting ACTIVE 2026-11-01 -",
       "OK,OK: anna accounting ACTIVE 2026-11-01 -"});
}

std::string AcceptAgainstRevoke(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  service.Invite(company, "anna", {"accounting"}, account).value();
  return Expect(
      Both(
          service, account, company, [&] { return Outcome(service.Accept(company, "anna", {"accounting"}, account)); },
          [&] { return Outcome(service.Revoke(company, "anna", {"accounting"}, account)); }),
      {"OK,OK: anna accounting ENDED 2026-11-01 - 2026-11-02", "ACCESS_NOT_FOUND,OK: anna accounting ENDED"});
}

std::string GrantAgainstDeleteCompany(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  return Expect(
      Both(
          service, account, company, [&] { return Outcome(service.Grant(company, "anna", {"accounting"}, account)); },
          [&] { return Outcome(service.RemoveCompany(company, account)); }),
      {"OK,OK: anna accounting ENDED 2026-11-01 - 2026-11-02", "COMPANY_DELETED,OK: "});
}

// Writes somewhere else, once a call, so that nothing is locked.
const std::pair<std::string, std::string> kNoLock = {R"sql(UPDATE agreements
  SET company_count = company_count + ?,
      draft_count = draft_count + ?,
      guard = guard + 1
  WHERE account_id = ? AND agreement_id = ?
    AND delete_time IS NULL
    AND company_count + ? >= 0
    AND draft_count + ? >= 0)sql",
                                                     "INSERT INTO no_guard VALUES (?, ?, ?, ?, ?, ?)"};

std::vector<Race> AllRaces() {
  return {
      {"TwoGrants", TwoGrants, {{"lock_live_agreement", {kNoLock}}}},
      // Without its guards the second acceptance writes what the first one has written.
      {"TwoAccepts", TwoAccepts, {}},
      {"InviteAgainstGrant", InviteAgainstGrant, {{"lock_live_agreement", {kNoLock}}}},
      {"AcceptAgainstRevoke",
       AcceptAgainstRevoke,
       {{"lock_live_agreement", {kNoLock}}, {"update_access", {{"AND state = ?", "AND ? > 0"}}}}},
      {"GrantAgainstDeleteCompany", GrantAgainstDeleteCompany, {{"lock_live_agreement", {kNoLock}}}},
  };
}

std::vector<Race> GuardedRaces() {
  std::vector<Race> races = AllRaces();
  std::erase_if(races, [](const Race& race) { return race.guards.empty(); });
  return races;
}

class AccessRaces : public ::testing::TestWithParam<Race> {};
class UnguardedAccessRaces : public ::testing::TestWithParam<Race> {};

TEST_P(AccessRaces, AreWonByEveryInvariant) {
  Service service;
  EXPECT_EQ(RunRounds(service, GetParam(), Rounds(kRaceRounds), false), "");
}

TEST_P(UnguardedAccessRaces, AreLost) {
  const storage::TestHooks hooks = Without(GetParam().guards);
  Service service(&hooks);
  // The second line of defence goes, too.
  service.Sql("ALTER TABLE accesses DROP KEY live");
  service.Sql("CREATE TABLE no_guard (a INT, b INT, c VARCHAR(64), d VARCHAR(64), e INT, f INT)");
  // Only what the rounds say: without the lock, agreements count wrongly, too.
  std::string wrong;
  for (int i = 0; i < kRoundsWithoutGuard && wrong.empty(); ++i) {
    wrong = GetParam().round(service, absl::StrCat("acct-", i));
  }
  EXPECT_THAT(wrong, ::testing::HasSubstr("unexpected OK,OK: "));
}

std::string NameOf(const ::testing::TestParamInfo<Race>& race) { return race.param.name; }

INSTANTIATE_TEST_SUITE_P(Domain, AccessRaces, ::testing::ValuesIn(AllRaces()), NameOf);
INSTANTIATE_TEST_SUITE_P(Domain, UnguardedAccessRaces, ::testing::ValuesIn(GuardedRaces()), NameOf);

}  // namespace
}  // namespace agreements::testing
