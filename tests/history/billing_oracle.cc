#include "tests/history/billing_oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace agreements::testing::oracle {
namespace {

// No history comes so far.
const Day kHorizon(2027, 9, 1);
constexpr int64_t kMaxQuantity = 1'000'000'000;

Day LastSunday(int64_t year, int month) {
  Day day = Day(Month(year, month) + 1) - 1;
  while (absl::GetWeekday(day) != absl::Weekday::sunday) --day;
  return day;
}

}  // namespace

Refusals Refused(const std::string& reason, const std::map<std::string, std::string>& metadata) {
  return {{reason, metadata}};
}

Day OsloDay(absl::Time time) {
  const absl::CivilSecond utc = absl::ToCivilSecond(time, absl::UTCTimeZone());
  const absl::CivilSecond summer = absl::CivilSecond(LastSunday(utc.year(), 3)) + 3600;
  const absl::CivilSecond winter = absl::CivilSecond(LastSunday(utc.year(), 10)) + 3600;
  return Day(utc + (summer <= utc && utc < winter ? 7200 : 3600));
}

std::string Text(Day day) { return absl::FormatCivilTime(day); }

Day ParseDay(absl::string_view text) {
  Day day;
  absl::ParseCivilTime(text, &day);
  return day;
}

std::string MoneyText(const Fraction& money) {
  const Integer ten_thousandths = numerator(Fraction(money * 10000));
  std::string digits = Integer(ten_thousandths % 10000).str();
  digits.insert(0, 4 - digits.size(), '0');
  while (digits.size() > 2 && digits.back() == '0') digits.pop_back();
  return absl::StrCat(Integer(ten_thousandths / 10000).str(), ".", digits);
}

Fraction ParseMoney(absl::string_view text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('.', 1));
  Fraction value{Integer(parts.first)};
  Fraction place = 1;
  for (const char digit : parts.second) {
    place /= 10;
    value += place * (digit - '0');
  }
  return value;
}

Day Company::NewestFrom() const {
  Day day = holder.rbegin()->first;
  while (holder.contains(day - 1) && holder.at(day - 1) == holder.at(day)) --day;
  return day;
}

Day Company::HeldFrom() const {
  Day day = holder.rbegin()->first;
  while (holder.at(day) == kNobody) --day;
  while (holder.contains(day - 1) && holder.at(day - 1) == holder.at(day)) --day;
  return day;
}

int Company::HolderOn(Day day) const {
  const auto it = holder.find(day);
  return it == holder.end() ? kNobody : it->second;
}

Refusals Oracle::CheckAgreement(int agreement) const {
  return agreements.contains(agreement) ? Refusals() : Refused("AGREEMENT_NOT_FOUND");
}

Refusals Oracle::CheckLive(int agreement) const {
  Refusals refusals = CheckAgreement(agreement);
  if (refusals.empty() && agreements.at(agreement).deleted) return Refused("AGREEMENT_DELETED");
  return refusals;
}

Refusals Oracle::CheckCompany(int company) const {
  if (!companies.contains(company)) return Refused("COMPANY_NOT_FOUND");
  return companies.at(company).deleted ? Refused("COMPANY_DELETED") : Refusals();
}

void Oracle::CreateAgreement(int agreement, const std::string& customer_number) {
  agreements[agreement] = {"", absl::StrCat("Agreement ", agreement), customer_number, today(), today()};
}

Refusals Oracle::UpdateAgreement(int agreement, const std::optional<std::string>& name,
                                 const std::optional<std::string>& customer_number) {
  Refusals refusals = name ? CheckLive(agreement) : CheckAgreement(agreement);
  if (!refusals.empty()) return refusals;
  if (name) agreements[agreement].name = *name;
  if (customer_number) agreements[agreement].customer_number = *customer_number;
  return {};
}

