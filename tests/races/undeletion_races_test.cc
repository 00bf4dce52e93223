// Races about undeletions (domain.md A5, M5), each made to happen round after round, with the invariants checked
// afterwards. What they change of settled days: billing_races_test.cc.
#include "absl/strings/str_cat.h"
#include "tests/races/races.h"

namespace agreements::testing {
namespace {

// A deleted company, that the agreement held last.
std::string NewDeletedCompany(Service& service, const std::string& agreement_id, const std::string& account) {
  std::string company = service.NewCompany(agreement_id, "Nordlys", "", account);
  service.RemoveCompany(company, account).value();
  return company;
}

std::string Undelete(Service& service, const std::string& account, const std::string& company,
                     const std::string& agreement_id) {
  v1::UndeleteCompanyRequest undelete;
  undelete.set_account_id(account);
  undelete.set_company_id(company);
  undelete.set_agreement_id(agreement_id);
  return Outcome(service.Do(UndeleteCompany, undelete));
}

std::string DeleteAgainstUndeleteIntoIt(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = NewDeletedCompany(service, a, account);
  std::string deleted;
  std::string undeleted;
  Together({[&] { deleted = Outcome(service.Delete(b, false, account)); },
            [&] { undeleted = Undelete(service, account, company, b); }});
  return Expect(deleted + "," + undeleted, {"OK,AGREEMENT_DELETED", "AGREEMENT_NOT_EMPTY,OK"});
}

std::string DeleteOfTheLastAgainstUndeleteIntoAnother(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = NewDeletedCompany(service, a, account);
  std::string deleted;
  std::string undeleted;
  Together({[&] { deleted = Outcome(service.Delete(a, false, account)); },
            [&] { undeleted = Undelete(service, account, company, b); }});
  return Expect(absl::StrCat(deleted, ",", undeleted, " ", service.PlacementsOf(company, account)),
                {"OK,OK B 2026-11-01 -"});
}

std::string TwoUndeletions(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = NewDeletedCompany(service, service.NewAgreement("C", account), account);
  std::string into_a;
  std::string into_b;
  Together({[&] { into_a = Undelete(service, account, company, a); },
            [&] { into_b = Undelete(service, account, company, b); }});
  return Expect(absl::StrCat(into_a, ",", into_b, " ", service.PlacementsOf(company, account)),
                {"OK,COMPANY_NOT_DELETED A 2026-11-01 -", "COMPANY_NOT_DELETED,OK B 2026-11-01 -"});
}

std::string UndeletionAgainstMove(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = NewDeletedCompany(service, service.NewAgreement("C", account), account);
  std::string undeleted;
  std::string moved;
  Together({[&] { undeleted = Undelete(service, account, company, b); },
            [&] { moved = Outcome(service.Move(company, a, account)); }});
  return Expect(absl::StrCat(undeleted, ",", moved, " ", service.PlacementsOf(company, account)),
                {"OK,OK A 2026-11-01 -", "OK,COMPANY_DELETED B 2026-11-01 -"});
}

std::string OppositeUndeletions(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string from_a = NewDeletedCompany(service, a, account);
  const std::string from_b = NewDeletedCompany(service, b, account);
  std::string to_b;
  std::string to_a;
  Together(
      {[&] { to_b = Undelete(service, account, from_a, b); }, [&] { to_a = Undelete(service, account, from_b, a); }});
  return Expect(to_b + "," + to_a, {"OK,OK"});
}

const Guards kRevision = {{"update_company", {{"AND revision = ?", "AND ? > 0"}}}};
const Guards kDeletionGuards = {{"delete_agreement", {{"AND company_count = 0", ""}}},
                                {"lock_live_agreement", {{"AND delete_time IS NULL", ""}}}};

std::vector<Race> AllRaces() {
  return {
      {"DeleteAgainstUndeleteIntoIt", DeleteAgainstUndeleteIntoIt, kDeletionGuards},
      // Whoever wins, the company has left the agreement: there is nothing that a missing guard could orphan.
      {"DeleteOfTheLastAgainstUndeleteIntoAnother", DeleteOfTheLastAgainstUndeleteIntoAnother, {}},
      {"TwoUndeletions", TwoUndeletions, kRevision},
      // A move that comes first finds the company deleted.
      {"UndeletionAgainstMove", UndeletionAgainstMove, {}},
      // Their guard is the ascending order; see OppositeOnesDoNotDeadlock.
      {"OppositeUndeletions", OppositeUndeletions, {}},
  };
}

std::vector<Race> GuardedRaces() {
  std::vector<Race> races = AllRaces();
  std::erase_if(races, [](const Race& race) { return race.guards.empty(); });
  return races;
}

class UndeletionRaces : public ::testing::TestWithParam<Race> {};
class UnguardedUndeletionRaces : public ::testing::TestWithParam<Race> {};

TEST_P(UndeletionRaces, AreWonByEveryInvariant) {
  Service service;
  EXPECT_EQ(RunRounds(service, GetParam(), Rounds(kRaceRounds), false), "");
}

TEST_P(UnguardedUndeletionRaces, AreLost) {
  const storage::TestHooks hooks = Without(GetParam().guards);
  Service service(&hooks);
  // The second line of defence goes, too.
  service.Sql("ALTER TABLE agreements DROP CONSTRAINT agreements_deleted_is_empty");
  service.Sql("ALTER TABLE agreements DROP CONSTRAINT agreements_counts");
  EXPECT_NE(RunRounds(service, GetParam(), kRoundsWithoutGuard, true), "");
}

std::string NameOf(const ::testing::TestParamInfo<Race>& race) { return race.param.name; }

INSTANTIATE_TEST_SUITE_P(Domain, UndeletionRaces, ::testing::ValuesIn(AllRaces()), NameOf);
INSTANTIATE_TEST_SUITE_P(Domain, UnguardedUndeletionRaces, ::testing::ValuesIn(GuardedRaces()), NameOf);

TEST(Undeletions, OppositeOnesDoNotDeadlock) { EXPECT_EQ(CountRollbacks(OppositeUndeletions), 0); }

}  // namespace
}  // namespace agreements::testing
