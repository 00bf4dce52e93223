// What must hold after a history: everything stored is the oracle's, and documents are explained and verified.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/requests/validate.h"
#include "tests/history/billing_replay.h"
#include "tests/history/billing_texts.h"
#include "tests/testing/explanation.h"

namespace agreements::testing {
namespace {

using oracle::Day;
using oracle::kNobody;
using oracle::ParseDay;

// Each list fits in one page.
const std::pair<std::string, std::string> kAPage = {"page_size", absl::StrCat(kMaxPageSize)};

template <typename Map>
std::string Lines(const Map& texts) {
  return absl::StrCat("\n    ", absl::StrJoin(texts, "\n    ", absl::PairFormatter(" ")));
}

std::string SortedLines(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return absl::StrCat("\n    ", absl::StrJoin(texts, "\n    "));
}

}  // namespace

std::string Replay::CheckAgreement(int agreement) {
  const auto result = Do(GetAgreement, {{"agreement_id", AgreementId(agreement)}});
  if (!result.ok()) return Mismatch(result.status(), {});
  const oracle::Agreement& expected = oracle_.agreements.at(agreement);
  return absl::StrCat(
      Difference(result->agreement().settled_until(), oracle::Text(expected.settled_until)),
      Difference(result->agreement().customer_number(), expected.customer_number),
      Difference(result->agreement().has_delete_time() ? "deleted" : "", expected.deleted ? "deleted" : ""));
}

// M4: the table of days, written as placements.
std::string Replay::CheckCompany(int company) {
  const auto result = Do(ListPlacements, {{"company_id", CompanyId(company)}, kAPage});
  if (!result.ok()) return Mismatch(result.status(), {});
  std::map<std::string, std::string> is;
  const Day end = oracle_.companies.at(company).holder.rbegin()->first + 1;
  for (const v1::Placement& placement : result->placements()) {
    is[placement.from_day()] = placement.agreement_id();
    const Day until_day = placement.until_day().empty() ? end : ParseDay(placement.until_day());
    if (!placement.agreement_id().empty()) company_days_ += until_day - ParseDay(placement.from_day());
  }
  std::map<std::string, std::string> should_be;
  int holder = kNobody - 1;
  for (const auto& [day, agreement] : oracle_.companies.at(company).holder) {
    if (agreement != holder) should_be[oracle::Text(day)] = agreement == kNobody ? "" : AgreementId(agreement);
    holder = agreement;
  }
  return Difference(Lines(is), Lines(should_be));
}

std::string Replay::CheckAccesses(int company) {
  const auto result = Do(ListAccesses, {{"company_id", CompanyId(company)}, {"show_ended", "true"}, kAPage});
  if (!result.ok()) return Mismatch(result.status(), {});
  std::map<std::string, std::string> is;
  for (const v1::Access& access : result->accesses()) is[access.access_id()] = AccessText(access);
  std::map<std::string, std::string> should_be;
  for (const oracle::Access& access : oracle_.accesses) {
    if (access.company == company) should_be[access.id] = AccessText(oracle_, access);
  }
  return Difference(Lines(is), Lines(should_be));
}

std::string Replay::CheckTransactions(int company) {
  const auto result = Do(ListTransactions, {{"company_id", CompanyId(company)}, kAPage});
  if (!result.ok()) return Mismatch(result.status(), {});
  std::vector<std::string> is;
  for (const v1::Transaction& transaction : result->transactions()) is.push_back(TransactionText(transaction));
  std::vector<std::string> should_be;
  for (const oracle::Transaction& transaction : oracle_.transactions) {
    if (transaction.company == company) should_be.push_back(TransactionText(oracle_, transaction));
  }
  return Difference(SortedLines(is), SortedLines(should_be));
}

std::string Replay::CheckProduct(int product) {
  const oracle::Product& expected = oracle_.products.at(product);
  const auto result = Do(GetProduct, {{"product_id", expected.id}});
  if (!result.ok()) return Mismatch(result.status(), {});
  const auto prices = Do(ListPrices, {{"product_id", expected.id}});
  if (!prices.ok()) return Mismatch(prices.status(), {});
  std::map<std::string, std::string> is;
  for (const v1::Price& price : prices->prices()) is[price.valid_from()] = price.unit_price();
  std::map<std::string, std::string> should_be;
  for (const auto& [day, price] : expected.prices) should_be[oracle::Text(day)] = oracle::MoneyText(price);
  return absl::StrCat(
      Difference(Lines(is), Lines(should_be)),
      Difference(result->product().priced_until(), expected.priced_until ? oracle::Text(*expected.priced_until) : ""));
}

// O3: from the agreement's first day to settled_until, without gap or overlap. Notes what the service has told.
std::string Replay::CheckTiles(int agreement) {
  const auto result = Do(ListOrderBases, {{"agreement_id", AgreementId(agreement)}, {"show_empty", "true"}, kAPage});
  if (!result.ok()) return Mismatch(result.status(), {});
  std::map<std::string, std::string> days;
  for (const v1::OrderBasis& document : result->order_bases()) {
    days[document.from_day()] = document.until_day();
    const auto whole = Do(GetOrderBasis, {{"order_basis_id", document.order_basis_id()}});
    if (!whole.ok()) return Mismatch(whole.status(), {});
    told_documents_[document.order_basis_id()] = whole->order_basis();
  }
  std::string day = oracle::Text(oracle_.agreements.at(agreement).first_day);
  for (const auto& [from_day, until_day] : days) {
    if (from_day != day) return absl::StrCat("  documents leave a gap or overlap: ", Lines(days), "\n");
    day = until_day;
  }
  return Difference(day, oracle::Text(oracle_.agreements.at(agreement).settled_until));
}

std::string Replay::CheckVerification(const oracle::Document& document) {
  const auto result = Do(VerifyOrderBasis, {{"order_basis_id", document.id}});
  if (!result.ok()) return Mismatch(result.status(), {});
  std::string differences;
  for (const v1::VerificationFinding& finding : result->findings()) {
    absl::StrAppend(&differences, "  verification finds ", finding.ShortDebugString(), "\n");
  }
  std::vector<std::string> is;
  for (const v1::Transaction& transaction : result->waiting_transactions()) is.push_back(TransactionText(transaction));
  std::vector<std::string> should_be;
  for (const size_t i : oracle_.Waiting(document.agreement)) {
    should_be.push_back(TransactionText(oracle_, oracle_.transactions[i]));
  }
  return absl::StrCat(differences, Difference(SortedLines(is), SortedLines(should_be)),
                      Difference(absl::StrCat(result->waiting_transaction_count()), absl::StrCat(should_be.size())));
}

std::string Replay::CheckDocument(const oracle::Document& document) {
  const v1::OrderBasis& told = told_documents_[document.id];
  std::string differences = absl::StrCat(Difference(DocumentText(told), DocumentText(document)), CheckDigest(told),
                                         CheckVerification(document));
  int line_number = 0;
  for (const auto& [key, line] : document.lines) {
    const Fields explained = {{"order_basis_id", document.id}};
    absl::StrAppend(&differences, CheckExplanation(explained, ++line_number, document, line));
  }
  return differences.empty() ? "" : absl::StrCat("  of ", document.id, "\n", differences);
}

absl::StatusOr<v1::ExplainOrderBasisResponse> Replay::WholeOf(
    const Stream<v1::ExplainOrderBasisResponse>& stream) const {
  v1::ExplainOrderBasisResponse whole;
  while (true) {
    const auto message = stream(StreamCall());
    if (!message.ok()) return message.status();
    if (!*message) return whole;
    AddMessage(**message, whole);
  }
}

std::string Replay::CheckExplanation(const Fields& explained, int line_number, const oracle::Document& document,
                                     const oracle::Line& line) {
  auto request = For<v1::ExplainOrderBasisRequest>();
  SetFields(explained, request);
  request.set_line_number(line_number);
  const auto whole = WholeOf(ExplainOrderBasis(service_.database(), service_.context(), request));
  if (!whole.ok()) return Mismatch(whole.status(), {});
  const std::vector<v1::UserShare> users(whole->users().begin(), whole->users().end());
  std::vector<std::string> is;
  for (const v1::Transaction& transaction : whole->transactions()) {
    is.push_back(TransactionText(transaction));
    if (!document.id.empty()) ++explained_transactions_[is.back()];
  }
  std::string in_parts;
  for (const int max_part : {1, 7}) {
    const auto parts = WholeOf(ExplainOrderBasisInParts(service_.database(), service_.context(), request, max_part));
    if (!parts.ok()) return Mismatch(parts.status(), {});
    absl::StrAppend(&in_parts, Difference(parts->DebugString(), whole->DebugString()));
  }
  std::vector<std::string> should_be;
  for (const size_t i : line.transactions) should_be.push_back(TransactionText(oracle_, oracle_.transactions[i]));
  const std::string differences =
      absl::StrCat(in_parts, Difference(SortedLines(is), SortedLines(should_be)), CheckUsers(document, line, users));
  return differences.empty() ? "" : absl::StrCat("  of line ", line_number, "\n", differences);
}

// The explanation of a licence line, day by day: "user company access day".
std::string Replay::CheckUsers(const oracle::Document& document, const oracle::Line& line,
                               const std::vector<v1::UserShare>& users) {
  std::map<std::string, int> days;
  std::vector<std::string> is;
  std::set<UserDay> told_days;
  std::tuple<std::string, std::string, std::string> before;
  for (const v1::UserShare& user : users) {
    days[user.user_id()] = user.days();
    for (const v1::AccessShare& share : user.accesses()) {
      const auto place = std::make_tuple(user.user_id(), share.company_id(), share.from_day());
      if (place < before) return "  users, companies or days are not in ascending order\n";
      before = place;
      for (Day day = ParseDay(share.from_day()); day < ParseDay(share.until_day()); ++day) {
        is.push_back(
            absl::StrCat(user.user_id(), " ", share.company_id(), " ", share.access_id(), " ", oracle::Text(day)));
        told_days.insert({user.user_id(), ProductId(line.product), oracle::Text(day), AgreementId(document.agreement)});
      }
    }
  }
  std::vector<std::string> should_be;
  for (const auto& [user, company, access, day] : line.shares) {
    should_be.push_back(
        absl::StrCat(UserId(user), " ", CompanyId(company), " ", oracle_.accesses[access].id, " ", oracle::Text(day)));
  }
  std::map<std::string, int> days_should_be;
  for (const auto& [user, day] : line.user_days) ++days_should_be[UserId(user)];
  if (!document.id.empty()) {
    for (const UserDay& told_day : told_days) ++explained_days_[told_day];
  }
  return absl::StrCat(Difference(SortedLines(is), SortedLines(should_be)),
                      Difference(Lines(days), Lines(days_should_be)));
}

std::string Replay::Check() {
  std::string differences;
  for (const auto& [agreement, content] : oracle_.agreements) {
    absl::StrAppend(&differences, CheckAgreement(agreement), CheckTiles(agreement));
  }
  for (const auto& [company, content] : oracle_.companies) {
    absl::StrAppend(&differences, CheckCompany(company), CheckAccesses(company), CheckTransactions(company));
  }
  for (const auto& [product, content] : oracle_.products) absl::StrAppend(&differences, CheckProduct(product));
  if (told_documents_.size() != oracle_.documents.size())
    absl::StrAppend(&differences, "  documents too many or few\n");
  for (const oracle::Document& document : oracle_.documents) absl::StrAppend(&differences, CheckDocument(document));
  absl::StrAppend(&differences, CheckCompanyDays(), CheckUserDays(), CheckAmounts(), CheckTransactionsOnce());
  return differences.empty() ? "" : absl::StrCat("  at the end\n", differences);
}

}  // namespace agreements::testing
