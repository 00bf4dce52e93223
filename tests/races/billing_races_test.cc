// Races about what is charged, over a midnight that the test's clock steps over (domain.md D2, O3): changes of every
// kind against the order basis that settles their day. Afterwards no day and no transaction is charged twice or lost.
#include <optional>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/races/billing_scene.h"
#include "tests/races/charged_days.h"
#include "tests/races/races.h"

namespace agreements::testing {
namespace {

constexpr int kFreeRounds = 100;          // Of each race, in which no one is held; a tenth in CI.
constexpr int kMaxStatements = 30;        // Of both callers.
constexpr int kRoundsBetweenChecks = 50;  // Of the invariants of all rounds; the guards are of these, too.
const absl::Time kADayBefore = kBeforeMidnight - absl::Hours(24);

// This thread's server has a clock that is behind: it stays before midnight.
thread_local bool clock_is_behind = false;

using Step = std::string (*)(Scene& scene);

struct BillingRace {
  std::string name;
  Step change;
  Step settle;
  // Outcomes of both, and how many user-days and pieces are charged at the end: "OK,PERIOD_NOT_OVER: 4 5".
  std::set<std::string> allowed;
  Guards guards;           // As in Race.
  Step prepare = nullptr;  // Before the race, on kBegin.
  // What ends on a day counts on it still: a race for what ends is over two midnights.
  absl::Time begins = kBeforeMidnight;
};

void PrintTo(const BillingRace& race, std::ostream* out) { *out << race.name; }

// When it is midnight in a round in which one caller is held.
enum class Midnight { kWhileHeld, kWhenTheOtherWaits, kNotYetForTheChange };

// The rounds of one race.
class RaceRounds {
 public:
  RaceRounds(const BillingRace& race, bool guarded) : race_(race), guarded_(guarded), conductor_(GuardsIf(!guarded)) {
    service_.context().clock.now = [this] { return clock_is_behind ? race_.begins : service_.clock().Now(); };
    if (guarded) return;
    // What writes there instead of to the rows that it should lock.
    service_.Sql(
        "CREATE TABLE no_guard (id INT AUTO_INCREMENT PRIMARY KEY INVISIBLE, a INT, b INT, c VARCHAR(64), d "
        "VARCHAR(64), e INT, f INT)");
    // The second line of defence goes, too.
    service_.Sql("ALTER TABLE order_bases DROP KEY agreement_from_day");
  }

  std::string Findings() { return service_.Findings(); }

  // Each returns what is wrong with the first bad round, or "".
  std::string OneAfterTheOther();
  std::string EachHeldAtEachStatement();
  std::string AtOnce(int rounds);

 private:
  Guards GuardsIf(bool without) const { return without ? race_.guards : Guards(); }

  Scene NewScene();
  std::optional<std::string> OneHeld(bool holds_change, Midnight midnight, int statement);
  std::string ProblemsOf(Scene& scene, const ChargedDays& then, const std::string& how);