Refusals Oracle::DeleteAgreement(int agreement) {
  if (Refusals refusals = CheckLive(agreement); !refusals.empty()) return refusals;
  for (const auto& [number, company] : companies) {
    if (!company.deleted && company.agreement == agreement) return Refused("AGREEMENT_NOT_EMPTY");
  }
  agreements[agreement].deleted = true;
  return {};
}

Refusals Oracle::UndeleteAgreement(int agreement) {
  if (Refusals refusals = CheckAgreement(agreement); !refusals.empty()) return refusals;
  if (!agreements[agreement].deleted) return Refused("AGREEMENT_NOT_DELETED");
  agreements[agreement].deleted = false;
  return {};
}

void Oracle::Place(Company& company, Day from_day, int holder) {
  for (Day day = from_day; day < kHorizon; ++day) {
    company.holder[day] = holder;
    company.exists[day] = holder != kNobody;
  }
  company.deleted = holder == kNobody;
  if (holder != kNobody) company.agreement = holder;
}

Refusals Oracle::CreateCompany(int company, int agreement) {
  if (Refusals refusals = CheckLive(agreement); !refusals.empty()) return refusals;
  Place(companies[company], std::max(today(), agreements[agreement].settled_until), agreement);
  return {};
}

Refusals Oracle::MoveCompany(int company, int agreement) {
  Refusals refusals = CheckCompany(company);
  refusals.merge(CheckLive(agreement));
  if (refusals.empty() && companies[company].agreement == agreement) return Refused("ALREADY_IN_AGREEMENT");
  if (!refusals.empty()) return refusals;
  Company& moved = companies[company];
  Place(moved,
        std::max({today(), agreements[moved.agreement].settled_until, agreements[agreement].settled_until,
                  moved.NewestFrom()}),
        agreement);
  return {};
}

Refusals Oracle::MoveCompanyToNewAgreement(int company, int agreement, const std::string& customer_number) {
  if (Refusals refusals = CheckCompany(company); !refusals.empty()) return refusals;
  CreateAgreement(agreement, customer_number);
  return MoveCompany(company, agreement);
}

Day Oracle::LastDayOfDeletion(int company) const {
  const Company& deleted = companies.at(company);
  Day day = std::max({today(), agreements.at(deleted.agreement).settled_until - 1, deleted.NewestFrom()});
  for (const Transaction& transaction : transactions) {
    if (transaction.company == company && transaction.state == v1::TRANSACTION_STATE_RECORDED) {
      day = std::max(day, transaction.day);
    }
  }
  return day;
}

Refusals Oracle::DeleteCompany(int company) {
  if (Refusals refusals = CheckCompany(company); !refusals.empty()) return refusals;
  const Day last_day = LastDayOfDeletion(company);
  Place(companies[company], last_day + 1, kNobody);
  EndAll(company, last_day);
  for (Undeletion& undeletion : undeletions) {
    if (undeletion.company == company && undeletion.today == today()) undeletion.deleted_again = true;
  }
  return {};
}

Refusals Oracle::UndeleteCompany(int company, int agreement) {
  if (!companies.contains(company)) return Refused("COMPANY_NOT_FOUND");
  Company& undeleted = companies[company];
  const int target = agreement == kNobody ? undeleted.agreement : agreement;
  Refusals refusals = CheckLive(target);
  if (!undeleted.deleted) refusals.merge(Refused("COMPANY_NOT_DELETED"));
  if (!refusals.empty()) return refusals;
  // D2: of both agreements, and of the placement that it replaces.
  const int last = undeleted.agreement;
  const Day last_settled_until = agreements[last].settled_until;
  const Day begins = std::max({today(), last_settled_until, agreements[target].settled_until, undeleted.HeldFrom()});
  undeletions.push_back({.company = company,
                         .last = last,
                         .target = target,
                         .today = today(),
                         .last_day = undeleted.NewestFrom() - 1,
                         .held_from = undeleted.HeldFrom(),
                         .begins = begins,
                         .last_is_deleted = agreements[last].deleted,
                         .last_settled_until = last_settled_until,
                         .target_settled_until = agreements[target].settled_until});
  // M5: on the day of the deletion it is a move, which leaves no gap; but no settled day changes.
  if (undeletions.back().SameDay()) Place(undeleted, std::max(undeleted.NewestFrom(), last_settled_until), last);
  Place(undeleted, begins, target);
  return {};
}

