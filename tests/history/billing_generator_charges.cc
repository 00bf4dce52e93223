// Prices, transactions and order bases of random histories.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/history/billing_generator.h"

namespace agreements::testing {

using oracle::Day;
using oracle::Month;

std::string Generator::NextPriceDay(int product) {
  const Day today = oracle_->today();
  const auto it = oracle_->products.find(product);
  Day day = today + Pick(60) - 20;
  if (it != oracle_->products.end()) {
    const auto& [prices, priced_until] = std::tie(it->second.prices, it->second.priced_until);
    switch (Pick(5)) {
      case 0:
        if (priced_until) day = *priced_until - Pick(2);
        break;
      case 1:
        if (!prices.empty()) day = prices.begin()->first - Pick(40);
        break;
      case 2:
        day = FirstOfNextMonth(today) + (Chance(50) ? 15 : 0);
        break;
      default:
        day = today + Pick(12);
        break;
    }
  }
  return oracle::Text(day);
}

void Generator::AddPrice() {
  const int product = Chance(97) ? Pick(4) : kUnknownProduct;
  const std::string price = Chance(50) ? OneOf<std::string>({"423.00", "450.00", "0", "1000000", "0.0001"})
                                       : absl::StrCat(Pick(1000), ".", 1 + Pick(9999));
  history_->SetPrice(product, NextPriceDay(product), price);
}

absl::Time Generator::OccurTime() {
  const absl::Time now = oracle_->now();
  if (!oracle_->documents.empty() && Chance(30)) {
    // Late: on a day that is settled.
    const oracle::Document document = OneOf(oracle_->documents);
    return Midnight(document.from_day + Pick(document.until_day - document.from_day)) + absl::Minutes(Pick(1300));
  }
  switch (Pick(10)) {
    case 0:
      return now + absl::Minutes(Pick(5)) + absl::Seconds(Pick(61));
    case 1:
      return now + absl::Minutes(5) + absl::Microseconds(Pick(3) - 1);
    case 2:
      return now - absl::Nanoseconds(Pick(2000));
    case 3:
      return Midnight(oracle_->today() - Pick(40)) + absl::Milliseconds(Pick(2000) - 1000);
    case 4:
    case 5:
      return now - absl::Minutes(Pick(60));
    case 6:
    case 7:
      return now - absl::Minutes(Pick(2880));
    default:
      return now - absl::Minutes(Pick(72000));
  }
}

Item Generator::NextItem() {
  if (!items_.empty() && Chance(20)) {
    Item item = OneOf(items_);
    switch (Pick(8)) {
      case 0:
        item.quantity = Pick(3);
        break;
      case 1:
        item.product = 2 + Pick(2);
        break;
      case 2:
        item.occur_time = TimeText(OccurTime());
        break;
      default:
        break;
    }
    return item;
  }
  const int product = Chance(94) ? 2 + Pick(2) : Chance(50) ? kUnknownProduct : 0;
  const int64_t quantity =
      Chance(80) ? 1 + Pick(500) : OneOf<int64_t>({0, -1, 1, 999'999'999, 1'000'000'000, 1'000'000'001});
  return {Company(), transactions_++, product, quantity, TimeText(OccurTime())};
}

void Generator::AddRecord() {
  std::vector<Item> items;
  // A few are so large that a document has no room for them.
  const bool large = Chance(3);
  const int count = large ? 12 : 1 + Pick(5);
  for (int i = 0; i < count; ++i) {
    items.push_back(NextItem());
    if (large) items.back().quantity = 1'000'000'000;
    items_.push_back(items.back());
  }
  history_->Record(items);
}

void Generator::AddCancel() {
  if (items_.empty()) return AddRecord();
  std::vector<std::pair<int, int>> keys;
  for (int i = Pick(3); i >= 0; --i) {
    const Item item = OneOf(items_);
    keys.emplace_back(item.company, Chance(97) ? item.transaction : 1'000'000);
  }
  history_->Cancel(keys);
}

// Mostly one that is right, else almost.
std::string Generator::UntilDay(Day from_day) {
  const Day today = oracle_->today();
  const Day last = std::min(FirstOfNextMonth(from_day), today);
  if (last <= from_day || Chance(10)) {
    return oracle::Text(
        OneOf<Day>({from_day + 1, FirstOfNextMonth(from_day), FirstOfNextMonth(from_day) + 3, today + 1}));
  }
  return oracle::Text(Chance(60) ? last : from_day + 1 + Pick(last - from_day));
}

void Generator::AddPreview() {
  const int agreement = Agreement();
  const auto it = oracle_->agreements.find(agreement);
  if (it == oracle_->agreements.end() || Chance(30)) {
    history_->Preview(agreement, "", "");
    return;
  }
  const Day settled_until = it->second.settled_until;
  history_->Preview(agreement, Chance(50) ? "" : oracle::Text(settled_until), UntilDay(settled_until));
}

void Generator::AddOrderBasis() {
  // Rather one that holds companies.
  const auto company = oracle_->companies.find(Company());
  const int agreement = company != oracle_->companies.end() && Chance(70) ? company->second.agreement : Agreement();
  if (!oracle_->documents.empty() && Chance(10)) {
    const oracle::Document document = OneOf(oracle_->documents);
    history_->CreateOrderBasis(document.agreement, oracle::Text(document.from_day), oracle::Text(document.until_day),
                               OneOf<std::string>({"", "wrong"}));
    return;
  }
  const auto it = oracle_->agreements.find(agreement);
  Day from_day = it == oracle_->agreements.end() ? oracle_->today() - 3 : it->second.settled_until;
  if (Chance(5)) from_day += Pick(5) - 2;
  const std::string until_day = UntilDay(from_day);
  if (Chance(10)) {
    history_->TryOrderBasis(agreement, oracle::Text(from_day), until_day);
  } else if (Chance(90)) {
    history_->CreateOrderBasis(agreement, oracle::Text(from_day), until_day,
                               OneOf<std::string>({"", "", "", "seen", "seen", "wrong"}));
  } else {
    history_->CreateOrderBasis(agreement, oracle::Text(from_day), oracle::Text(from_day + 40), "");
  }
}

void Generator::AddBilling() {
  const Day today = oracle_->today();
  const std::string until_day =
      Chance(50) ? "" : oracle::Text(OneOf<Day>({today, today, today - Pick(40), Day(Month(today)), today + 1}));
  history_->RunBilling(until_day, Chance(50), Chance(25) ? 1 + Pick(3) : 0);
}

}  // namespace agreements::testing
