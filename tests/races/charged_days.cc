#include "tests/races/charged_days.h"

#include <cstdlib>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace agreements::testing {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows RowsOf(Service& service, const std::string& select, const std::string& account_id, const std::string& rest) {
  Rows rows;
  const std::string text = service.Sql(absl::StrCat(select, " WHERE account_id = '", account_id, "' ", rest));
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    rows.push_back(absl::StrSplit(line, '|'));
  }
  return rows;
}

absl::CivilDay DayIn(const std::string& text) {
  absl::CivilDay day;
  absl::ParseCivilTime(text, &day);
  return day;
}

int64_t NumberIn(const std::string& text) { return std::strtoll(text.c_str(), nullptr, 10); }

}  // namespace

ChargedDays::ChargedDays(Service& service, const std::string& account_id) {
  const auto rows = [&](const std::string& select, const std::string& rest = "") {
    return RowsOf(service, select, account_id, rest);
  };
  // In Oslo, in winter.
  for (const auto& row :
       rows("SELECT agreement_id, DATE(create_time + INTERVAL 1 HOUR), settled_until FROM agreements")) {
    agreements_[row[0]] = {.created = DayIn(row[1]), .settled_until = DayIn(row[2])};
  }
  for (const auto& row : rows("SELECT company_id, from_day, IFNULL(agreement_id, '') FROM placements")) {
    placements_[row[0]][DayIn(row[1])] = row[2];
  }
  for (const auto& row :
       rows("SELECT company_id, user_id, product_id, from_day, until_day FROM accesses", "AND from_day IS NOT NULL")) {
    accesses_.push_back({row[0], row[1], row[2], DayIn(row[3]), DayIn(row[4])});
  }
  for (const auto& row :
       rows("SELECT company_id, transaction_id, day, product_id, quantity, order_basis_id FROM transactions")) {
    usages_.push_back({row[0], row[1], DayIn(row[2]), row[3], NumberIn(row[4]), row[5]});
  }
  for (const auto& row : rows("SELECT product_id, valid_from, unit_price FROM prices")) {
    prices_[row[0]][DayIn(row[1])] = NumberIn(row[2]);
  }
  for (const auto& row :
       rows("SELECT order_basis_id, agreement_id, from_day, until_day FROM order_bases", "ORDER BY from_day")) {
    documents_.push_back({row[0], row[1], DayIn(row[2]), DayIn(row[3])});
  }
  for (const auto& row : rows("SELECT order_basis_id, product_id, price_valid_from, unit_price, user_days + quantity "
                              "FROM order_basis_lines")) {
    frozen_lines_[row[0]][{row[1], DayIn(row[2]), NumberIn(row[3])}] += NumberIn(row[4]);
  }
}

std::string ChargedDays::HolderOf(const std::string& company, absl::CivilDay day) const {
  const auto& placements = placements_.at(company);
  const auto next = placements.upper_bound(day);
  return next == placements.begin() ? "" : std::prev(next)->second;
}

std::set<std::string> ChargedDays::UsersOn(const std::string& agreement, const std::string& product,
                                           absl::CivilDay day) const {
  std::set<std::string> users;
  for (const Access& access : accesses_) {
    const bool counts = access.product == product && access.from <= day && day < access.until;
    if (counts && HolderOf(access.company, day) == agreement) users.insert(access.user);
  }
  return users;
}

void ChargedDays::Add(const std::string& product, absl::CivilDay day, int64_t units, Lines& lines) const {
  const auto prices = prices_.find(product);
  if (units == 0 || prices == prices_.end()) return;
  const auto next = prices->second.upper_bound(day);
  if (next == prices->second.begin()) return;
  const auto& [valid_from, unit_price] = *std::prev(next);
  lines[{product, valid_from, unit_price}] += units;
}