Refusals Oracle::CreateProduct(int product, const Product& content) {
  if (products.contains(product)) return Refused("PRODUCT_ID_TAKEN");
  products[product] = content;
  return {};
}

Refusals Oracle::RenameProduct(int product, const std::string& name) {
  if (!products.contains(product)) return Refused("PRODUCT_NOT_FOUND");
  products[product].name = name;
  return {};
}

Refusals Oracle::SetPrice(int product, Day valid_from, const Fraction& unit_price) {
  if (!products.contains(product)) return Refused("PRODUCT_NOT_FOUND");
  Product& priced = products[product];
  const bool before_first = priced.prices.empty() || valid_from < priced.prices.begin()->first;
  if (priced.priced_until && valid_from < *priced.priced_until && !before_first) {
    return Refused("PRICE_IN_USE", {{"priced_until", Text(*priced.priced_until)}});
  }
  priced.prices[valid_from] = unit_price;
  return {};
}

std::optional<int> Oracle::FindProduct(const std::string& product_id) const {
  for (const auto& [number, product] : products) {
    if (product.id == product_id) return number;
  }
  return std::nullopt;
}

std::optional<size_t> Oracle::Find(int company, const std::string& transaction_id) const {
  for (size_t i = 0; i < transactions.size(); ++i) {
    if (transactions[i].company == company && transactions[i].id == transaction_id) return i;
  }
  return std::nullopt;
}

ItemResult Oracle::Record(const Report& report) {
  const absl::Time occur_time = absl::FromUnixMicros(absl::ToUnixMicros(report.occur_time));
  if (const auto found = Find(report.company, report.transaction_id)) {
    const Transaction& known = transactions[*found];
    const bool same =
        known.product_id == report.product_id && known.quantity == report.quantity && known.occur_time == occur_time;
    return same ? ItemResult{true, *found} : ItemResult{false, 0, Refused("TRANSACTION_CONFLICT")};
  }
  Refusals refusals;
  const Day day = std::min(OsloDay(occur_time), today());
  if (report.quantity < 1 || report.quantity > kMaxQuantity) refusals.merge(Refused("FIELD_INVALID"));
  if (occur_time > now_ + absl::Minutes(5)) refusals.merge(Refused("FIELD_INVALID"));
  if (!companies.contains(report.company)) {
    refusals.merge(Refused("COMPANY_NOT_FOUND"));
  } else if (companies[report.company].HolderOn(day) == kNobody) {
    refusals.merge(Refused("COMPANY_DELETED", {{"day", Text(day)}}));
  }
  const auto product = FindProduct(report.product_id);
  if (!product) {
    refusals.merge(Refused("PRODUCT_NOT_FOUND"));
  } else if (products[*product].kind != v1::PRODUCT_KIND_TRANSACTION) {
    refusals.merge(Refused("PRODUCT_KIND_WRONG"));
  }
  if (!refusals.empty()) return {false, 0, refusals};
  transactions.push_back({report.company, report.transaction_id, report.product_id, report.quantity, occur_time, day});
  return {false, transactions.size() - 1};
}

ItemResult Oracle::Cancel(int company, const std::string& transaction_id) {
  const auto found = Find(company, transaction_id);
  if (!found) return {false, 0, Refused("TRANSACTION_NOT_FOUND")};
  Transaction& cancelled = transactions[*found];
  if (cancelled.state == v1::TRANSACTION_STATE_SETTLED) {
    return {false, 0, Refused("TRANSACTION_SETTLED", {{"order_basis_id", cancelled.document_id}})};
  }
  cancelled.state = v1::TRANSACTION_STATE_CANCELLED;
  return {false, *found};
}

}  // namespace agreements::testing::oracle
