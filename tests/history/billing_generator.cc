#include "tests/history/billing_generator.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace agreements::testing {
namespace {

using oracle::Day;

constexpr int kMaxAgreements = 4;
constexpr int kMaxCompanies = 6;
constexpr int kUsers = 4;
constexpr int kUnknown = 99;
constexpr int kSetUp = 21;
constexpr int kEnd = 2;

}  // namespace

Generator::Generator(unsigned seed) : random_(seed), steps_(kSetUp + 15 + Pick(35) + kEnd) {
  absl::LoadTimeZone("Europe/Oslo", &oslo_);
}

void Generator::Add(const oracle::Oracle& oracle, History& history) {
  oracle_ = &oracle;
  history_ = &history;
  if (added_ < kSetUp) {
    AddSetUp();
  } else if (added_ < steps_ - kEnd && !planned_.empty()) {
    const std::function<void()> planned = planned_.front();
    planned_.pop_front();
    planned();
  } else if (added_ < steps_ - kEnd) {
    AddAny();
  } else {
    AddEnd();
  }
  ++added_;
}

void Generator::AddSetUp() {
  // Before summer time begins and ends, and before a year does.
  static const std::vector<Day> kStarts = {Day(2026, 2, 10), Day(2026, 3, 25), Day(2026, 9, 20), Day(2026, 10, 24),
                                           Day(2026, 11, 28)};
  switch (added_) {
    case 0:
      history_->At(TimeText(Midnight(OneOf(kStarts) + Pick(12)) + absl::Seconds(Pick(86400))));
      return;
    case 1:
    case 2:
    case 3:
      AddAgreement();
      return;
    case 4:
    case 5:
    case 6:
    case 7:
      history_->CreateProduct(added_ - 4);
      return;
    case 8:
    case 9:
    case 10:
    case 11:
      // Now and then a price is missing for some time.
      history_->SetPrice(added_ - 8, oracle::Text(oracle_->today() + (Chance(90) ? -Pick(60) : Pick(20))),
                         OneOf<std::string>({"423.00", "450", "99.9999", "0.125", "1000000", "17.35"}));
      return;
    case 12:
    case 13:
    case 14:
    case 15:
      AddCompany();
      return;
    default:
      history_->Grant(Company(), Pick(kUsers), Licences());
  }
}

void Generator::AddAny() {
  static const std::vector<std::pair<int, Adder>> kWeights = {
      {22, &Generator::AddClock},
      {1, &Generator::AddAgreement},
      {4, &Generator::AddCompany},
      {9, &Generator::AddMove},
      {2, &Generator::AddMoveToNewAgreement},
      {4, &Generator::AddDeletionOfCompany},
      {3, &Generator::AddUndeletionOfCompany},
      {7, &Generator::AddUndeletionThatDay},
      {2, &Generator::AddDeletionOfAgreement},
      {2, &Generator::AddUndeletionOfAgreement},
      {3, &Generator::AddCustomerNumber},
      {2, &Generator::AddName},
      {26, &Generator::AddAccess},
      {7, &Generator::AddPrice},
      {11, &Generator::AddRecord},
      {3, &Generator::AddCancel},
      {4, &Generator::AddPreview},
      {12, &Generator::AddOrderBasis},
      {4, &Generator::AddBilling},
  };
  int total = 0;
  for (const auto& [weight, adder] : kWeights) total += weight;
  int left = Pick(total);
  for (const auto& [weight, adder] : kWeights) {
    left -= weight;
    if (left >= 0) continue;
    (this->*adder)();
    return;
  }
}

// Most histories end with everything settled that can be.
void Generator::AddEnd() {
  if (added_ == steps_ - 1) {
    history_->RunBilling("", Chance(80), 0);
  } else {
    history_->At(TimeText(Midnight(FirstOfNextMonth(oracle_->today())) + absl::Seconds(Pick(10))));
  }
}

absl::Time Generator::Midnight(Day day) const { return absl::FromCivil(absl::CivilSecond(day), oslo_); }

int Generator::Agreement() {
  if (oracle_->agreements.empty() || Chance(2)) return kUnknown;
  return std::next(oracle_->agreements.begin(), Pick(static_cast<int64_t>(oracle_->agreements.size())))->first;
}

int Generator::Company() {
  if (oracle_->companies.empty() || Chance(2)) return kUnknown;
  return std::next(oracle_->companies.begin(), Pick(static_cast<int64_t>(oracle_->companies.size())))->first;
}

std::vector<int> Generator::Licences() {
  if (Chance(2)) return {kUnknownProduct, 0};
  if (Chance(2)) return {1, 2};
  return OneOf<std::vector<int>>({{0}, {0}, {1}, {0, 1}, {1, 0}});
}

std::string Generator::CustomerNumber() { return Chance(85) ? absl::StrCat("0041", Pick(10)) : ""; }

