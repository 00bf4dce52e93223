#include "tests/history/billing_replay.h"

#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/timestamps.h"
#include "tests/history/billing_texts.h"

namespace agreements::testing {
namespace {

using oracle::Day;
using oracle::kNobody;
using oracle::ParseDay;
using oracle::Refusals;

absl::Time ParseInstant(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << ": " << error;
  return time;
}

std::string TransactionId(int transaction) { return absl::StrCat("tx-", transaction); }

}  // namespace

std::string ProductId(int product) {
  static const char* const kIds[] = {"b-licence", "d-licence", "a-piece", "c-piece", "e-unknown"};
  return kIds[product];
}

Replay::Replay(Service& service, std::string account_id) : service_(service), account_id_(std::move(account_id)) {
  At("2026-01-01T11:00:00Z");
}

std::string Replay::AgreementId(int agreement) const {
  const auto it = oracle_.agreements.find(agreement);
  return it == oracle_.agreements.end() ? "agr-0000000000000000" : it->second.id;
}

std::string Replay::CompanyId(int company) const {
  const auto it = oracle_.companies.find(company);
  return it == oracle_.companies.end() ? "cmp-0000000000000000" : it->second.id;
}

std::string Replay::At(const std::string& time) {
  service_.clock().Set(ParseInstant(time));
  oracle_.SetNow(ParseInstant(time));
  if (oracle_.agreements.empty()) return "";
  // Estimates cost a history nothing: at each turn of the clock there is one, of an agreement and days that the time
  // picks, so that the history alone decides.
  const int64_t pick = absl::ToUnixSeconds(ParseInstant(time)) / 7;
  const auto agreement = std::next(oracle_.agreements.begin(), pick % static_cast<int64_t>(oracle_.agreements.size()));
  const oracle::Day settled_until = agreement->second.settled_until;
  const std::string from_day = pick % 3 == 0 ? "" : oracle::Text(settled_until + (pick % 3 - 1) * (pick % 40));
  return CheckEstimate(agreement->first, from_day, "");
}

std::string Replay::CreateAgreement(int agreement, const std::string& customer_number) {
  oracle_.CreateAgreement(agreement, customer_number);
  const auto result = Do(agreements::CreateAgreement,
                         {{"display_name", oracle_.agreements[agreement].name}, {"customer_number", customer_number}});
  if (!result.ok()) return Mismatch(result.status(), {});
  oracle_.agreements[agreement].id = result->agreement().agreement_id();
  return "";
}

std::string Replay::UpdateAgreement(int agreement, const std::string& field, const std::string& value,
                                    const Refusals& refusals) {
  return Mismatch(Do(agreements::UpdateAgreement, {{"agreement_id", AgreementId(agreement)}, {field, value}}).status(),
                  refusals);
}

std::string Replay::RenameAgreement(int agreement, const std::string& name) {
  return UpdateAgreement(agreement, "display_name", name, oracle_.UpdateAgreement(agreement, name, std::nullopt));
}

std::string Replay::SetCustomerNumber(int agreement, const std::string& customer_number) {
  return UpdateAgreement(agreement, "customer_number", customer_number,
                         oracle_.UpdateAgreement(agreement, std::nullopt, customer_number));
}

std::string Replay::DeleteAgreement(int agreement) {
  const std::string id = AgreementId(agreement);
  const Refusals refusals = oracle_.DeleteAgreement(agreement);
  return Mismatch(Do(agreements::DeleteAgreement, {{"agreement_id", id}}).status(), refusals);
}

std::string Replay::UndeleteAgreement(int agreement) {
  const std::string id = AgreementId(agreement);
  const Refusals refusals = oracle_.UndeleteAgreement(agreement);
  return Mismatch(Do(agreements::UndeleteAgreement, {{"agreement_id", id}}).status(), refusals);
}

std::string Replay::CreateCompany(int company, int agreement) {
  const Fields fields = {{"agreement_id", AgreementId(agreement)}, {"display_name", absl::StrCat("Company ", company)}};
  const Refusals refusals = oracle_.CreateCompany(company, agreement);
  const auto result = Do(agreements::CreateCompany, fields);
  if (result.ok() && refusals.empty()) oracle_.companies[company].id = result->company().company_id();
  return Mismatch(result.status(), refusals);
}

std::string Replay::MoveCompany(int company, int agreement) {
  const Refusals refusals = oracle_.MoveCompany(company, agreement);
  return Mismatch(service_.Move(CompanyId(company), AgreementId(agreement), account_id_).status(), refusals);
}

std::string Replay::MoveCompanyToNewAgreement(int company, int agreement, const std::string& customer_number) {
  const Fields fields = {{"company_id", CompanyId(company)},
                         {"display_name", absl::StrCat("Agreement ", agreement)},
                         {"customer_number", customer_number}};
  const Refusals refusals = oracle_.MoveCompanyToNewAgreement(company, agreement, customer_number);
  const auto result = Do(agreements::MoveCompanyToNewAgreement, fields);
  if (result.ok() && refusals.empty()) oracle_.agreements[agreement].id = result->agreement().agreement_id();
  return Mismatch(result.status(), refusals);
}

std::string Replay::DeleteCompany(int company) {
  const Refusals refusals = oracle_.DeleteCompany(company);
  return Mismatch(service_.RemoveCompany(CompanyId(company), account_id_).status(), refusals);
}

std::string Replay::UndeleteCompany(int company, int agreement) {
  const Refusals refusals = oracle_.UndeleteCompany(company, agreement);
  const std::string into = agreement == kNobody ? "" : AgreementId(agreement);
  return Mismatch(service_.Undelete(CompanyId(company), into, account_id_).status(), refusals);
}

std::vector<std::string> Replay::ProductIds(const std::vector<int>& products) {
  std::vector<std::string> ids;
  for (const int product : products) ids.push_back(ProductId(product));
  return ids;
}

template <typename Response>
std::string Replay::CompareAccesses(const absl::StatusOr<Response>& result, const Refusals& refusals) {
  if (!result.ok() || !refusals.empty()) return Mismatch(result.status(), refusals);
  std::string is;
  std::string should_be;
  for (size_t i = 0; i < oracle_.touched().size(); ++i) {
    oracle::Access& access = oracle_.accesses[oracle_.touched()[i]];
    if (static_cast<int>(i) < result->accesses_size()) {
      const v1::Access& told = result->accesses(static_cast<int>(i));
      if (access.id.empty()) access.id = told.access_id();
      absl::StrAppend(&is, "\n    ", told.access_id(), " ", AccessText(told));
    }
    absl::StrAppend(&should_be, "\n    ", access.id, " ", AccessText(oracle_, access));
  }
  return Difference(is, should_be);
}

std::string Replay::Invite(int company, int user, const std::vector<int>& products) {
  const Refusals refusals = oracle_.Invite(company, user, products);
  return CompareAccesses(service_.Invite(CompanyId(company), UserId(user), ProductIds(products), account_id_),
                         refusals);
}

std::string Replay::Accept(int company, int user, const std::vector<int>& products) {
  const Refusals refusals = oracle_.Accept(company, user, products);
  return CompareAccesses(service_.Accept(CompanyId(company), UserId(user), ProductIds(products), account_id_),
                         refusals);
}

std::string Replay::Grant(int company, int user, const std::vector<int>& products) {
  const Refusals refusals = oracle_.Grant(company, user, products);
  return CompareAccesses(service_.Grant(CompanyId(company), UserId(user), ProductIds(products), account_id_), refusals);
}

std::string Replay::Revoke(int company, int user, const std::vector<int>& products) {
  const Refusals refusals = oracle_.Revoke(company, user, products);
  return CompareAccesses(service_.Revoke(CompanyId(company), UserId(user), ProductIds(products), account_id_),
                         refusals);
}

std::string Replay::CreateProduct(int product) {
  const oracle::Product content = {ProductId(product), absl::StrCat("Product ", product),
                                   product < 2 ? v1::PRODUCT_KIND_LICENSE : v1::PRODUCT_KIND_TRANSACTION};
  const Refusals refusals = oracle_.CreateProduct(product, content);
  return Mismatch(
      Do(agreements::CreateProduct,
         {{"product_id", content.id}, {"display_name", content.name}, {"kind", v1::ProductKind_Name(content.kind)}})
          .status(),
      refusals);
}

std::string Replay::RenameProduct(int product, const std::string& name) {
  const Refusals refusals = oracle_.RenameProduct(product, name);
  return Mismatch(Do(agreements::UpdateProduct, {{"product_id", ProductId(product)}, {"display_name", name}}).status(),
                  refusals);
}

std::string Replay::SetPrice(int product, const std::string& valid_from, const std::string& unit_price) {
  const Refusals refusals = oracle_.SetPrice(product, ParseDay(valid_from), oracle::ParseMoney(unit_price));
  return Mismatch(service_.SetPriceOf(ProductId(product), valid_from, unit_price, account_id_).status(), refusals);
}

std::string Replay::CheckItem(const v1::TransactionResult& result, const oracle::ItemResult& expected,
                              v1::TransactionOutcome outcome) const {
  if (!expected.refusals.empty()) {
    return absl::StrCat(Difference(v1::TransactionOutcome_Name(result.outcome()), "TRANSACTION_OUTCOME_REFUSED"),
                        Mismatch(result.error(), expected.refusals));
  }
  return absl::StrCat(Mismatch(result.error(), {}),
                      Difference(v1::TransactionOutcome_Name(result.outcome()), v1::TransactionOutcome_Name(outcome)),
                      Difference(TransactionText(result.transaction()),
                                 TransactionText(oracle_, oracle_.transactions[expected.transaction])));
}

std::string Replay::Record(const std::vector<Item>& items) {
  auto request = For<v1::RecordTransactionsRequest>();
  for (const Item& item : items) {
    v1::TransactionReport& report = *request.add_transactions();
    report.set_company_id(CompanyId(item.company));
    report.set_transaction_id(TransactionId(item.transaction));
    report.set_product_id(ProductId(item.product));
    report.set_quantity(item.quantity);
    *report.mutable_occur_time() = ToTimestamp(ParseInstant(item.occur_time));
  }
  const auto response = service_.Do(RecordTransactions, request);
  if (!response.ok()) return Mismatch(response.status(), {});
  if (response->results_size() != request.transactions_size()) return "  too many or too few results\n";
  std::string differences;
  for (int i = 0; i < response->results_size(); ++i) {
    const Item& item = items[static_cast<size_t>(i)];
    const oracle::ItemResult expected =
        oracle_.Record({item.company, TransactionId(item.transaction), ProductId(item.product), item.quantity,
                        ParseInstant(item.occur_time)});
    absl::StrAppend(&differences, CheckItem(response->results(i), expected,
                                            expected.duplicate ? v1::TRANSACTION_OUTCOME_DUPLICATE
                                                               : v1::TRANSACTION_OUTCOME_RECORDED));
  }
  return differences;
}

std::string Replay::Cancel(const std::vector<std::pair<int, int>>& keys) {
  auto request = For<v1::CancelTransactionsRequest>();
  for (const auto& [company, transaction] : keys) {
    v1::TransactionKey& key = *request.add_transactions();
    key.set_company_id(CompanyId(company));
    key.set_transaction_id(TransactionId(transaction));
  }
  const auto response = service_.Do(CancelTransactions, request);
  if (!response.ok()) return Mismatch(response.status(), {});
  if (response->results_size() != request.transactions_size()) return "  too many or too few results\n";
  std::string differences;
  for (int i = 0; i < response->results_size(); ++i) {
    const auto& [company, transaction] = keys[static_cast<size_t>(i)];
    const oracle::ItemResult expected = oracle_.Cancel(company, TransactionId(transaction));
    absl::StrAppend(&differences, CheckItem(response->results(i), expected, v1::TRANSACTION_OUTCOME_CANCELLED));
  }
  return differences;
}

}  // namespace agreements::testing