  const BillingRace& race_;
  const bool guarded_;
  Conductor conductor_;
  Service service_{conductor_.hooks()};
  int count_ = 0;
  std::string changed_;
  std::string settled_;
};

Scene RaceRounds::NewScene() {
  Scene scene(service_, absl::StrCat("acct-", ++count_));
  if (race_.prepare != nullptr) race_.prepare(scene);
  service_.clock().Set(race_.begins);
  return scene;
}

// At the end of a round; `then` was at some moment of it.
std::string RaceRounds::ProblemsOf(Scene& scene, const ChargedDays& then, const std::string& how) {
  std::string problems = SettleRest(scene);
  const ChargedDays now(service_, scene.account);
  absl::StrAppend(&problems, now.Problems());
  if (!now.Waiting().empty()) absl::StrAppend(&problems, "a transaction that no document has claimed\n");
  if (now.SettledBy(then) != then.SettledBy(then)) absl::StrAppend(&problems, "settled days have changed\n");
  const std::string result = absl::StrCat(changed_, ",", settled_, ": ", now.Charged("seat"), " ", now.Charged("ehf"));
  if (race_.allowed.count(result) == 0) absl::StrAppend(&problems, "unexpected ", result, "\n");
  absl::StrAppend(&problems, VerifyAll(service_, scene.account));
  if (guarded_ && count_ % kRoundsBetweenChecks == 0) absl::StrAppend(&problems, service_.Findings(scene.account));
  return problems.empty() ? "" : absl::StrCat("in round ", count_, ", ", how, ":\n", problems);
}

std::string RaceRounds::OneAfterTheOther() {
  Scene scene = NewScene();
  changed_ = race_.change(scene);
  service_.clock().Set(kAfterMidnight);
  settled_ = race_.settle(scene);
  return ProblemsOf(scene, ChargedDays(service_, scene.account), "one after the other");
}

// Nothing, if the held one has not so many statements.
std::optional<std::string> RaceRounds::OneHeld(bool holds_change, Midnight midnight, int statement) {
  Scene scene = NewScene();
  const bool behind = midnight == Midnight::kNotYetForTheChange;
  if (behind) service_.clock().Set(kAfterMidnight);
  const auto change = [&] {
    clock_is_behind = behind;
    changed_ = race_.change(scene);
  };
  const auto settle = [&] { settled_ = race_.settle(scene); };
  std::string held_at;
  std::optional<ChargedDays> then;
  Conductor::Meeting meeting;
  meeting.at = [&](absl::string_view name, int number) {
    if (number == statement) held_at = std::string(name);
    return number == statement;
  };
  if (holds_change) {
    meeting.held = change;
    meeting.second = settle;
  } else {
    meeting.held = settle;
    meeting.second = change;
  }
  meeting.on_held = [&] {
    if (midnight == Midnight::kWhileHeld) service_.clock().Set(kAfterMidnight);
  };
  meeting.on_stopped = [&] {
    service_.clock().Set(kAfterMidnight);
    then.emplace(service_, scene.account);
  };
  const Conductor::Met met = conductor_.Meet(service_.test_database(), meeting);
  std::string problems =
      ProblemsOf(scene, *then,
                 absl::StrCat(holds_change ? "the change" : "the settlement", " held before its statement ", statement,
                              " (", held_at, "), the other one ", met.waited ? "waiting" : "not waiting", ", midnight ",
                              static_cast<int>(midnight)));
  if (!met.held && problems.empty()) return std::nullopt;
  return problems;
}

std::string RaceRounds::EachHeldAtEachStatement() {
  for (const Midnight midnight : {Midnight::kNotYetForTheChange, Midnight::kWhileHeld, Midnight::kWhenTheOtherWaits}) {
    for (const bool holds_change : {true, false}) {
      for (int statement = 0;; ++statement) {
        const auto problems = OneHeld(holds_change, midnight, statement);
        if (!problems) break;
        if (!problems->empty()) return *problems;
      }
    }
  }
  return "";
}

std::string RaceRounds::AtOnce(int rounds) {
  std::mt19937 random;  // Seeded the same each time: threads differ enough.
  for (int i = 0; i < rounds; ++i) {
    Scene scene = NewScene();
    const auto statement = static_cast<int>(random() % kMaxStatements) + 1;
    conductor_.RunTogether({[&] { changed_ = race_.change(scene); }, [&] { settled_ = race_.settle(scene); }},
                           statement, [&] { service_.clock().Set(kAfterMidnight); });
    std::string problems =
        ProblemsOf(scene, ChargedDays(service_, scene.account), absl::StrCat("midnight before statement ", statement));
    if (!problems.empty()) return problems;
  }
  return "";
}

// Every combination.
std::set<std::string> Allow(const std::vector<std::string>& changes, const std::vector<std::string>& settlements,
                            const std::vector<std::string>& charged) {
  std::set<std::string> allowed;
  for (const std::string& change : changes) {
    for (const std::string& settlement : settlements) {
      for (const std::string& units : charged) allowed.insert(absl::StrCat(change, ",", settlement, ": ", units));
    }
  }
  return allowed;
}

std::set<std::string> operator+(std::set<std::string> some, const std::set<std::string>& others) {
  some.insert(others.begin(), others.end());
  return some;
}

// Agreements and products are not locked. Where a lock must be seen to have changed a row, something else is written.
const Guards kAgreementLock = Joined(kHolderLocks, {{"lock_live_agreement",
                                                     {{R"sql(UPDATE agreements
  SET company_count = company_count + ?,
      draft_count = draft_count + ?,
      guard = guard + 1
  WHERE account_id = ? AND agreement_id = ?
    AND delete_time IS NULL
    AND company_count + ? >= 0
    AND draft_count + ? >= 0)sql",
                                                       "INSERT INTO no_guard VALUES (?, ?, ?, ?, ?, ?)"}}}});
const Guards kProductLock = {{"lock_product",
                              {{R"sql(UPDATE products
  SET guard = guard + 1
  WHERE account_id = ? AND product_id = ?)sql",
                                "INSERT INTO no_guard (c, d) VALUES (?, ?)"}}}};
