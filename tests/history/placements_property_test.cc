// M3 to M5, D2: placements after random histories of moves, deletions and undeletions over days that get settled, by
// servers whose clocks differ by seconds, against an oracle that keeps a plain table of days.
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rules/rules.h"
#include "tests/testing/service.h"

namespace agreements::testing {
namespace {

using Day = absl::CivilDay;

constexpr int kHistories = 2000;  // A tenth in CI.
constexpr int kSteps = 30;
constexpr int kAgreements = 4;
constexpr int64_t kDays = 40;
const Day kFirst(2026, 11, 1);  // A month and ten days.

// One company, day by day: who has it at the end of each day, if nothing more happens. -1: nobody.
class Oracle {
 public:
  explicit Oracle(Day today, int agreement) { Fill(std::max(today, settled_until(agreement)), agreement); }

  static void Settle(int agreement, Day until) {
    SettledUntil()[agreement] = std::max(settled_until(agreement), until);
  }
  static void Reset() { SettledUntil().clear(); }
  static Day settled_until(int agreement) {
    const auto it = SettledUntil().find(agreement);
    return it == SettledUntil().end() ? kFirst : it->second;
  }

  bool deleted() const { return holder_.rbegin()->second == -1; }
  int holder() const { return holder_.rbegin()->second; }

  void Move(Day today, int target) {
    Day day = today;
    while (day < settled_until(holder()) || day < settled_until(target) || day < LastChange()) ++day;
    Fill(day, target);
  }

  void Delete(Day today) {
    Day day = today + 1;  // The day of the deletion still counts.
    while (day < settled_until(holder()) || day <= LastChange()) ++day;
    Fill(day, -1);
  }

  // The agreement that holds it last, even if it is deleted.
  int last_holder() const {
    int last = -1;
    for (const auto& [day, holder] : holder_) last = holder == -1 ? last : holder;
    return last;
  }

  // The last day that the deleted company was held.
  Day LastHeld() const {
    Day day = holder_.rbegin()->first;
    while (holder_.at(day) == -1) --day;
    return day;
  }

  // First day of its last placement in an agreement.
  Day HeldFrom() const {
    Day day = LastHeld();
    while (holder_.contains(day - 1) && holder_.at(day - 1) == holder_.at(day)) --day;
    return day;
  }

  // M5, D2: neither agreement's settled days change, nor any before the placement that is replaced.
  void Undelete(Day today, int target) {
    const int last = last_holder();
    Day day = today;
    while (day < settled_until(last) || day < settled_until(target) || day < HeldFrom()) ++day;
    // On the day of the deletion, no gap is left.
    if (today <= LastHeld() && day > LastHeld() + 1) ADD_FAILURE() << "clocks differ by more than seconds";
    Fill(day, target);
  }

  // As Service::PlacementsOf writes it.
  std::string Text() const {
    std::string text;
    std::optional<int> open;
    for (const auto& [day, holder] : holder_) {
      if (open == holder) continue;
      if (open) absl::StrAppend(&text, " ", FormatDay(day), ", ");
      absl::StrAppend(&text, holder < 0 ? "nobody" : absl::StrCat("A", holder), " ", FormatDay(day), " -");
      open = holder;
    }
    return text;
  }

 private:
  static std::map<int, Day>& SettledUntil() {
    static std::map<int, Day> settled_until;
    return settled_until;
  }

  // The first day of what holds the company last.
  Day LastChange() const {
    Day day = holder_.rbegin()->first;
    while (holder_.contains(day - 1) && holder_.at(day - 1) == holder()) --day;
    return day;
  }

  void Fill(Day from, int holder) {
    for (Day day = from; day < kFirst + 2 * kDays; ++day) holder_[day] = holder;
  }

  std::map<Day, int> holder_;
};

// One history, from a seed. Returns the first difference, or "".
class History {
 public:
  History(Service& service, unsigned seed, std::map<std::string, int>& counts)
      : service_(service), account_(absl::StrCat("acct-", seed)), random_(seed), counts_(counts) {}

  std::string Run() {
    Oracle::Reset();
    SetNow(kFirst, /*late=*/false);
    for (int i = 0; i < kAgreements; ++i) agreements_.push_back(service_.NewAgreement(absl::StrCat("A", i), account_));
    const int first = Pick(kAgreements);
    company_ = service_.NewCompany(agreements_[static_cast<size_t>(first)], "Nordlys", "", account_);
    Oracle oracle(today_, first);
    std::string done = absl::StrCat("create in A", first, "\n");
    for (int i = 0; i < kSteps; ++i) {
      absl::StrAppend(&done, Step(oracle), "\n");
      if (const std::string is = service_.PlacementsOf(company_, account_); is != oracle.Text()) {
        return absl::StrCat(done, "is        ", is, "\nshould be ", oracle.Text(), "\n");
      }
    }
    return "";
  }

 private:
  int Pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

  // Half a minute into a day, or half a minute before its end.
  void SetNow(Day day, bool late) {
    today_ = day;
    late_ = late;
    const absl::CivilSecond second = absl::CivilSecond(late ? day + 1 : day) + (late ? -30 : 30);
    service_.clock().Set(absl::FromCivil(second, service_.context().clock.time_zone));
  }

  // Now and then a minute back, to the day before: another server's clock.
  std::string StepClock() {
    if (!late_ && today_ > kFirst && Pick(2) == 0) {
      SetNow(today_ - 1, /*late=*/true);
    } else {
      const Day day = std::min(today_ + Pick(4), kFirst + kDays);
      SetNow(day, (late_ && day == today_) || Pick(2) == 0);
    }
    return absl::StrCat("now is ", late_ ? "late on " : "", FormatDay(today_));
  }

