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
template <typename First, typename Second>
std::string Both(Service& service, const std::string& account, const std::string& company, const First& first,
                 const Second& second) {
  const std::string outcomes = Outcomes(first, second);
  return absl::StrCat(outcomes, ": ", service.AccessesOf(company, account));
}

std::string TwoGrants(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  const auto grant = [&] { return service.Grant(company, "anna", {"accounting"}, account); };
  return Expect(Both(service, account, company, grant, grant), {"OK,OK: anna accounting ACTIVE 2026-11-01 -"});
}

std::string TwoAccepts(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  service.Invite(company, "anna", {"accounting"}, account).value();
  const auto accept = [&] { return service.Accept(company, "anna", {"accounting"}, account); };
  return Expect(Both(service, account, company, accept, accept), {"OK,OK: anna accounting ACTIVE 2026-11-01 -"});
}

std::string InviteAgainstGrant(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  return Expect(Both(
                    service, account, company, [&] { return service.Invite(company, "anna", {"accounting"}, account); },
                    [&] { return service.Grant(company, "anna", {"accounting"}, account); }),
                {"OK,OK: anna accounting ENDED, anna accounting ACTIVE 2026-11-01 -",
                 "OK,OK: anna accounting ACTIVE 2026-11-01 -"});
}

std::string AcceptAgainstRevoke(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  service.Invite(company, "anna", {"accounting"}, account).value();
  return Expect(Both(
                    service, account, company, [&] { return service.Accept(company, "anna", {"accounting"}, account); },
                    [&] { return service.Revoke(company, "anna", {"accounting"}, account); }),
                {"OK,OK: anna accounting ENDED 2026-11-01 - 2026-11-02", "ACCESS_NOT_FOUND,OK: anna accounting ENDED"});
}

std::string GrantAgainstDeleteCompany(Service& service, const std::string& account) {
  const std::string company = NewCompany(service, account);
  return Expect(Both(
                    service, account, company, [&] { return service.Grant(company, "anna", {"accounting"}, account); },
                    [&] { return service.RemoveCompany(company, account); }),
                {"OK,OK: anna accounting ENDED 2026-11-01 - 2026-11-02", "COMPANY_DELETED,OK: "});
}

// Takes the lock out: each call writes to another table instead.
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
      // No guards: a second acceptance writes the same values as the first one.
      {"TwoAccepts", TwoAccepts, {}},
      {"InviteAgainstGrant", InviteAgainstGrant, {{"lock_live_agreement", {kNoLock}}}},
      {"AcceptAgainstRevoke",
       AcceptAgainstRevoke,
       {{"lock_live_agreement", {kNoLock}}, {"update_access", {{"AND state = ?", "AND ? > 0"}}}}},
      {"GrantAgainstDeleteCompany", GrantAgainstDeleteCompany, {{"lock_live_agreement", {kNoLock}}}},
  };
}

class AccessRaces : public ::testing::TestWithParam<Race> {};
class UnguardedAccessRaces : public ::testing::TestWithParam<Race> {};

TEST_P(AccessRaces, AreWonByEveryInvariant) { EXPECT_EQ(RunGuarded(GetParam()), ""); }

TEST_P(UnguardedAccessRaces, AreLost) {
  const storage::TestHooks hooks = Without(GetParam().guards);
  Service service(&hooks);
  // The keys of the schema would stop it, too.
  service.Sql("ALTER TABLE accesses DROP KEY live");
  service.Sql(
      "CREATE TABLE no_guard (id INT AUTO_INCREMENT PRIMARY KEY INVISIBLE, a INT, b INT, c VARCHAR(64), d VARCHAR(64), "
      "e INT, f INT)");
  // Not the invariants: without the lock, the counts of agreements are wrong, too.
  std::string wrong;
  for (int i = 0; i < kRoundsWithoutGuard && wrong.empty(); ++i) {
    wrong = GetParam().round(service, absl::StrCat("acct-", i));
  }
  EXPECT_THAT(wrong, ::testing::HasSubstr("unexpected OK,OK: "));
}

INSTANTIATE_TEST_SUITE_P(Domain, AccessRaces, ::testing::ValuesIn(AllRaces()), NameOf);
INSTANTIATE_TEST_SUITE_P(Domain, UnguardedAccessRaces, ::testing::ValuesIn(GuardedOf(AllRaces())), NameOf);

}  // namespace
}  // namespace agreements::testing
