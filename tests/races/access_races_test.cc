// Races about accesses: whoever is first, a user holds or is offered a product in a company once, and never in a
// company that is deleted (domain.md U2, U3, C4).
#include "absl/strings/str_cat.h"
#include "storage/connection/statement.h"
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

// Without it, what is accepted need not be an invitation any more.
const Guards kStillInvited = {
    {"accept_invitations",
     {{"live = 1", "1 = 1"}, {"FIND_IN_SET(CONCAT(product_id, '=', state), ?) > 0", "LENGTH(?) > 0"}}}};

std::vector<Race> AllRaces() {
  return {
      {"TwoGrants", TwoGrants, kHolderLocks},
      // No guards: a second acceptance writes the same values as the first one.
      {"TwoAccepts", TwoAccepts, {}},
      {"InviteAgainstGrant", InviteAgainstGrant, kHolderLocks},
      {"AcceptAgainstRevoke", AcceptAgainstRevoke, Joined(kHolderLocks, kStillInvited)},
      {"GrantAgainstDeleteCompany", GrantAgainstDeleteCompany, kHolderLocks},
  };
}

class AccessRaces : public ::testing::TestWithParam<Race> {};
class UnguardedAccessRaces : public ::testing::TestWithParam<Race> {};

TEST_P(AccessRaces, AreWonByEveryInvariant) { EXPECT_EQ(RunGuarded(GetParam()), ""); }

TEST_P(UnguardedAccessRaces, AreLost) {
  // Not the invariants: without the lock, the counts of agreements are wrong, too. The keys of the schema would stop
  // it.
  const std::string wrong = OutcomeUnguarded(GetParam(), {"ALTER TABLE accesses DROP KEY live"});
  EXPECT_THAT(wrong, ::testing::HasSubstr("unexpected OK,OK: "));
}

INSTANTIATE_TEST_SUITE_P(Domain, AccessRaces, ::testing::ValuesIn(AllRaces()), NameOf);
INSTANTIATE_TEST_SUITE_P(Domain, UnguardedAccessRaces, ::testing::ValuesIn(GuardedOf(AllRaces())), NameOf);

// How often it was executed in this process.
int64_t Executions(const std::string& name) {
  for (const storage::Statement* statement : storage::Statement::All()) {
    if (statement->name() == name) return statement->executions();
  }
  return -1;
}

TEST(Accesses, AGrantThatHasWaitedForAnAgreementThatItsCompanyHasLeftLocksTheNewOne) {
  Conductor conductor;
  Service service(conductor.hooks());
  const std::string company = NewCompany(service, kAccount);
  const std::string b = service.NewAgreement("B");
  const int64_t before = Executions("get_company_user");
  const Conductor::Met met =
      conductor.Meet(service.test_database(),
                     {.held = [&] { EXPECT_EQ(Outcome(service.Move(company, b)), "OK"); },
                      .at = [](absl::string_view statement, int /*number*/) { return statement == "COMMIT"; },
                      .on_held = [] {},
                      .second = [&] { EXPECT_EQ(Outcome(service.Grant(company, "anna", {"accounting"})), "OK"); },
                      .on_stopped = [] {}});
  EXPECT_TRUE(met.held);
  EXPECT_TRUE(met.waited);
  EXPECT_EQ(Executions("get_company_user") - before, 2) << "it starts over";
  EXPECT_EQ(service.Findings(), "");
}

}  // namespace
}  // namespace agreements::testing