absl::Time Generator::NextTime() {
  const absl::Time now = oracle_->now();
  const Day today = oracle_->today();
  switch (Pick(10)) {
    case 0:
      return now + absl::Minutes(Pick(600)) + absl::Microseconds(Pick(1'000'000));
    case 1:
    case 2:
    case 3:
      return now + absl::Hours(24 * (1 + Pick(8))) + absl::Seconds(Pick(7200));
    case 4:
      return Midnight(FirstOfNextMonth(today)) + absl::Seconds(Pick(1800));
    case 5:
      return Midnight(today + 1 + Pick(3)) - absl::Milliseconds(1 + Pick(3'600'000));
    case 6:
      return Midnight(today + 1) + absl::Milliseconds(Pick(4000) - 2000);
    case 7:
      // Another server's clock.
      if (now < Midnight(today) + absl::Minutes(10)) return Midnight(today) - absl::Milliseconds(1 + Pick(100'000));
      return now - absl::Seconds(1 + Pick(100));
    case 8: {
      Day change = FirstOfNextMonth(today) - 1;
      while (absl::GetWeekday(change) != absl::Weekday::sunday) --change;
      const absl::Time time =
          absl::FromCivil(absl::CivilSecond(change), absl::UTCTimeZone()) + absl::Minutes(30 + Pick(60));
      return time > now ? time : now + absl::Hours(20);
    }
    default:
      return now + absl::Hours(24 * (10 + Pick(25)));
  }
}

void Generator::AddClock() { history_->At(TimeText(NextTime())); }

void Generator::AddAgreement() {
  if (agreements_ >= kMaxAgreements) return AddClock();
  history_->CreateAgreement(agreements_++, CustomerNumber());
}

void Generator::AddCompany() {
  if (companies_ >= kMaxCompanies) return AddAccess();
  history_->CreateCompany(companies_++, Agreement());
}

void Generator::AddMove() { history_->MoveCompany(Company(), Agreement()); }

void Generator::AddMoveToNewAgreement() {
  if (agreements_ >= kMaxAgreements) return AddMove();
  history_->MoveCompanyToNewAgreement(Company(), agreements_++, CustomerNumber());
}

void Generator::AddDeletionOfCompany() { history_->DeleteCompany(Company()); }

void Generator::AddUndeletionOfCompany() {
  for (const auto& [number, company] : oracle_->companies) {
    if (company.deleted && Chance(60)) {
      history_->UndeleteCompany(number, Chance(50) ? oracle::kNobody : Agreement());
      return;
    }
  }
  AddDeletionOfCompany();
}

// Rather one that is empty.
void Generator::AddDeletionOfAgreement() {
  std::vector<int> empty;
  for (const auto& [number, agreement] : oracle_->agreements) {
    if (std::none_of(oracle_->companies.begin(), oracle_->companies.end(), [&, held = number](const auto& company) {
          return company.second.agreement == held && !company.second.deleted;
        })) {
      empty.push_back(number);
    }
  }
  history_->DeleteAgreement(empty.empty() || Chance(20) ? Agreement() : OneOf(empty));
}

void Generator::AddUndeletionOfAgreement() {
  for (const auto& [number, agreement] : oracle_->agreements) {
    if (agreement.deleted && Chance(60)) {
      history_->UndeleteAgreement(number);
      return;
    }
  }
  history_->UndeleteAgreement(Agreement());
}

void Generator::AddCustomerNumber() { history_->SetCustomerNumber(Agreement(), CustomerNumber()); }

void Generator::AddName() {
  if (Chance(50)) {
    history_->RenameAgreement(Agreement(), absl::StrCat("Name ", Pick(3)));
  } else {
    history_->RenameProduct(Chance(95) ? Pick(4) : kUnknownProduct, absl::StrCat("Vare ", Pick(3)));
  }
}

void Generator::AddAccess() {
  const int company = Company();
  const int user = Pick(kUsers);
  const std::vector<int> products = Licences();
  switch (Pick(10)) {
    case 0:
    case 1:
    case 2:
    case 3:
      history_->Grant(company, user, products);
      return;
    case 4:
      history_->Invite(company, user, products);
      return;
    case 5:
      history_->Accept(company, user, products);
      return;
    default:
      break;
  }
  // Of something that is live.
  std::vector<oracle::Access> live;
  std::copy_if(oracle_->accesses.begin(), oracle_->accesses.end(), std::back_inserter(live),
               [](const auto& access) { return access.state != v1::ACCESS_STATE_ENDED; });
  if (live.empty()) {
    history_->Invite(company, user, products);
    return;
  }
  const oracle::Access access = OneOf(live);
  if (access.state == v1::ACCESS_STATE_INVITED && Chance(70)) {
    history_->Accept(access.company, access.user, {access.product});
  } else if (Chance(60)) {
    history_->Revoke(access.company, access.user, {access.product});
  } else {
    history_->Grant(company, access.user, products);
  }
}

}  // namespace agreements::testing