// What is summed is not only what is claimed.
const Guards kClaim = {{"sum_claimed",
                        {{"AND order_basis_id IN (", "AND order_basis_id IN ('', "},
                         {"SELECT order_basis_id", "SELECT MAX(order_basis_id) OVER ()"}}}};
// What is cancelled may be claimed.
const Guards kUnclaimed = {{"cancel_transactions", {{"WHERE t.order_basis_id = ''", "WHERE t.order_basis_id <> '-'"}}}};

const std::vector<std::string> kOk = {"OK"};
const std::vector<std::string> kNow = {"OK", "PERIOD_NOT_OVER"};  // The creation's, before or after midnight.

std::vector<BillingRace> ChangesOfDays() {
  return {
      {"MoveFromWhatIsSettled", MoveToB, SettleA, Allow(kOk, kNow, {"4 5"}), kAgreementLock},
      {"MoveIntoWhatIsSettled", MoveToB, SettleB, Allow(kOk, kNow, {"4 5"}), kAgreementLock},
      {"MoveWhileBothAreSettled", MoveToB, SettleBoth,
       Allow(kOk, {"OK", "PERIOD_NOT_OVER", "PERIOD_NOT_OVER+OK"}, {"4 5"}), kAgreementLock},
      {"MoveToNewAgreement", MoveToNew, SettleA, Allow(kOk, kNow, {"4 5"}), kAgreementLock},
      {"Invite", InviteBjarne, SettleA, Allow(kOk, kNow, {"4 5"}), {}},
      {"Accept", AcceptBjarne, SettleA, Allow(kOk, kNow, {"6 5", "7 5"}), kAgreementLock, InviteBjarne},
      {"Grant", GrantBjarne, SettleA, Allow(kOk, kNow, {"6 5", "7 5"}), kAgreementLock},
      {"Revoke", RevokeAnna, SettleA, Allow(kOk, kNow, {"1 5", "2 5", "3 5"}), kAgreementLock, nullptr, kADayBefore},
      {"DeleteCompany", Remove, SettleA, Allow(kOk, kNow, {"1 5", "2 5", "3 5"}), kAgreementLock, nullptr, kADayBefore},
      {"UndeleteCompany", UndeleteAndGrant, SettleA, Allow(kOk, kNow, {"3 5", "4 5"}), kAgreementLock, Remove},
      // On the day of the deletion: anna's day and the transactions of it go along (M5).
      {"UndeleteFromWhatIsSettled", UndeleteIntoBAndGrant, SettleA, Allow(kOk, kNow, {"4 12", "5 12"}), kLastHolderLock,
       RemoveThatDay},
      {"UndeleteIntoWhatIsSettled", UndeleteIntoBAndGrant, SettleB, Allow(kOk, kNow, {"4 12", "5 12"}), kAgreementLock,
       RemoveThatDay},
      {"UndeleteWhileBothAreSettled", UndeleteIntoBAndGrant, SettleBoth,
       Allow(kOk, {"OK", "PERIOD_NOT_OVER", "PERIOD_NOT_OVER+OK"}, {"4 12", "5 12"}), kLastHolderLock, RemoveThatDay},
      {"UndeleteWhileTheLastHolderIsDeleted",
       UndeleteIntoBAndGrant,
       DeleteA,
       Allow(kOk, kOk, {"4 12", "5 12"}),
       {},
       RemoveThatDay},
      {"CreateCompany", CreateAndGrant, SettleA, Allow(kOk, kNow, {"6 5", "7 5"}), kAgreementLock},
  };
}

