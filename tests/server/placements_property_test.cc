// M3, M4, D2: placements after random histories of moves, deletions and undeletions over days that get settled, against
// an oracle that keeps a plain table of days.
#include <map>
#include <optional>
#include <random>

#include "absl/strings/str_cat.h"
#include "server/rules.h"
#include "tests/testing/operations_test.h"

namespace agreements::testing {
namespace {

using Day = absl::CivilDay;

constexpr int kHistories = 2000;  // A tenth in CI.
constexpr int kSteps = 25;
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

  void Undelete(Day today, int target) {
    Day day = today;
    while (day < settled_until(target) || day < LastChange()) ++day;
    Fill(day, target);
  }

  // The days before which nothing may change any more, with their holders.
  std::map<Day, int> Days() const { return holder_; }

  // As Service::PlacementsOf writes it.
  std::string Text() const {
    std::string text;
    std::optional<int> open;
    for (const auto& [day, holder] : holder_) {
      if (open == holder) continue;
      if (open) absl::StrAppend(&text, " ", rules::FormatDay(day), ", ");
      absl::StrAppend(&text, holder < 0 ? "nobody" : absl::StrCat("A", holder), " ", rules::FormatDay(day), " -");
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
  History(Service& service, unsigned seed) : service_(service), account_(absl::StrCat("acct-", seed)), random_(seed) {}

  std::string Run() {
    Oracle::Reset();
    SetToday(kFirst);
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

  void SetToday(Day day) {
    today_ = day;
    service_.clock().SetDay(rules::FormatDay(day));
  }

  std::string Step(Oracle& oracle) {
    const int target = Pick(kAgreements);
    const std::string target_id = agreements_[static_cast<size_t>(target)];
    switch (Pick(6)) {
      case 0:
        // Now and then a day back: another server's clock.
        SetToday(std::min(std::max(today_ + Pick(5) - 1, kFirst), kFirst + kDays));
        return absl::StrCat("today is ", rules::FormatDay(today_));
      case 1: {
        // Settled by a server whose clock may be a day ahead.
        const Day until = today_ + Pick(3) - 1;
        if (until > Oracle::settled_until(target)) service_.SettleUntil(target_id, rules::FormatDay(until));
        Oracle::Settle(target, until);
        return absl::StrCat("settle A", target, " until ", rules::FormatDay(until));
      }
      case 2: {
        v1::DeleteCompanyRequest request;
        request.set_account_id(account_);
        request.set_company_id(company_);
        if (!oracle.deleted()) oracle.Delete(today_);
        return absl::StrCat("delete: ", Outcome(service_.Do(DeleteCompany, request)));
      }
      case 3: {
        v1::UndeleteCompanyRequest request;
        request.set_account_id(account_);
        request.set_company_id(company_);
        request.set_agreement_id(target_id);
        if (oracle.deleted()) oracle.Undelete(today_, target);
        return absl::StrCat("undelete into A", target, ": ", Outcome(service_.Do(UndeleteCompany, request)));
      }
      default:
        if (!oracle.deleted() && oracle.holder() != target) oracle.Move(today_, target);
        return absl::StrCat("move to A", target, ": ", Outcome(service_.Move(company_, target_id, account_)));
    }
  }

  Service& service_;
  const std::string account_;
  std::mt19937 random_;
  Day today_;
  std::vector<std::string> agreements_;
  std::string company_;
};

TEST(PlacementsProperty, EveryHistoryAgreesWithTheTableOfDays) {
  Service service;
  const int histories = Rounds(kHistories);
  for (int seed = 1; seed <= histories; ++seed) {
    ASSERT_EQ(History(service, static_cast<unsigned>(seed)).Run(), "") << "seed " << seed;
  }
  EXPECT_EQ(service.Breaches(), "");
}

}  // namespace
}  // namespace agreements::testing
