// The races that domain.md names (A5, C3, M2), each made to happen round after round, with the invariants checked
// afterwards.
#include <atomic>

#include "absl/strings/str_cat.h"
#include "tests/races/races.h"

namespace agreements::testing {
namespace {

// An agreement is deleted, or gets a company: never both.
const std::vector<std::string> kEither = {"OK,AGREEMENT_DELETED", "AGREEMENT_NOT_EMPTY,OK"};

std::string DeleteAgainstCreateCompany(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const Fields create = {{"account_id", account}, {"agreement_id", a}, {"display_name", "Nordlys"}};
  return Expect(
      Outcomes([&] { return service.Delete(a, false, account); }, [&] { return service.Do(CreateCompany, create); }),
      kEither);
}

std::string DeleteAgainstCompleteDraft(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const Fields complete = {{"account_id", account}, {"draft_id", service.NewDraft(a, "Nordlys", "", account)}};
  return Expect(Outcomes([&] { return service.Delete(a, true, account); },
                         [&] { return service.Do(CompleteCompanyDraft, complete); }),
                kEither);
}

std::string DeleteAgainstMoveIn(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = service.NewCompany(b, "Nordlys", "", account);
  return Expect(
      Outcomes([&] { return service.Delete(a, false, account); }, [&] { return service.Move(company, a, account); }),
      kEither);
}

std::string DeleteAgainstMoveToNew(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string company = service.NewCompany(a, "Nordlys", "", account);
  const Fields move = {{"account_id", account}, {"company_id", company}, {"display_name", "B"}};
  return Expect(Outcomes([&] { return service.Delete(a, false, account); },
                         [&] { return service.Do(MoveCompanyToNewAgreement, move); }),
                {"OK,OK", "AGREEMENT_NOT_EMPTY,OK"});
}

std::string DeleteAgainstUndeleteCompany(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string company = service.NewCompany(a, "Nordlys", "", account);
  service.RemoveCompany(company, account).value();
  return Expect(Outcomes([&] { return service.Delete(a, false, account); },
                         [&] { return service.Undelete(company, "", account); }),
                kEither);
}

std::string TwoMovesOfOneCompany(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string c = service.NewAgreement("C", account);
  const std::string company = service.NewCompany(a, "Nordlys", "", account);
  service.NewCompany(a, "Sydlys", "", account);  // So that the agreement's count alone would let it leave twice.
  return Expect(
      Outcomes([&] { return service.Move(company, b, account); }, [&] { return service.Move(company, c, account); }),
      {"OK,OK"});
}

std::string MoveAgainstDeleteCompany(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = service.NewCompany(a, "Nordlys", "", account);
  service.NewCompany(a, "Sydlys", "", account);  // So that the agreement's count alone would let it leave twice.
  return Expect(Outcomes([&] { return service.Move(company, b, account); },
                         [&] { return service.RemoveCompany(company, account); }),
                {"OK,OK", "COMPANY_DELETED,OK"});
}

std::string TwoMovesOfOneRevision(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string company = service.NewCompany(a, "Nordlys", "", account);
  service.NewCompany(a, "Sydlys", "", account);
  const auto move = [&](const std::string& agreement_id) {
    return service.Do(
        MoveCompany,
        {{"account_id", account}, {"company_id", company}, {"agreement_id", agreement_id}, {"revision", "1"}});
  };
  const std::string b = service.NewAgreement("B", account);
  const std::string c = service.NewAgreement("C", account);
  return Expect(Outcomes([&] { return move(b); }, [&] { return move(c); }), {"OK,STALE_REVISION", "STALE_REVISION,OK"});
}

std::string OppositeMoves(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string from_a = service.NewCompany(a, "Nordlys", "", account);
  const std::string from_b = service.NewCompany(b, "Sydlys", "", account);
  return Expect(
      Outcomes([&] { return service.Move(from_a, b, account); }, [&] { return service.Move(from_b, a, account); }),
      {"OK,OK"});
}

// The response as text, or its error.
template <typename Response>
std::string AnswerOf(const absl::StatusOr<Response>& response) {
  return response.ok() ? response->DebugString() : Outcome(response);
}

std::string CompletingOneDraftTwice(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const Fields complete = {
      {"account_id", account}, {"draft_id", service.NewDraft(a, "Nordlys", "", account)}, {"revision", "1"}};
  service.NewDraft(a, "Sydlys", "", account);  // So that the agreement's count alone would let it be completed twice.
  std::string first;
  std::string second;
  Together({[&] { first = AnswerOf(service.Do(CompleteCompanyDraft, complete)); },
            [&] { second = AnswerOf(service.Do(CompleteCompanyDraft, complete)); }});
  const auto companies = service.Do(ListCompanies, {{"account_id", account}}).value();
  if (companies.companies_size() != 1) return absl::StrCat(companies.companies_size(), " companies\n");
  return first == second ? "" : absl::StrCat("two answers:\n", first, "and\n", second);
}

std::string TwoUpdatesWithOneRevision(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const auto rename = [&](const std::string& name) {
    return service.Do(UpdateAgreement,
                      {{"account_id", account}, {"agreement_id", a}, {"revision", "1"}, {"display_name", name}});
  };
  return Expect(Outcomes([&] { return rename("Først"); }, [&] { return rename("Sist"); }),
                {"OK,STALE_REVISION", "STALE_REVISION,OK"});
}

std::string OneRequestIdBySixteenCallers(Service& service, const std::string& account) {
  const Fields create = {{"account_id", account},
                         {"display_name", "A"},
                         {"request_id", "once"},
                         {"first_company_draft", "{display_name: 'Nordlys'}"}};
  std::vector<std::string> answers(16);
  std::vector<std::function<void()>> callers;
  callers.reserve(answers.size());
  for (std::string& answer : answers) {
    callers.emplace_back([&] { answer = AnswerOf(service.Do(CreateAgreement, create)); });
  }
  Together(callers);
  for (const std::string& answer : answers) {
    if (answer != answers[0]) return absl::StrCat("two answers:\n", answers[0], "and\n", answer);
  }
  const auto agreements = service.Do(ListAgreements, {{"account_id", account}}).value();
  return agreements.agreements_size() == 1 ? "" : absl::StrCat(agreements.agreements_size(), " agreements\n");
}

const Guards kCompanyRevision = {{"update_company", {{"AND revision = ?", "AND ? > 0"}}}};

std::vector<Race> AllRaces() {
  return {
      {"DeleteAgainstCreateCompany", DeleteAgainstCreateCompany, kDeletionGuards},
      {"DeleteAgainstCompleteDraft", DeleteAgainstCompleteDraft, kDeletionGuards},
      {"DeleteAgainstMoveIn", DeleteAgainstMoveIn, kDeletionGuards},
      // No guards: the company leaves the agreement whoever wins.
      {"DeleteAgainstMoveToNew", DeleteAgainstMoveToNew, {}},
      {"DeleteAgainstUndeleteCompany", DeleteAgainstUndeleteCompany, kDeletionGuards},
      {"TwoMovesOfOneCompany", TwoMovesOfOneCompany, Joined(kMarks, kCompanyRevision)},
      {"MoveAgainstDeleteCompany", MoveAgainstDeleteCompany, Joined(kMarks, kCompanyRevision)},
      {"TwoMovesOfOneRevision", TwoMovesOfOneRevision, Joined(kHolderLocks, kCompanyRevision)},
      // They are guarded by ascending order; see OppositeMovesDoNotDeadlock.
      {"OppositeMoves", OppositeMoves, {}},
      {"CompletingOneDraftTwice", CompletingOneDraftTwice,
       Joined(kHolderLocks, {{"update_draft", {{"AND revision = ?", "AND ? > 0"}}}})},
      {"TwoUpdatesWithOneRevision",
       TwoUpdatesWithOneRevision,
       {{"update_agreement", {{"AND revision = ?", "AND ? > 0"}}}}},
      {"OneRequestIdBySixteenCallers",
       OneRequestIdBySixteenCallers,
       {{"insert_request", {{"INSERT INTO", "INSERT IGNORE INTO"}}}}},
  };
}

class Races : public ::testing::TestWithParam<Race> {};
class UnguardedRaces : public ::testing::TestWithParam<Race> {};

TEST_P(Races, AreWonByEveryInvariant) { EXPECT_EQ(RunGuarded(GetParam()), ""); }

TEST_P(UnguardedRaces, AreLost) {
  const Guards& guards = GetParam().guards;
  if (guards.count("lock_holder") > 0 && guards.count("delete_agreement") == 0) {
    // Not the invariants: without the lock, the counts of agreements are wrong, too.
    EXPECT_NE(OutcomeUnguarded(GetParam(), {"ALTER TABLE company_drafts DROP KEY company"}), "");
    return;
  }
  EXPECT_NE(RunUnguarded(GetParam(), {"ALTER TABLE agreements DROP CONSTRAINT agreements_deleted_is_empty",
                                      "ALTER TABLE agreements DROP CONSTRAINT agreements_counts",
                                      "ALTER TABLE company_drafts DROP KEY company"}),
            "");
}

INSTANTIATE_TEST_SUITE_P(Domain, Races, ::testing::ValuesIn(AllRaces()), NameOf);
INSTANTIATE_TEST_SUITE_P(Domain, UnguardedRaces, ::testing::ValuesIn(GuardedOf(AllRaces())), NameOf);

// A third of the transactions is rolled back by the database, at COMMIT.
TEST(RequestIds, AreOnceEvenIfAThirdOfTheTransactionsRollsBack) {
  constexpr int kDeadlock = 1213;
  std::atomic<int> commits = 0;
  storage::TestHooks hooks;
  hooks.on_statement = [&](const storage::StatementEvent& event) {
    const bool commit = event.name == "COMMIT" && event.phase == storage::StatementEvent::Phase::kBefore;
    return commit && ++commits % 3 == 0 ? kDeadlock : 0;
  };
  Service service(&hooks);
  const Race race = {"", OneRequestIdBySixteenCallers, {}};
  EXPECT_EQ(RunRounds(service, race, Rounds(kRaceRounds), false), "");
  EXPECT_GT(commits, Rounds(kRaceRounds));
}

TEST(Moves, OppositeMovesDoNotDeadlock) { EXPECT_EQ(CountRollbacks(OppositeMoves), 0); }

}  // namespace
}  // namespace agreements::testing