ChargedDays::Lines ChargedDays::LinesFor(const Document& document) const {
  Lines lines;
  for (absl::CivilDay day = document.from; day < document.until; ++day) {
    for (const auto& [product, prices] : prices_) {
      Add(product, day, static_cast<int64_t>(UsersOn(document.agreement, product, day).size()), lines);
    }
  }
  for (const Usage& usage : usages_) {
    if (usage.claimed_by == document.id) Add(usage.product, usage.day, usage.quantity, lines);
  }
  return lines;
}

std::string ChargedDays::TilingProblems(const std::string& agreement_id, const Agreement& agreement) const {
  absl::CivilDay next = agreement.created;
  for (const Document& document : documents_) {
    if (document.agreement != agreement_id) continue;
    if (document.from != next) {
      return absl::StrCat(document.id, " begins on ", absl::FormatCivilTime(document.from), ", not ",
                          absl::FormatCivilTime(next), "\n");
    }
    next = document.until;
  }
  if (next == agreement.settled_until) return "";
  return absl::StrCat(agreement_id, " is settled until ", absl::FormatCivilTime(agreement.settled_until),
                      ", its documents end ", absl::FormatCivilTime(next), "\n");
}

std::string ChargedDays::ClaimProblems() const {
  std::string problems;
  for (const Usage& usage : usages_) {
    if (usage.claimed_by.empty() || usage.claimed_by == "cancelled") continue;
    bool right = false;
    for (const Document& document : documents_) {
      right = right || (document.id == usage.claimed_by && document.agreement == HolderOf(usage.company, usage.day) &&
                        usage.day < document.until);
    }
    if (!right) absl::StrAppend(&problems, "transaction ", usage.id, " is wrongly in ", usage.claimed_by, "\n");
  }
  return problems;
}

std::string ChargedDays::Problems() const {
  std::string problems = ClaimProblems();
  for (const auto& [id, agreement] : agreements_) absl::StrAppend(&problems, TilingProblems(id, agreement));
  for (const Document& document : documents_) {
    const auto text = [](const Lines& lines) {
      std::string all;
      for (const auto& [key, units] : lines) {
        const auto& [product, valid_from, unit_price] = key;
        absl::StrAppend(&all, " [", units, " ", product, " at ", unit_price, " since ",
                        absl::FormatCivilTime(valid_from), "]");
      }
      return all;
    };
    const auto frozen = frozen_lines_.find(document.id);
    const std::string is = text(frozen == frozen_lines_.end() ? Lines() : frozen->second);
    const std::string should_be = text(LinesFor(document));
    if (is == should_be) continue;
    absl::StrAppend(&problems, "document ", document.agreement, " ", absl::FormatCivilTime(document.from), " to ",
                    absl::FormatCivilTime(document.until), " charges", is, "; history says", should_be, "\n");
  }
  return problems;
}

std::set<std::string> ChargedDays::Waiting() const {
  std::set<std::string> waiting;
  for (const Usage& usage : usages_) {
    if (usage.claimed_by.empty()) waiting.insert(usage.id);
  }
  return waiting;
}

std::set<std::string> ChargedDays::SettledBy(const ChargedDays& then) const {
  std::set<std::string> settled;
  for (const auto& [id, agreement] : then.agreements_) {
    for (absl::CivilDay day = agreement.created; day < agreement.settled_until; ++day) {
      for (const auto& [company, placements] : placements_) {
        if (HolderOf(company, day) == id)
          settled.insert(absl::StrCat(id, " ", absl::FormatCivilTime(day), " ", company));
      }
      for (const auto& [product, prices] : prices_) {
        for (const std::string& user : UsersOn(id, product, day)) {
          settled.insert(absl::StrCat(id, " ", absl::FormatCivilTime(day), " ", user, " ", product));
        }
      }
    }
  }
  return settled;
}

int64_t ChargedDays::Charged(const std::string& product_id) const {
  int64_t charged = 0;
  for (const auto& [id, lines] : frozen_lines_) {
    for (const auto& [key, units] : lines) charged += std::get<0>(key) == product_id ? units : 0;
  }
  return charged;
}

}  // namespace agreements::testing
