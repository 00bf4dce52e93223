// Random histories: companies that are deleted and undeleted on one day (M5), and what can happen meanwhile.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/history/billing_generator.h"

namespace agreements::testing {

using oracle::Day;
using oracle::Month;

bool Generator::IsAlone(int company) const {
  const int agreement = oracle_->companies.at(company).agreement;
  return std::none_of(oracle_->companies.begin(), oracle_->companies.end(), [&](const auto& other) {
    return other.first != company && !other.second.deleted && other.second.agreement == agreement;
  });
}

// Rather one that is alone in its agreement, which can be deleted then. oracle::kNobody if there is none.
int Generator::LiveCompany() {
  std::vector<int> live;
  std::vector<int> alone;
  for (const auto& [number, company] : oracle_->companies) {
    if (company.deleted) continue;
    live.push_back(number);
    if (IsAlone(number)) alone.push_back(number);
  }
  if (live.empty()) return oracle::kNobody;
  return alone.empty() || Chance(40) ? OneOf(live) : OneOf(alone);
}

void Generator::AddUndeletionThatDay() {
  const int company = LiveCompany();
  if (company == oracle::kNobody) return AddUndeletionOfCompany();
  const int last = oracle_->companies.at(company).agreement;
  const int target = Chance(25) ? oracle::kNobody : Agreement();
  // By a server whose clock is seconds behind another one's, over midnight.
  const bool at_midnight = Chance(50);
  if (at_midnight) {
    planned_.emplace_back(
        [this] { history_->At(TimeText(Midnight(oracle_->today() + 1) - absl::Milliseconds(1 + Pick(20'000)))); });
  }
  planned_.emplace_back([this, company] { history_->DeleteCompany(company); });
  if (IsAlone(company) && Chance(60)) planned_.emplace_back([this, last] { history_->DeleteAgreement(last); });
  if (at_midnight && Chance(70)) PlanSettlingMeanwhile(last, target);
  planned_.emplace_back([this, company, target] { history_->UndeleteCompany(company, target); });
  PlanAfterUndeletion(company);
  // This step itself; the company's users matter.
  history_->Grant(company, Pick(3), {0});
}

// On the next day, by a clock that is seconds ahead: of the day of the deletion, in one or both of the agreements.
void Generator::PlanSettlingMeanwhile(int last, int target) {
  planned_.emplace_back(
      [this] { history_->At(TimeText(Midnight(oracle_->today() + 1) + absl::Milliseconds(Pick(20'000)))); });
  if (Chance(40)) {
    planned_.emplace_back([this] { history_->RunBilling(oracle::Text(oracle_->today()), true, 0); });
  } else {
    const int settled = target == oracle::kNobody || Chance(50) ? last : target;
    planned_.emplace_back([this, settled] {
      const auto it = oracle_->agreements.find(settled);
      const Day from_day = it == oracle_->agreements.end() ? oracle_->today() - 1 : it->second.settled_until;
      const Day until_day = std::min(oracle_->today(), Day(Month(from_day) + 1));
      history_->CreateOrderBasis(settled, oracle::Text(from_day), oracle::Text(until_day), "");
    });
  }
  planned_.emplace_back(
      [this] { history_->At(TimeText(Midnight(oracle_->today()) - absl::Milliseconds(1 + Pick(10'000)))); });
}

void Generator::PlanAfterUndeletion(int company) {
  if (Chance(50)) {
    const int user = Pick(3);
    planned_.emplace_back([this, company, user] { history_->Grant(company, user, {0}); });
    if (Chance(60)) planned_.emplace_back([this, company, user] { history_->Revoke(company, user, {0}); });
  }
  if (Chance(40)) {
    planned_.emplace_back([this, company] {
      const absl::Time time = std::max(Midnight(oracle_->today()), oracle_->now() - absl::Minutes(Pick(600)));
      items_.push_back({company, transactions_++, 2 + Pick(2), 1 + Pick(50), TimeText(time)});
      history_->Record({items_.back()});
    });
  }
  if (Chance(40)) {
    planned_.emplace_back([this, company] { history_->DeleteCompany(company); });
    if (Chance(50)) {
      planned_.emplace_back(
          [this, company] { history_->UndeleteCompany(company, Chance(30) ? oracle::kNobody : Agreement()); });
      if (Chance(40)) planned_.emplace_back([this, company] { history_->DeleteCompany(company); });
    }
  } else if (Chance(20)) {
    planned_.emplace_back([this, company] { history_->MoveCompany(company, Agreement()); });
  }
}

}  // namespace agreements::testing
