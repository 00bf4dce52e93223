#include "tests/history/billing_texts.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "proto/errors.h"

namespace agreements::testing {
namespace {

using oracle::Fraction;
using oracle::Integer;
using oracle::MoneyText;
using oracle::Oracle;

std::string OereText(const Integer& amount) { return MoneyText(Fraction(amount) / 100); }

std::string LineText(const v1::OrderBasisLine& line) {
  return absl::StrCat(line.line_number(), ". ", line.product_id(), " '", line.product_display_name(), "' ",
                      v1::ProductKind_Name(line.kind()), " from ", line.price_valid_from(), " at ", line.unit_price(),
                      " user_days ", line.user_days(), "/", line.days_in_month(), " quantity ", line.quantity(), " of ",
                      line.original_month(), " = ", line.amount());
}

std::string LineText(int number, const oracle::Document& document, const oracle::LineKey& key,
                     const oracle::Line& line) {
  const bool license = std::get<0>(key) == 0;
  const oracle::Month month(document.from_day);
  return absl::StrCat(
      number, ". ", std::get<2>(key), " '", line.product_name, "' ",
      v1::ProductKind_Name(license ? v1::PRODUCT_KIND_LICENSE : v1::PRODUCT_KIND_TRANSACTION), " from ",
      oracle::Text(line.price_valid_from), " at ", MoneyText(line.unit_price), " user_days ", line.user_days.size(),
      "/", license ? oracle::Day(month + 1) - oracle::Day(month) : 0, " quantity ", line.quantity.str(), " of ",
      std::get<0>(key) == 2 ? absl::FormatCivilTime(std::get<1>(key)) : "", " = ", OereText(line.amount));
}

std::string Header(const std::string& from_day, const std::string& until_day, const std::string& name,
                   const std::string& customer_number, int64_t line_count, const std::string& total) {
  return absl::StrCat(from_day, " until ", until_day, " '", name, "' number '", customer_number, "' lines ", line_count,
                      " total ", total);
}

std::string AccessTextOf(const std::string& user_id, const std::string& product_id, v1::AccessState state,
                         const std::string& expires, const std::string& from_day, const std::string& until_day) {
  return absl::StrCat(user_id, " ", product_id, " ", v1::AccessState_Name(state), " expires '", expires, "' days '",
                      from_day, "' until '", until_day, "'");
}

std::string InstantText(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone()); }

std::string InstantText(const google::protobuf::Timestamp& time) {
  return InstantText(absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()));
}

template <typename Info>
std::string MismatchOf(bool ok, const Info& info, const std::string& text, const oracle::Refusals& refusals) {
  if (ok && refusals.empty()) return "";
  std::vector<std::string> wanted;
  for (const auto& [reason, metadata] : refusals) {
    wanted.push_back(absl::StrCat(reason, " ", absl::StrJoin(metadata, " ", absl::PairFormatter("="))));
    if (ok || !info || info->reason() != reason) continue;
    bool same = true;
    for (const auto& [key, value] : metadata) {
      same = same && info->metadata().contains(key) && info->metadata().at(key) == value;
    }
    if (same) return "";
  }
  return Difference(text, wanted.empty() ? "OK" : absl::StrJoin(wanted, ", or "));
}

}  // namespace

std::string HeaderText(const v1::OrderBasis& document) {
  return Header(document.from_day(), document.until_day(), document.agreement_display_name(),
                document.customer_number(), document.line_count(), document.total_amount());
}

std::string HeaderText(const oracle::Document& document) {
  return Header(oracle::Text(document.from_day), oracle::Text(document.until_day), document.agreement_name,
                document.customer_number, static_cast<int64_t>(document.lines.size()), OereText(document.Total()));
}

std::string DocumentText(const v1::OrderBasis& document) {
  std::string text = HeaderText(document);
  for (const v1::OrderBasisLine& line : document.lines()) absl::StrAppend(&text, "\n    ", LineText(line));
  return text;
}

std::string DocumentText(const oracle::Document& document) {
  std::string text = HeaderText(document);
  int number = 0;
  for (const auto& [key, line] : document.lines) {
    absl::StrAppend(&text, "\n    ", LineText(++number, document, key, line));
  }
  return text;
}

std::string AccessText(const v1::Access& access) {
  return AccessTextOf(access.user_id(), access.product_id(), access.state(),
                      access.has_expire_time() ? InstantText(access.expire_time()) : "", access.from_day(),
                      access.until_day());
}

std::string AccessText(const Oracle& oracle, const oracle::Access& access) {
  const bool ended = access.state == v1::ACCESS_STATE_ENDED || oracle.Expired(access);
  return AccessTextOf(UserId(access.user), oracle.products.at(access.product).id,
                      ended ? v1::ACCESS_STATE_ENDED : access.state,
                      access.expire_time ? InstantText(*access.expire_time) : "",
                      access.first_day ? oracle::Text(*access.first_day) : "",
                      access.last_day ? oracle::Text(*access.last_day + 1) : "");
}

std::string TransactionText(const v1::Transaction& transaction) {
  return absl::StrCat(transaction.company_id(), " ", transaction.transaction_id(), " ", transaction.product_id(), " x",
                      transaction.quantity(), " at ", InstantText(transaction.occur_time()), " day ", transaction.day(),
                      " ", v1::TransactionState_Name(transaction.state()), " ", transaction.order_basis_id());
}

std::string TransactionText(const Oracle& oracle, const oracle::Transaction& transaction) {
  return absl::StrCat(oracle.companies.at(transaction.company).id, " ", transaction.id, " ", transaction.product_id,
                      " x", transaction.quantity, " at ", InstantText(transaction.occur_time), " day ",
                      oracle::Text(transaction.day), " ", v1::TransactionState_Name(transaction.state), " ",
                      transaction.document_id);
}

std::string UserId(int user) { return absl::StrCat("user-", user); }

std::string Difference(const std::string& is, const std::string& should_be) {
  return is == should_be ? "" : absl::StrCat("  is        ", is, "\n  should be ", should_be, "\n");
}

std::string Mismatch(const absl::Status& status, const oracle::Refusals& refusals) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return MismatchOf(status.ok(), info, info ? info->ShortDebugString() : status.ToString(), refusals);
}

std::string Mismatch(const google::rpc::Status& status, const oracle::Refusals& refusals) {
  std::optional<google::rpc::ErrorInfo> info;
  for (const auto& detail : status.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) detail.UnpackTo(&info.emplace());
  }
  return MismatchOf(status.code() == 0, info, info ? info->ShortDebugString() : status.ShortDebugString(), refusals);
}

}  // namespace agreements::testing