  // Order bases until today or the day before or, by a server whose clock is a minute ahead, until tomorrow.
  std::string Settle(int agreement) {
    const Day until = today_ - 1 + Pick(late_ ? 3 : 2);
    const auto [day, late] = std::pair(today_, late_);
    if (until > today_) SetNow(until, /*late=*/false);
    std::string outcome;
    for (Day from = Oracle::settled_until(agreement); from < until; from = Oracle::settled_until(agreement)) {
      const Day end = std::min(until, Day(absl::CivilMonth(from) + 1));
      absl::StrAppend(&outcome, " ",
                      Outcome(service_.CreateOrder(IdOf(agreement), FormatDay(from), FormatDay(end), account_)));
      Oracle::Settle(agreement, end);
    }
    SetNow(day, late);
    return absl::StrCat("settle A", agreement, " until ", FormatDay(until), ":", outcome);
  }

  std::string Delete(Oracle& oracle) {
    if (!oracle.deleted()) oracle.Delete(today_);
    return absl::StrCat("delete: ", Outcome(service_.RemoveCompany(company_, account_)));
  }

  std::string Undelete(Oracle& oracle, int target) {
    if (oracle.deleted() && gone_.count(target) == 0) {
      Count(oracle, target);
      oracle.Undelete(today_, target);
    }
    return absl::StrCat("undelete into A", target, ": ", Outcome(service_.Undelete(company_, IdOf(target), account_)));
  }

  // Deletes an agreement that does not hold the company, or undeletes it.
  std::string Toggle(const Oracle& oracle, int agreement) {
    if (gone_.erase(agreement) > 0) {
      return absl::StrCat(
          "undelete A", agreement, ": ",
          Outcome(service_.Do(UndeleteAgreement, {{"account_id", account_}, {"agreement_id", IdOf(agreement)}})));
    }
    if (oracle.holder() != agreement) gone_.insert(agreement);
    return absl::StrCat("delete A", agreement, ": ", Outcome(service_.Delete(IdOf(agreement), false, account_)));
  }

  std::string Move(Oracle& oracle, int target) {
    if (!oracle.deleted() && oracle.holder() != target && gone_.count(target) == 0) oracle.Move(today_, target);
    return absl::StrCat("move to A", target, ": ", Outcome(service_.Move(company_, IdOf(target), account_)));
  }

  std::string Step(Oracle& oracle) {
    const int any = Pick(kAgreements);
    // What is deleted is mostly undeleted soon.
    if (oracle.deleted() && Pick(3) > 0) {
      const int last = oracle.last_holder();
      switch (Pick(6)) {
        case 0:
          return Settle(Pick(2) == 0 ? last : any);
        case 1:
          return Toggle(oracle, last);
        case 2:
          return Undelete(oracle, last);
        default:
          return Undelete(oracle, any);
      }
    }
    switch (Pick(10)) {
      case 0:
      case 1:
        return StepClock();
      case 2:
      case 3:
        return Settle(any);
      case 4:
      case 5:
        return Delete(oracle);
      case 6:
        return Undelete(oracle, any);
      case 7:
        return Toggle(oracle, gone_.empty() ? any : *gone_.begin());
      default:
        return Move(oracle, any);
    }
  }

  const std::string& IdOf(int agreement) const { return agreements_[static_cast<size_t>(agreement)]; }

  void Count(const Oracle& oracle, int target) {
    const int last = oracle.last_holder();
    if (today_ > oracle.LastHeld()) {
      ++counts_["OnALaterDay"];
      return;
    }
    ++counts_[last == target ? "IntoTheSame" : "IntoAnother"];
    if (last == target) return;
    if (gone_.count(last) > 0) ++counts_["TheLastHolderIsDeleted"];
    if (Oracle::settled_until(last) > today_) ++counts_["TheLastHolderHasSettledTheDay"];
    if (Oracle::settled_until(target) > today_) ++counts_["TheTargetHasSettledTheDay"];
    if (oracle.HeldFrom() == today_) ++counts_["WhatItReplacesBeganThatDay"];
    if (oracle.HeldFrom() > today_) ++counts_["WhatItReplacesBeganLater"];
    if (today_ < oracle.LastHeld()) ++counts_["DeletedByAClockThatIsAhead"];
  }

  Service& service_;
  const std::string account_;
  std::mt19937 random_;
  std::map<std::string, int>& counts_;  // Undeletions by what was so.
  Day today_;
  bool late_ = false;
  std::vector<std::string> agreements_;
  std::set<int> gone_;  // Those that are deleted.
  std::string company_;
};

// What undeletions on the day of the deletion there must be among the histories, and one on a later day.
const char* const kCases[] = {
    "OnALaterDay",
    "IntoTheSame",
    "IntoAnother",
    "TheLastHolderIsDeleted",
    "TheLastHolderHasSettledTheDay",
    "TheTargetHasSettledTheDay",
    "WhatItReplacesBeganThatDay",
    "WhatItReplacesBeganLater",
    "DeletedByAClockThatIsAhead",
};

TEST(PlacementsProperty, EveryHistoryAgreesWithTheTableOfDays) {
  Service service;
  const int histories = Rounds(kHistories);
  std::map<std::string, int> counts;
  for (int seed = 1; seed <= histories; ++seed) {
    ASSERT_EQ(History(service, static_cast<unsigned>(seed), counts).Run(), "") << "seed " << seed;
  }
  EXPECT_EQ(service.Findings(), "");
  for (const char* name : kCases) {
    RecordProperty(name, counts[name]);
    EXPECT_TRUE(counts[name] > 0 || histories < kHistories / 10) << name << " is in no history";
  }
}

}  // namespace
}  // namespace agreements::testing
