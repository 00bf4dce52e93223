// The races that domain.md names (A5, C3, M2), each made to happen round after round, with the invariants checked
// afterwards.
#include <atomic>

#include "absl/strings/str_cat.h"
#include "tests/races/races.h"

namespace agreements::testing {
namespace {

template <typename Request>
Request New(const std::string& account_id) {
  Request request;
  request.set_account_id(account_id);
  return request;
}

std::string DeleteAgainstCreateCompany(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  auto create = New<v1::CreateCompanyRequest>(account);
  create.set_agreement_id(a);
  create.set_display_name("Nordlys");
  std::string deleted;
  std::string created;
  Together({[&] { deleted = Outcome(service.Delete(a, false, account)); },
            [&] { created = Outcome(service.Do(CreateCompany, create)); }});
  return Expect(deleted + "," + created, {"OK,AGREEMENT_DELETED", "AGREEMENT_NOT_EMPTY,OK"});
}

std::string DeleteAgainstCompleteDraft(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  auto complete = New<v1::CompleteCompanyDraftRequest>(account);
  complete.set_draft_id(service.NewDraft(a, "Nordlys", "", account));
  std::string deleted;
  std::string completed;
  Together({[&] { deleted = Outcome(service.Delete(a, true, account)); },
            [&] { completed = Outcome(service.Do(CompleteCompanyDraft, complete)); }});
  return Expect(deleted + "," + completed, {"OK,AGREEMENT_DELETED", "AGREEMENT_NOT_EMPTY,OK"});
}

std::string DeleteAgainstMoveIn(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string company = service.NewCompany(b, "Nordlys", "", account);
  std::string deleted;
  std::string moved;
  Together({[&] { deleted = Outcome(service.Delete(a, false, account)); },
            [&] { moved = Outcome(service.Move(company, a, account)); }});
  return Expect(deleted + "," + moved, {"OK,AGREEMENT_DELETED", "AGREEMENT_NOT_EMPTY,OK"});
}

std::string DeleteAgainstMoveToNew(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  auto move = New<v1::MoveCompanyToNewAgreementRequest>(account);
  move.set_company_id(service.NewCompany(a, "Nordlys", "", account));
  move.set_display_name("B");
  std::string deleted;
  std::string moved;
  Together({[&] { deleted = Outcome(service.Delete(a, false, account)); },
            [&] { moved = Outcome(service.Do(MoveCompanyToNewAgreement, move)); }});
  return Expect(deleted + "," + moved, {"OK,OK", "AGREEMENT_NOT_EMPTY,OK"});
}

std::string DeleteAgainstUndeleteCompany(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  auto remove = New<v1::DeleteCompanyRequest>(account);
  remove.set_company_id(service.NewCompany(a, "Nordlys", "", account));
  service.Do(DeleteCompany, remove).value();
  auto undelete = New<v1::UndeleteCompanyRequest>(account);
  undelete.set_company_id(remove.company_id());
  std::string deleted;
  std::string undeleted;
  Together({[&] { deleted = Outcome(service.Delete(a, false, account)); },
            [&] { undeleted = Outcome(service.Do(UndeleteCompany, undelete)); }});
  return Expect(deleted + "," + undeleted, {"OK,AGREEMENT_DELETED", "AGREEMENT_NOT_EMPTY,OK"});
}

std::string TwoMovesOfOneCompany(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string c = service.NewAgreement("C", account);
  const std::string company = service.NewCompany(a, "Nordlys", "", account);
  service.NewCompany(a, "Sydlys", "", account);  // So that the agreement's count alone would let it leave twice.
  std::string to_b;
  std::string to_c;
  Together({[&] { to_b = Outcome(service.Move(company, b, account)); },
            [&] { to_c = Outcome(service.Move(company, c, account)); }});
  return Expect(to_b + "," + to_c, {"OK,OK"});
}

std::string TwoMovesOfOneRevision(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  auto to_b = New<v1::MoveCompanyRequest>(account);
  to_b.set_company_id(service.NewCompany(a, "Nordlys", "", account));
  to_b.set_revision(1);
  service.NewCompany(a, "Sydlys", "", account);
  auto to_c = to_b;
  to_b.set_agreement_id(service.NewAgreement("B", account));
  to_c.set_agreement_id(service.NewAgreement("C", account));
  std::string moved_to_b;
  std::string moved_to_c;
  Together({[&] { moved_to_b = Outcome(service.Do(MoveCompany, to_b)); },
            [&] { moved_to_c = Outcome(service.Do(MoveCompany, to_c)); }});
  return Expect(moved_to_b + "," + moved_to_c, {"OK,STALE_REVISION", "STALE_REVISION,OK"});
}

std::string OppositeMoves(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  const std::string b = service.NewAgreement("B", account);
  const std::string from_a = service.NewCompany(a, "Nordlys", "", account);
  const std::string from_b = service.NewCompany(b, "Sydlys", "", account);
  std::string to_b;
  std::string to_a;
  Together({[&] { to_b = Outcome(service.Move(from_a, b, account)); },
            [&] { to_a = Outcome(service.Move(from_b, a, account)); }});
  return Expect(to_b + "," + to_a, {"OK,OK"});
}

std::string CompletingOneDraftTwice(Service& service, const std::string& account) {
  const std::string a = service.NewAgreement("A", account);
  auto complete = New<v1::CompleteCompanyDraftRequest>(account);
  complete.set_draft_id(service.NewDraft(a, "Nordlys", "", account));
  complete.set_revision(1);
  service.NewDraft(a, "Sydlys", "", account);  // So that the agreement's count alone would let it be completed twice.
  std::string first;
  std::string second;
  const auto run = [&](std::string& answer) {
    const auto completed = service.Do(CompleteCompanyDraft, complete);
    answer = completed.ok() ? completed->DebugString() : Outcome(completed);
  };
  Together({[&] { run(first); }, [&] { run(second); }});
  const auto companies = service.Do(ListCompanies, New<v1::ListCompaniesRequest>(account)).value();
  if (companies.companies_size() != 1) return absl::StrCat(companies.companies_size(), " companies\n");
  return first == second ? "" : absl::StrCat("two answers:\n", first, "and\n", second);
}

std::string TwoUpdatesWithOneRevision(Service& service, const std::string& account) {
  auto first = New<v1::UpdateAgreementRequest>(account);
  first.set_agreement_id(service.NewAgreement("A", account));
  first.set_revision(1);
  auto second = first;
  first.set_display_name("Først");
  second.set_display_name("Sist");
  std::string first_outcome;
  std::string second_outcome;
  Together({[&] { first_outcome = Outcome(service.Do(UpdateAgreement, first)); },
            [&] { second_outcome = Outcome(service.Do(UpdateAgreement, second)); }});
  return Expect(first_outcome + "," + second_outcome, {"OK,STALE_REVISION", "STALE_REVISION,OK"});
}

std::string OneRequestIdBySixteenCallers(Service& service, const std::string& account) {
  auto create = New<v1::CreateAgreementRequest>(account);
  create.set_display_name("A");
  create.set_request_id("once");
  create.mutable_first_company_draft()->set_display_name("Nordlys");
  std::vector<std::string> answers(16);
  std::vector<std::function<void()>> callers;
  callers.reserve(answers.size());
  for (std::string& answer : answers) {
    callers.emplace_back([&] {
      const auto created = service.Do(CreateAgreement, create);
      answer = created.ok() ? created->DebugString() : Outcome(created);
    });
  }
  Together(callers);
  for (const std::string& answer : answers) {
    if (answer != answers[0]) return absl::StrCat("two answers:\n", answers[0], "and\n", answer);
  }
  const auto agreements = service.Do(ListAgreements, New<v1::ListAgreementsRequest>(account)).value();
  return agreements.agreements_size() == 1 ? "" : absl::StrCat(agreements.agreements_size(), " agreements\n");
}

const Guards kDeletionGuards = {
    {"delete_agreement", {{"AND company_count = 0", ""}, {"AND draft_count = ?", "AND draft_count <= ? + 1000"}}},
    {"lock_live_agreement", {{"AND delete_time IS NULL", ""}}}};

std::vector<Race> AllRaces() {
  return {
      {"DeleteAgainstCreateCompany", DeleteAgainstCreateCompany, kDeletionGuards},
      {"DeleteAgainstCompleteDraft", DeleteAgainstCompleteDraft, kDeletionGuards},
      {"DeleteAgainstMoveIn", DeleteAgainstMoveIn, kDeletionGuards},
      // Whoever wins, the company goes out of the agreement: there is nothing that a missing guard could orphan.
      {"DeleteAgainstMoveToNew", DeleteAgainstMoveToNew, {}},
      {"DeleteAgainstUndeleteCompany", DeleteAgainstUndeleteCompany, kDeletionGuards},
      {"TwoMovesOfOneCompany", TwoMovesOfOneCompany, {{"update_company", {{"AND revision = ?", "AND ? > 0"}}}}},
      {"TwoMovesOfOneRevision", TwoMovesOfOneRevision, {{"update_company", {{"AND revision = ?", "AND ? > 0"}}}}},
      // Their guard is the ascending order; see OppositeMovesDoNotDeadlock.
      {"OppositeMoves", OppositeMoves, {}},
      {"CompletingOneDraftTwice", CompletingOneDraftTwice, {{"update_draft", {{"AND revision = ?", "AND ? > 0"}}}}},
      {"TwoUpdatesWithOneRevision",
       TwoUpdatesWithOneRevision,
       {{"update_agreement", {{"AND revision = ?", "AND ? > 0"}}}}},
      {"OneRequestIdBySixteenCallers",
       OneRequestIdBySixteenCallers,
       {{"insert_request", {{"INSERT INTO", "INSERT IGNORE INTO"}}}}},
  };
}

std::vector<Race> GuardedRaces() {
  std::vector<Race> races = AllRaces();
  std::erase_if(races, [](const Race& race) { return race.guards.empty(); });
  return races;
}

class Races : public ::testing::TestWithParam<Race> {};
class UnguardedRaces : public ::testing::TestWithParam<Race> {};

TEST_P(Races, AreWonByEveryInvariant) {
  Service service;
  EXPECT_EQ(RunRounds(service, GetParam(), Rounds(kRaceRounds), false), "");
}

TEST_P(UnguardedRaces, AreLost) {
  const Race race = GetParam();
  const storage::TestHooks hooks = Without(race.guards);
  Service service(&hooks);
  // The second line of defence goes, too.
  service.Sql("ALTER TABLE agreements DROP CONSTRAINT agreements_deleted_is_empty");
  service.Sql("ALTER TABLE agreements DROP CONSTRAINT agreements_counts");
  service.Sql("ALTER TABLE company_drafts DROP KEY company");
  EXPECT_NE(RunRounds(service, race, kRoundsWithoutGuard, true), "");
}

std::string NameOf(const ::testing::TestParamInfo<Race>& race) { return race.param.name; }

INSTANTIATE_TEST_SUITE_P(Domain, Races, ::testing::ValuesIn(AllRaces()), NameOf);
INSTANTIATE_TEST_SUITE_P(Domain, UnguardedRaces, ::testing::ValuesIn(GuardedRaces()), NameOf);

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
