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

std::string DeleteAgainstUndeleteIntoIt(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = NewDeletedCompany(service, a, account);
  return Expect(Outcomes([&] { return service.Delete(b, false, account); },
                         [&] { return service.Undelete(company, b, account); }),
                {"OK,AGREEMENT_DELETED", "AGREEMENT_NOT_EMPTY,OK"});
}

std::string DeleteOfTheLastAgainstUndeleteIntoAnother(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = NewDeletedCompany(service, a, account);
  const std::string outcomes = Outcomes([&] { return service.Delete(a, false, account); },
                                        [&] { return service.Undelete(company, b, account); });
  return Expect(absl::StrCat(outcomes, " ", service.PlacementsOf(company, account)), {"OK,OK B 2026-11-01 -"});
}

std::string TwoUndeletions(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = NewDeletedCompany(service, service.NewAgreement("C", account), account);
  const std::string outcomes = Outcomes([&] { return service.Undelete(company, a, account); },
                                        [&] { return service.Undelete(company, b, account); });
  return Expect(absl::StrCat(outcomes, " ", service.PlacementsOf(company, account)),
                {"OK,COMPANY_NOT_DELETED A 2026-11-01 -", "COMPANY_NOT_DELETED,OK B 2026-11-01 -"});
}

std::string UndeletionAgainstMove(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = NewDeletedCompany(service, service.NewAgreement("C", account), account);
  const std::string outcomes = Outcomes([&] { return service.Undelete(company, b, account); },
                                        [&] { return service.Move(company, a, account); });
  return Expect(absl::StrCat(outcomes, " ", service.PlacementsOf(company, account)),
                {"OK,OK A 2026-11-01 -", "OK,COMPANY_DELETED B 2026-11-01 -"});
}

std::string OppositeUndeletions(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string from_a = NewDeletedCompany(service, a, account);
  const std::string from_b = NewDeletedCompany(service, b, account);
  return Expect(Outcomes([&] { return service.Undelete(from_a, b, account); },
                         [&] { return service.Undelete(from_b, a, account); }),
                {"OK,OK"});
}

const Guards kRevision = {{"update_company", {{"AND revision = ?", "AND ? > 0"}}}};

std::vector<Race> AllRaces() {
  return {
      {"DeleteAgainstUndeleteIntoIt", DeleteAgainstUndeleteIntoIt, kDeletionGuards},
      // No guards: the company has left the agreement whoever wins.
      {"DeleteOfTheLastAgainstUndeleteIntoAnother", DeleteOfTheLastAgainstUndeleteIntoAnother, {}},
      {"TwoUndeletions", TwoUndeletions, Joined(kLastHolderLock, kRevision)},
      // A move that comes first finds the company deleted.
      {"UndeletionAgainstMove", UndeletionAgainstMove, {}},
      // They are guarded by ascending order; see OppositeOnesDoNotDeadlock.
      {"OppositeUndeletions", OppositeUndeletions, {}},
  };
}

class UndeletionRaces : public ::testing::TestWithParam<Race> {};
class UnguardedUndeletionRaces : public ::testing::TestWithParam<Race> {};

TEST_P(UndeletionRaces, AreWonByEveryInvariant) { EXPECT_EQ(RunGuarded(GetParam()), ""); }

TEST_P(UnguardedUndeletionRaces, AreLost) {
  EXPECT_NE(RunUnguarded(GetParam(), {"ALTER TABLE agreements DROP CONSTRAINT agreements_deleted_is_empty",
                                      "ALTER TABLE agreements DROP CONSTRAINT agreements_counts"}),
            "");
}

INSTANTIATE_TEST_SUITE_P(Domain, UndeletionRaces, ::testing::ValuesIn(AllRaces()), NameOf);
INSTANTIATE_TEST_SUITE_P(Domain, UnguardedUndeletionRaces, ::testing::ValuesIn(GuardedOf(AllRaces())), NameOf);

TEST(Undeletions, OppositeOnesDoNotDeadlock) { EXPECT_EQ(CountRollbacks(OppositeUndeletions), 0); }

}  // namespace
}  // namespace agreements::testing
