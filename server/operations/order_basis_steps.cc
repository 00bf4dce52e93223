#include "server/operations/order_basis_steps.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "server/requests/request_hash.h"
#include "server/rules/rules.h"
#include "storage/billing/transaction_claims.h"
#include "storage/billing/user_days.h"
#include "storage/tables/agreements.h"
#include "storage/tables/order_bases.h"
#include "storage/tables/prices.h"
#include "storage/tables/products.h"

namespace agreements {
namespace {

using storage::PricedProducts;
using storage::ReadTransaction;

constexpr int kBeforeLines = std::numeric_limits<int>::min();  // Comes before every line_number, right or wrong.

// The agreements' charges. Each of the sums is that of an owner, which `owners` names in the order of the agreements.
absl::StatusOr<std::vector<rules::Charges>> ChargesOf(ReadTransaction& tx, const std::vector<Charged>& charged,
                                                      const std::vector<storage::TransactionSum>& sums,
                                                      const std::vector<std::string>& owners) {
  std::vector<rules::Charges> charges;
  storage::AgreementDays page;
  std::map<std::string, size_t> by_agreement;
  std::map<std::string, size_t> by_owner;
  for (size_t i = 0; i < charged.size(); ++i) {
    const auto& [agreement, days] = charged[i];
    charges.emplace_back(days);
    page.agreements.push_back({.agreement_id = agreement.agreement_id(), .from_day = days.from});
    page.until_day = days.until;
    by_agreement[agreement.agreement_id()] = i;
    by_owner[owners[i]] = i;
  }
  ASSIGN_OR_RETURN(const auto users, storage::CountUserDays(tx, page));
  for (const auto& [agreement_id, product_id, mask, count] : users) {
    charges[by_agreement.at(agreement_id)].AddUsers(product_id, mask, count);
  }
  for (const storage::TransactionSum& sum : sums) {
    charges[by_owner.at(sum.owner_id)].AddTransactions(sum.product_id, sum.day, sum.quantity);
  }
  return charges;
}

// The document for the charges, without id and create_time.
absl::StatusOr<v1::OrderBasis> DocumentOf(const Charged& charged, const rules::Charges& charges,
                                          const PricedProducts& products) {
  const auto& [agreement, days] = charged;
  v1::OrderBasis order_basis;
  order_basis.set_agreement_id(agreement.agreement_id());
  order_basis.set_agreement_display_name(agreement.display_name());
  order_basis.set_customer_number(agreement.customer_number());
  order_basis.set_from_day(FormatDay(days.from));
  order_basis.set_until_day(FormatDay(days.until));
  std::vector<v1::OrderBasisLine> lines;
  for (const auto& [product_id, units] : charges.units()) {
    const auto& [product, prices] = products.at(product_id);
    ASSIGN_OR_RETURN(const auto product_lines, charges.LinesOf(product, prices, agreement.agreement_id()));
    lines.insert(lines.end(), product_lines.begin(), product_lines.end());
  }
  RETURN_IF_ERROR(rules::SetLines(std::move(lines), order_basis));
  order_basis.set_digest(DigestOf(order_basis));
  return order_basis;
}

// O2: the days of a preview; by default, the whole rest of the month. An estimate may skip unsettled days, so that it
// shows what the current month will cost although the agreement is in arrears.
absl::StatusOr<Days> DaysOf(const v1::PreviewOrderBasisRequest& request, const v1::Agreement& agreement,
                            absl::CivilDay today) {
  const absl::CivilDay next = ParseDay(agreement.settled_until());
  Days days = {.from = next, .until = {}};
  if (!request.from_day().empty()) {
    days.from = ParseDay(request.from_day());
  } else if (request.estimate()) {
    days.from = std::max(next, MonthOf(today).from);
  }
  days.until = request.until_day().empty() ? MonthOf(days.from).until : ParseDay(request.until_day());
  RETURN_IF_ERROR(rules::CheckPeriod(days));
  const bool begins_right = request.estimate() ? days.from >= next : days.from == next;
  // No days are left if the request names only an until_day, and that is settled.
  if (!begins_right || days.empty()) return IntervalNotNext(agreement.agreement_id(), agreement.settled_until());
  if (!request.estimate() && days.until > today) return PeriodNotOver(days.until, today);
  return days;
}

}  // namespace

absl::StatusOr<std::vector<rules::Charges>> ClaimedCharges(ReadTransaction& tx, const std::vector<Charged>& charged,
                                                           const std::vector<storage::TransactionSum>& claimed,
                                                           const std::vector<std::string>& order_basis_ids) {
  return ChargesOf(tx, charged, claimed, order_basis_ids);
}

absl::StatusOr<std::vector<rules::Charges>> UnclaimedCharges(ReadTransaction& tx, const std::vector<Charged>& charged) {
  storage::AgreementDays page;
  std::vector<std::string> agreement_ids;
  for (const auto& [agreement, days] : charged) {
    const bool is_next = FormatDay(days.from) == agreement.settled_until();
    page.agreements.push_back(
        {.agreement_id = agreement.agreement_id(), .from_day = is_next ? kBeforeAllDays : days.from});
    page.until_day = days.until;
    agreement_ids.push_back(agreement.agreement_id());
  }
  ASSIGN_OR_RETURN(const auto sums, storage::SumUnclaimed(tx, page));
  return ChargesOf(tx, charged, sums, agreement_ids);
}

Documents DocumentsOf(const std::vector<Charged>& charged, const std::vector<rules::Charges>& charges,
                      const PricedProducts& products) {
  Documents documents;
  for (size_t i = 0; i < charged.size(); ++i) documents.push_back(DocumentOf(charged[i], charges[i], products));
  return documents;
}

absl::StatusOr<PricedProducts> PricesOf(ReadTransaction& tx, const std::vector<rules::Charges>& charges) {
  std::set<std::string> product_ids;
  for (const rules::Charges& each : charges) {
    for (const auto& [product_id, units] : each.units()) product_ids.insert(product_id);
  }
  return storage::GetPricedProducts(tx, product_ids);
}

absl::StatusOr<Preview> ComputePreview(ReadTransaction& tx, const Context& context,
                                       const v1::PreviewOrderBasisRequest& request) {
  ASSIGN_OR_RETURN(const v1::Agreement agreement, storage::GetAgreement(tx, request.agreement_id()));
  ASSIGN_OR_RETURN(const Moment now, context.clock.Read());
  ASSIGN_OR_RETURN(const Days days, DaysOf(request, agreement, now.day));
  const std::vector<Charged> charged = {{.agreement = agreement, .days = days}};
  ASSIGN_OR_RETURN(const auto charges, UnclaimedCharges(tx, charged));
  ASSIGN_OR_RETURN(const PricedProducts products, PricesOf(tx, charges));
  Preview preview;
  ASSIGN_OR_RETURN(preview.order_basis, DocumentsOf(charged, charges, products).front());
  if (days.until > now.day) preview.estimated_from_day = std::max(days.from, now.day);
  const bool comes_next = FormatDay(days.from) == agreement.settled_until();
  if (preview.estimated_from_day || !comes_next) preview.order_basis.clear_digest();
  return preview;
}

std::string DigestOf(const v1::OrderBasis& order_basis) {
  // Documents of earlier versions have no currency.
  return HashOf(order_basis, {"order_basis_id", "create_time", "currency", "digest"});
}

absl::Status AddFirstLines(ReadTransaction& tx, v1::OrderBasis& order_basis) {
  ASSIGN_OR_RETURN(auto lines, storage::ListOrderBasisLines(tx, order_basis.order_basis_id(), kBeforeLines, kMaxLines));
  for (v1::OrderBasisLine& line : lines) *order_basis.add_lines() = std::move(line);
  return absl::OkStatus();
}

absl::Status AddAllLines(ReadTransaction& tx, v1::OrderBasis& order_basis) {
  for (bool more = true; more;) {
    const int last = order_basis.lines().empty() ? kBeforeLines : order_basis.lines().rbegin()->line_number();
    ASSIGN_OR_RETURN(auto lines, storage::ListOrderBasisLines(tx, order_basis.order_basis_id(), last, kMaxLines));
    more = lines.size() == kMaxLines;
    for (v1::OrderBasisLine& line : lines) *order_basis.add_lines() = std::move(line);
  }
  return absl::OkStatus();
}

void Present(const Context& context, v1::OrderBasis& order_basis) {
  if (order_basis.lines_size() > kMaxLines) {
    order_basis.mutable_lines()->DeleteSubrange(kMaxLines, order_basis.lines_size() - kMaxLines);
  }
  order_basis.set_currency(context.currency);
}

}  // namespace agreements
