// Nothing is charged twice or lost: what the documents of all agreements say together, against the accesses, the
// placements and the transactions as they are.
#include "absl/strings/str_cat.h"
#include "tests/history/billing_replay.h"
#include "tests/history/billing_texts.h"

namespace agreements::testing {
namespace {

using oracle::Day;
using oracle::Fraction;
using oracle::kNobody;
using oracle::ParseDay;

// Of all documents: product, price version and month.
using PricedMonth = std::tuple<std::string, std::string, std::string>;

struct Charged {
  Fraction amount;
  Fraction exact;
  int lines = 0;
};

}  // namespace

// The company-days of all agreements are the days on which the companies existed.
std::string Replay::CheckCompanyDays() const {
  int64_t days = 0;
  for (const auto& [number, company] : oracle_.companies) {
    for (const auto& [day, exists] : company.exists) days += exists ? 1 : 0;
  }
  return Difference(absl::StrCat(company_days_, " company-days"), absl::StrCat(days, " company-days"));
}

// B2, B3, from the accesses alone: of days that are settled.
std::set<Replay::UserDay> Replay::SettledUserDays() const {
  std::set<UserDay> settled;
  for (const oracle::Access& access : oracle_.accesses) {
    for (const auto& [day, holder] : oracle_.companies.at(access.company).holder) {
      if (holder == kNobody || day >= oracle_.agreements.at(holder).settled_until || !access.Covers(day)) continue;
      settled.insert({UserId(access.user), ProductId(access.product), oracle::Text(day), AgreementId(holder)});
    }
  }
  return settled;
}

// Every user-day is explained once, in one line of one document, and no other is.
std::string Replay::CheckUserDays() const {
  std::string differences;
  std::set<UserDay> settled = SettledUserDays();
  for (const auto& [day, times] : explained_days_) {
    if (settled.erase(day) == 1 && times == 1) continue;
    absl::StrAppend(&differences, "  charged ", times, " times or wrongly: ", std::get<0>(day), " ", std::get<1>(day),
                    " ", std::get<2>(day), " ", std::get<3>(day), "\n");
  }
  for (const UserDay& day : settled) {
    absl::StrAppend(&differences, "  not charged: ", std::get<0>(day), " ", std::get<1>(day), " ", std::get<2>(day),
                    " ", std::get<3>(day), "\n");
  }
  return differences;
}

// B4: whatever moved, the amounts of a month add up to what its user-days cost, to half an øre a line.
std::string Replay::CheckAmounts() const {
  std::map<PricedMonth, Charged> charged;
  for (const auto& [id, document] : told_documents_) {
    for (const v1::OrderBasisLine& line : document.lines()) {
      if (line.kind() != v1::PRODUCT_KIND_LICENSE) continue;
      Charged& month = charged[{line.product_id(), line.price_valid_from(), document.from_day().substr(0, 7)}];
      month.amount += oracle::ParseMoney(line.amount());
      ++month.lines;
    }
  }
  for (const UserDay& user_day : SettledUserDays()) {
    const Day day = ParseDay(std::get<2>(user_day));
    const oracle::Month month(day);
    for (const auto& [number, product] : oracle_.products) {
      if (product.id != std::get<1>(user_day)) continue;
      const auto version = std::prev(product.prices.upper_bound(day));
      charged[{product.id, oracle::Text(version->first), absl::FormatCivilTime(month)}].exact +=
          version->second / (Day(month + 1) - Day(month));
    }
  }
  std::string differences;
  for (const auto& [month, sums] : charged) {
    const Fraction off = sums.amount - sums.exact;
    if ((off < 0 ? Fraction(-off) : off) <= Fraction(sums.lines, 200)) continue;
    absl::StrAppend(&differences, "  ", std::get<0>(month), " in ", std::get<2>(month), " is charged ",
                    oracle::MoneyText(sums.amount), " in ", sums.lines, " lines, and costs ", sums.exact.str(), "\n");
  }
  return differences;
}

// Each transaction that is settled is on exactly one line of one document.
std::string Replay::CheckTransactionsOnce() const {
  std::string differences;
  std::map<std::string, int> explained = explained_transactions_;
  for (const oracle::Transaction& transaction : oracle_.transactions) {
    const int times = explained[TransactionText(oracle_, transaction)];
    const int expected = transaction.state == v1::TRANSACTION_STATE_SETTLED ? 1 : 0;
    explained.erase(TransactionText(oracle_, transaction));
    if (times == expected) continue;
    absl::StrAppend(&differences, "  on ", times, " lines: ", TransactionText(oracle_, transaction), "\n");
  }
  for (const auto& [text, times] : explained) absl::StrAppend(&differences, "  unknown on a line: ", text, "\n");
  return differences;
}

}  // namespace agreements::testing