std::vector<BillingRace> OtherChanges() {
  return {
      {"SetPrice", SetPrice, SettleA, Allow({"OK", "PRICE_IN_USE"}, kNow, {"4 5"}), kProductLock},
      {"ArrivingTransaction", Record, SettleA, Allow({"RECORDED"}, kNow, {"4 12"}), kClaim},
      {"CancelledTransaction", Cancel, SettleA,
       Allow({"CANCELLED"}, kNow, {"4 0"}) + Allow({"TRANSACTION_SETTLED"}, kOk, {"4 5"}), kUnclaimed},
      {"CustomerNumber",
       ClearCustomerNumber,
       SettleA,
       Allow(kOk, {"OK", "PERIOD_NOT_OVER", "CUSTOMER_NUMBER_MISSING"}, {"4 5"}),
       {}},
      // Deletion changes nothing about settling (A4).
      {"DeleteAgreement", DeleteA, SettleA, Allow(kOk, kNow, {"1 5"}), {}, Remove},
      {"TwoCreationsOverMidnight",
       SettleA,
       SettleA,
       Allow({"OK"}, {"EXISTED", "PERIOD_NOT_OVER"}, {"4 5"}) +
           Allow({"EXISTED", "PERIOD_NOT_OVER"}, {"OK", "PERIOD_NOT_OVER"}, {"4 5"}),
       {}},
      {"TwoCreations", SettleA, SettleA, Allow({"OK"}, {"EXISTED"}, {"4 5"}) + Allow({"EXISTED"}, {"OK"}, {"4 5"}),
       kSettledUntil, nullptr, kAfterMidnight},
      {"PartAgainstWhole", SettleOneDay, SettleA,
       Allow({"OK"}, {"INTERVAL_NOT_NEXT", "PERIOD_NOT_OVER"}, {"4 5"}) + Allow({"INTERVAL_NOT_NEXT"}, kOk, {"4 5"}),
       kSettledUntil},
  };
}

std::vector<BillingRace> AllRaces() {
  std::vector<BillingRace> races = ChangesOfDays();
  for (const BillingRace& race : OtherChanges()) races.push_back(race);
  return races;
}

std::vector<BillingRace> GuardedRaces() {
  std::vector<BillingRace> races = AllRaces();
  std::erase_if(races, [](const BillingRace& race) { return race.guards.empty(); });
  return races;
}

class BillingRaces : public ::testing::TestWithParam<BillingRace> {};
class UnguardedBillingRaces : public ::testing::TestWithParam<BillingRace> {};

TEST_P(BillingRaces, ChargeEveryDayOnceWhoeverIsHeldAndWhere) {
  RaceRounds rounds(GetParam(), /*guarded=*/true);
  EXPECT_EQ(rounds.OneAfterTheOther(), "");
  EXPECT_EQ(rounds.EachHeldAtEachStatement(), "");
  EXPECT_EQ(rounds.Findings(), "");
}

TEST_P(BillingRaces, ChargeEveryDayOnceAtFullSpeed) {
  RaceRounds rounds(GetParam(), /*guarded=*/true);
  EXPECT_EQ(rounds.AtOnce(Rounds(kFreeRounds)), "");
  EXPECT_EQ(rounds.Findings(), "");
}

TEST_P(UnguardedBillingRaces, AreLost) {
  RaceRounds rounds(GetParam(), /*guarded=*/false);
  ASSERT_EQ(rounds.OneAfterTheOther(), "");
  const std::string lost = rounds.EachHeldAtEachStatement();
  EXPECT_NE(lost, "");
  RecordProperty("lost", lost);
}

std::string NameOf(const ::testing::TestParamInfo<BillingRace>& race) { return race.param.name; }

INSTANTIATE_TEST_SUITE_P(Domain, BillingRaces, ::testing::ValuesIn(AllRaces()), NameOf);
INSTANTIATE_TEST_SUITE_P(Domain, UnguardedBillingRaces, ::testing::ValuesIn(GuardedRaces()), NameOf);

}  // namespace
}  // namespace agreements::testing
