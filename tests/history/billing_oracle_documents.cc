// B1 to B9, T3, O1 to O6: documents and billing runs.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/history/billing_oracle.h"

namespace agreements::testing::oracle {
namespace {

Integer Power(int exponent) {
  Integer power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Half away from zero, of what is not negative.
Integer Rounded(const Fraction& value) {
  const Fraction raised = value + Fraction(1, 2);
  return numerator(raised) / denominator(raised);
}

Day EndOfMonth(Day day) { return Day(Month(day) + 1); }

int DaysInMonth(Day day) { return static_cast<int>(EndOfMonth(day) - Day(Month(day))); }

// PRICE_MISSING names the first day of a product.
void KeepFirstDays(Refusals& refusals) {
  std::map<std::string, std::string> first_days;
  for (const auto& [reason, metadata] : refusals) {
    if (reason != "PRICE_MISSING") continue;
    std::string& day = first_days[metadata.at("product_id")];
    if (day.empty() || metadata.at("day") < day) day = metadata.at("day");
  }
  refusals.erase("PRICE_MISSING");
  for (const auto& [product_id, day] : first_days) {
    refusals.insert({"PRICE_MISSING", {{"product_id", product_id}, {"day", day}}});
  }
}

}  // namespace

Integer Document::Total() const {
  Integer total = 0;
  for (const auto& [key, line] : lines) total += line.amount;
  return total;
}

bool Oracle::IsUnclaimed(size_t transaction, int agreement) const {
  const Transaction& recorded = transactions[transaction];
  return recorded.state == v1::TRANSACTION_STATE_RECORDED &&
         companies.at(recorded.company).HolderOn(recorded.day) == agreement;
}

std::set<size_t> Oracle::Waiting(int agreement) const {
  std::set<size_t> waiting;
  for (size_t i = 0; i < transactions.size(); ++i) {
    if (transactions[i].day < agreements.at(agreement).settled_until && IsUnclaimed(i, agreement)) waiting.insert(i);
  }
  return waiting;
}

// B5: the line of the product on that day; none, and a refusal, if it has no price then.
Line* Oracle::LineFor(Computed& computed, int product, Day day, std::optional<Month> original_month) const {
  const Product& priced = products.at(product);
  computed.chargeable = true;
  auto version = priced.prices.upper_bound(day);
  if (version == priced.prices.begin()) {
    computed.refusals.insert({"PRICE_MISSING", {{"product_id", priced.id}, {"day", Text(day)}}});
    return nullptr;
  }
  --version;
  const int group = priced.kind == v1::PRODUCT_KIND_LICENSE ? 0 : original_month ? 2 : 1;
  Line& line = computed.document.lines[{group, original_month.value_or(Month()), priced.id, version->first}];
  line.product = product;
  line.product_name = priced.name;
  line.price_valid_from = version->first;
  line.unit_price = version->second;
  return &line;
}

// B1 to B3.
void Oracle::AddUserDays(Computed& computed) const {
  const Document& document = computed.document;
  for (Day day = document.from_day; day < document.until_day; ++day) {
    for (size_t i = 0; i < accesses.size(); ++i) {
      const Access& access = accesses[i];
      if (!access.Covers(day) || companies.at(access.company).HolderOn(day) != document.agreement) continue;
      Line* line = LineFor(computed, access.product, day, std::nullopt);
      if (line == nullptr) continue;
      line->user_days.insert({access.user, day});
      line->shares.insert({access.user, access.company, i, day});
    }
  }
}

// B8, T3.
void Oracle::AddTransactions(Computed& computed, bool with_late) const {
  const Document& document = computed.document;
  for (size_t i = 0; i < transactions.size(); ++i) {
    const Transaction& transaction = transactions[i];
    const bool late = transaction.day < document.from_day;
    if (transaction.day >= document.until_day || !IsUnclaimed(i, document.agreement) || (late && !with_late)) continue;
    Line* line = LineFor(computed, *FindProduct(transaction.product_id), transaction.day,
                         late ? std::optional<Month>(Month(transaction.day)) : std::nullopt);
    if (line == nullptr) continue;
    line->transactions.insert(i);
    line->quantity += transaction.quantity;
  }
}

// B4, B9.
void Oracle::Price(Computed& computed) {
  for (auto& [key, line] : computed.document.lines) {
    const Fraction quantity = line.transactions.empty() ? Fraction(Integer(line.user_days.size()),
                                                                   Integer(DaysInMonth(computed.document.from_day)))
                                                        : Fraction(line.quantity);
    line.amount = Rounded(line.unit_price * quantity * 100);
    if (line.amount >= Power(18)) {
      computed.refusals.insert({"AMOUNT_TOO_LARGE", {{"product_id", std::get<2>(key)}}});
    }
  }
  if (computed.document.Total() >= Power(18)) computed.refusals.insert({"AMOUNT_TOO_LARGE", {}});
}

Computed Oracle::Compute(int agreement, Day from_day, Day until_day, bool with_late) const {
  const Agreement& charged = agreements.at(agreement);
  Computed computed;
  computed.document.agreement = agreement;
  computed.document.agreement_name = charged.name;
  computed.document.from_day = from_day;
  computed.document.until_day = until_day;
  computed.document.customer_number = charged.customer_number;
  AddUserDays(computed);
  AddTransactions(computed, with_late);
  Price(computed);
  KeepFirstDays(computed.refusals);
  return computed;
}

// O2, O3.
Refusals Oracle::CheckPeriod(int agreement, Day from_day, Day until_day) const {
  Refusals refusals = CheckAgreement(agreement);
  if (until_day <= from_day) refusals.insert({"FIELD_INVALID", {}});
  if (until_day > EndOfMonth(from_day)) {
    refusals.insert({"PERIOD_SPANS_MONTHS", {{"latest_until_day", Text(EndOfMonth(from_day))}}});
  }
  if (until_day > today()) refusals.insert({"PERIOD_NOT_OVER", {{"latest_until_day", Text(today())}}});
  const auto it = agreements.find(agreement);
  if (it == agreements.end() || it->second.settled_until == from_day) return refusals;
  const Day settled_until = it->second.settled_until;
  refusals.insert(
      {"INTERVAL_NOT_NEXT", {{"from_day", Text(settled_until)}, {"until_day", Text(EndOfMonth(settled_until))}}});
  return refusals;
}

Computed Oracle::Preview(int agreement, std::optional<Day> from_day, std::optional<Day> until_day) const {
  const auto it = agreements.find(agreement);
  const Day from = from_day.value_or(it == agreements.end() ? today() : it->second.settled_until);
  const Day until = until_day.value_or(EndOfMonth(from));
  Computed computed;
  computed.refusals = CheckPeriod(agreement, from, until);
  // The request names one day only, which is as good as another: it is settled.
  if (!from_day && computed.refusals.erase("FIELD_INVALID") > 0) {
    computed.refusals.insert({"INTERVAL_NOT_NEXT", {{"from_day", Text(from)}, {"until_day", Text(EndOfMonth(from))}}});
  }
  return computed.refusals.empty() ? Compute(agreement, from, until) : computed;
}

// O2, but for days that are not over, and for days before that are not settled.
Computed Oracle::Estimate(int agreement, std::optional<Day> from_day, std::optional<Day> until_day) const {
  Computed computed;
  computed.refusals = CheckAgreement(agreement);
  if (!computed.refusals.empty()) return computed;
  const Day settled_until = agreements.at(agreement).settled_until;
  const Day from = from_day.value_or(std::max(settled_until, Day(Month(today()))));
  const Day until = until_day.value_or(EndOfMonth(from));
  if (until > EndOfMonth(from)) computed.refusals.insert({"PERIOD_SPANS_MONTHS", {}});
  if (from < settled_until || (!from_day && until <= from)) computed.refusals.insert({"INTERVAL_NOT_NEXT", {}});
  if (from_day && until <= from) computed.refusals.insert({"FIELD_INVALID", {}});
  return computed.refusals.empty() ? Compute(agreement, from, until, /*with_late=*/from == settled_until) : computed;
}

const Document* Oracle::Existing(int agreement, Day from_day, Day until_day) const {
  for (const Document& document : documents) {
    if (document.agreement == agreement && document.from_day == from_day && document.until_day == until_day) {
      return &document;
    }
  }
  return nullptr;
}

Computed Oracle::Create(int agreement, Day from_day, Day until_day) {
  Computed computed = Preview(agreement, from_day, until_day);
  if (computed.chargeable && computed.document.customer_number.empty()) {
    computed.refusals.insert({"CUSTOMER_NUMBER_MISSING", {}});
  }
  if (computed.refusals.empty()) Freeze(computed.document);
  return computed;
}

void Oracle::Freeze(const Document& document) {
  documents.push_back(document);
  agreements[document.agreement].settled_until = document.until_day;
  for (const auto& [key, line] : document.lines) {
    Product& product = products[line.product];
    Day last_day = line.price_valid_from;
    for (const auto& [user, day] : line.user_days) last_day = std::max(last_day, day);
    for (const size_t i : line.transactions) {
      transactions[i].state = v1::TRANSACTION_STATE_SETTLED;
      last_day = std::max(last_day, transactions[i].day);
    }
    product.priced_until = std::max(product.priced_until.value_or(last_day + 1), last_day + 1);
  }
}

std::vector<Due> Oracle::BeginBilling(Day until_day) const {
  std::vector<Due> all;
  for (const auto& [number, agreement] : agreements) {
    if (agreement.settled_until >= until_day) {
      all.push_back({Month(until_day - 1), number, until_day - 1, until_day, true});
    }
    for (Day from = agreement.settled_until; from < until_day; from = EndOfMonth(from)) {
      all.push_back({Month(from), number, from, std::min(EndOfMonth(from), until_day), false});
    }
  }
  std::sort(all.begin(), all.end(), [&](const Due& a, const Due& b) {
    return std::tie(a.month, agreements.at(a.agreement).id) < std::tie(b.month, agreements.at(b.agreement).id);
  });
  return all;
}

bool Oracle::MustTell(const Due& due, Day until_day) const {
  const Agreement& agreement = agreements.at(due.agreement);
  if (!agreement.deleted) return !due.settled || until_day > agreement.first_day;
  if (due.settled) return false;
  for (const auto& [number, company] : companies) {
    for (Day day = agreement.settled_until; day < until_day; ++day) {
      if (company.HolderOn(day) == due.agreement) return true;
    }
  }
  for (size_t i = 0; i < transactions.size(); ++i) {
    if (transactions[i].day < until_day && IsUnclaimed(i, due.agreement)) return true;
  }
  return false;
}

// Of a month after one that is not settled.
BillingResult Oracle::BillBlocked(const Due& due, bool in_arrears) const {
  const Refusals not_next = CheckPeriod(due.agreement, due.from_day, due.until_day);
  if (!in_arrears) return {v1::BILLING_OUTCOME_REFUSED, std::nullopt, not_next};
  const Computed computed = Compute(due.agreement, due.from_day, due.until_day, /*with_late=*/false);
  if (!computed.chargeable) return {v1::BILLING_OUTCOME_NOTHING_TO_CHARGE};
  return {v1::BILLING_OUTCOME_IN_ARREARS, computed.document, computed.refusals, !computed.refusals.empty()};
}

BillingResult Oracle::Bill(const Due& due, Day until_day, bool include_arrears) {
  const bool in_arrears = due.month != Month(until_day - 1) && !include_arrears;
  if (due.settled) {
    for (const Document& document : documents) {
      if (document.agreement != due.agreement || document.until_day < until_day || document.from_day >= until_day) {
        continue;
      }
      return {document.lines.empty() ? v1::BILLING_OUTCOME_NOTHING_TO_CHARGE : v1::BILLING_OUTCOME_EXISTED, document};
    }
  }
  if (agreements[due.agreement].settled_until != due.from_day) return BillBlocked(due, in_arrears);
  const Computed computed = Compute(due.agreement, due.from_day, due.until_day);
  if (in_arrears && computed.chargeable) {
    return {v1::BILLING_OUTCOME_IN_ARREARS, computed.document, computed.refusals, !computed.refusals.empty()};
  }
  const Computed created = Create(due.agreement, due.from_day, due.until_day);
  if (!created.refusals.empty()) return {v1::BILLING_OUTCOME_REFUSED, std::nullopt, created.refusals};
  return {created.chargeable ? v1::BILLING_OUTCOME_CREATED : v1::BILLING_OUTCOME_NOTHING_TO_CHARGE, created.document};
}

}  // namespace agreements::testing::oracle
