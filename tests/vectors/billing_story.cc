#include "tests/vectors/billing_story.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <stdexcept>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace agreements::testing {

BillingStory::BillingStory(Wire& wire) : wire_(wire) {
  static std::atomic<int> count = 0;
  Name("account", absl::StrCat("acct-", ++count));
  At("2026-01-01");
}

void BillingStory::At(const std::string& when) { wire_.clock().Set(TimeOf(when)); }

void BillingStory::Product(const std::string& product, v1::ProductKind kind, const Prices& prices) {
  Do(&Agreements::CreateProduct,
     absl::StrCat("product_id: '", product, "' display_name: 'Vare ", product, "' kind: ", v1::ProductKind_Name(kind)));
  for (const auto& [valid_from, unit_price] : prices) Price(product, valid_from, unit_price);
}

void BillingStory::UpdateAgreement(const std::string& agreement, const std::string& field, const std::string& value) {
  Do(&Agreements::UpdateAgreement, absl::StrCat("agreement_id: '$", agreement, "' ", field, ": '", value, "'"));
}

std::string BillingStory::PricedUntil(const std::string& product) {
  return Do(&Agreements::GetProduct, absl::StrCat("product_id: '", product, "'")).product().priced_until();
}

std::string BillingStory::SettledUntil(const std::string& agreement) {
  return Do(&Agreements::GetAgreement, absl::StrCat("agreement_id: '$", agreement, "'")).agreement().settled_until();
}

std::string BillingStory::Accesses(const std::string& company, const std::string& user) {
  const auto response =
      Do(&Companies::ListAccesses, absl::StrCat("company_id: '$", company, "' user_id: '", user, "' show_ended: true"));
  std::set<std::pair<std::string, std::string>> texts;
  for (const auto& access : response.accesses()) {
    texts.emplace(access.from_day().empty() ? "never" : access.from_day(), AccessText(access));
  }
  return absl::StrJoin(texts, ", ", [](std::string* out, const auto& text) { absl::StrAppend(out, text.second); });
}

std::string BillingStory::Record(const std::vector<Use>& uses) {
  std::string text;
  for (const Use& use : uses) {
    const auto time = absl::ToInt64Nanoseconds(TimeOf(use.when) - absl::UnixEpoch());
    absl::StrAppend(&text, "transactions { company_id: '$", use.company, "' transaction_id: '", use.id,
                    "' product_id: '", use.product, "' quantity: ", use.quantity,
                    " occur_time { seconds: ", time / 1000000000, " nanos: ", time % 1000000000, " } } ");
  }
  return ResultsText(Do(&Companies::RecordTransactions, text).results());
}

std::string BillingStory::Cancel(const std::vector<std::pair<std::string, std::string>>& transactions) {
  std::string text;
  for (const auto& [company, id] : transactions) {
    absl::StrAppend(&text, "transactions { company_id: '$", company, "' transaction_id: '", id, "' } ");
  }
  return ResultsText(Do(&Companies::CancelTransactions, text).results());
}

std::string BillingStory::ResultsText(const google::protobuf::RepeatedPtrField<v1::TransactionResult>& results) const {
  return absl::StrJoin(results, ", ", [this](std::string* out, const v1::TransactionResult& result) {
    const std::string outcome = WithoutPrefix(v1::TransactionOutcome_Name(result.outcome()), "TRANSACTION_OUTCOME_");
    if (result.has_error()) {
      absl::StrAppend(out, outcome, " ", Describe(ErrorOf(result.error()), names_));
      return;
    }
    const auto& transaction = result.transaction();
    const std::string state = WithoutPrefix(v1::TransactionState_Name(transaction.state()), "TRANSACTION_STATE_");
    absl::StrAppend(out, outcome, " ", transaction.day(), state == "RECORDED" || state == outcome ? "" : " " + state);
  });
}

std::string BillingStory::Sql(const std::string& sql) { return wire_.Sql(absl::StrReplaceAll(sql, names_)); }

std::string BillingStory::NameOf(const std::string& id) const {
  const auto found = std::find_if(names_.begin(), names_.end(), [&id](const auto& name) { return name.second == id; });
  return found == names_.end() ? id : found->first.substr(1);
}

absl::CivilDay DayOf(const std::string& text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) throw std::runtime_error("no day: " + text);
  return day;
}

absl::Time TimeOf(const std::string& when) {
  absl::Time time;
  absl::TimeZone oslo;
  if (!absl::LoadTimeZone("Europe/Oslo", &oslo)) throw std::runtime_error("no Oslo");
  if (!absl::StrContains(when, 'T')) return absl::FromCivil(absl::CivilHour(DayOf(when)) + 12, oslo);
  if (!absl::ParseTime(absl::RFC3339_full, when, &time, nullptr)) throw std::runtime_error("no instant: " + when);
  return time;
}

std::string WithoutPrefix(const std::string& enum_name, absl::string_view prefix) {
  return std::string(absl::StripPrefix(enum_name, prefix));
}

absl::Status ErrorOf(const google::rpc::Status& error) {
  return Checked({static_cast<grpc::StatusCode>(error.code()), error.message(), error.SerializeAsString()});
}

std::string AccessText(const v1::Access& access) {
  std::string state = WithoutPrefix(v1::AccessState_Name(access.state()), "ACCESS_STATE_");
  if (access.from_day().empty()) return state;
  return absl::StrCat(state, " ", access.from_day(), " -", access.until_day().empty() ? "" : " ", access.until_day());
}

}  // namespace agreements::testing
