#include "server/operations/order_basis_steps.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "proto/days.h"
#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
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

using storage::PricedProduct;
using storage::ReadTransaction;
using storage::Transaction;

constexpr int kBeforeLines = std::numeric_limits<int>::min();  // Comes before every line_number, right or wrong.

absl::StatusOr<rules::Charges> ChargesOf(ReadTransaction& tx, const v1::Agreement& agreement, Days days,
                                         const std::vector<storage::TransactionSum>& transactions) {
  rules::Charges charges(days);
  ASSIGN_OR_RETURN(const auto users, storage::CountUserDays(tx, agreement.agreement_id(), days));
  for (const auto& [product_id, mask, count] : users) charges.AddUsers(product_id, mask, count);
  for (const auto& [product_id, day, quantity] : transactions) charges.AddTransactions(product_id, day, quantity);
  return charges;
}

// Each product that is charged.
absl::StatusOr<std::vector<PricedProduct>> ReadPrices(ReadTransaction& tx, const rules::Charges& charges) {
  std::vector<PricedProduct> products;
  for (const auto& [product_id, units] : charges.units()) {
    ASSIGN_OR_RETURN(PricedProduct product, storage::GetPricedProduct(tx, product_id));
    products.push_back(std::move(product));
  }
  return products;
}

// B5: the same, with prices that nobody can change any more for the days that are charged. A product whose prices are
// in use already is not written. That is the usual case, so documents of many agreements do not wait for each other.
absl::StatusOr<std::vector<PricedProduct>> UsePrices(Transaction& tx, const rules::Charges& charges) {
  std::vector<PricedProduct> products;
  for (const auto& [product_id, units] : charges.units()) {
    const absl::CivilDay priced_until = units.rbegin()->first + 1;
    ASSIGN_OR_RETURN(PricedProduct product, storage::GetPricedProduct(tx, product_id));
    if (product.product.priced_until() < FormatDay(priced_until)) {
      RETURN_IF_ERROR(storage::LockPricedProduct(tx, product.product, priced_until));
      ASSIGN_OR_RETURN(product, storage::GetPricedProduct(tx, product_id));
    }
    products.push_back(std::move(product));
  }
  return products;
}

// The document for the charges, without id and create_time.
absl::StatusOr<v1::OrderBasis> DocumentOf(const v1::Agreement& agreement, Days days, const rules::Charges& charges,
                                          const std::vector<PricedProduct>& products) {
  v1::OrderBasis order_basis;
  order_basis.set_agreement_id(agreement.agreement_id());
  order_basis.set_agreement_display_name(agreement.display_name());
  order_basis.set_customer_number(agreement.customer_number());
  order_basis.set_from_day(FormatDay(days.from));
  order_basis.set_until_day(FormatDay(days.until));
  std::vector<v1::OrderBasisLine> lines;
  for (const auto& [product, prices] : products) {
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

// O3: the document that has settled exactly `days`, or the error if there is none.
absl::StatusOr<v1::CreateOrderBasisResponse> AlreadySettled(Transaction& tx, const Context& context,
                                                            const std::string& agreement_id, Days days) {
  ASSIGN_OR_RETURN(const v1::Agreement agreement, storage::GetAgreement(tx, agreement_id));
  ASSIGN_OR_RETURN(auto found, storage::FindOrderBasisFrom(tx, agreement_id, days.from));
  if (!found || found->until_day() != FormatDay(days.until)) {
    return IntervalNotNext(agreement_id, agreement.settled_until());
  }
  RETURN_IF_ERROR(AddFirstLines(tx, *found));
  Present(context, *found);
  v1::CreateOrderBasisResponse response;
  *response.mutable_order_basis() = *std::move(found);
  response.set_existed(true);
  return response;
}

}  // namespace

absl::StatusOr<rules::Charges> ClaimedCharges(ReadTransaction& tx, const v1::Agreement& agreement, Days days,
                                              absl::string_view order_basis_id) {
  ASSIGN_OR_RETURN(const auto transactions, storage::SumClaimed(tx, order_basis_id));
  return ChargesOf(tx, agreement, days, transactions);
}

absl::StatusOr<rules::Charges> UnclaimedCharges(ReadTransaction& tx, const v1::Agreement& agreement, Days days) {
  const bool next = FormatDay(days.from) == agreement.settled_until();
  ASSIGN_OR_RETURN(const auto transactions,
                   storage::SumUnclaimed(tx, agreement.agreement_id(), next ? kBeforeAllDays : days.from, days.until));
  return ChargesOf(tx, agreement, days, transactions);
}

absl::StatusOr<v1::OrderBasis> PricedOrderBasis(ReadTransaction& tx, const v1::Agreement& agreement, Days days,
                                                const rules::Charges& charges) {
  ASSIGN_OR_RETURN(const auto products, ReadPrices(tx, charges));
  return DocumentOf(agreement, days, charges, products);
}

absl::StatusOr<Preview> ComputePreview(ReadTransaction& tx, const Context& context,
                                       const v1::PreviewOrderBasisRequest& request) {
  ASSIGN_OR_RETURN(const v1::Agreement agreement, storage::GetAgreement(tx, request.agreement_id()));
  ASSIGN_OR_RETURN(const Moment now, context.clock.Read());
  ASSIGN_OR_RETURN(const Days days, DaysOf(request, agreement, now.day));
  ASSIGN_OR_RETURN(const rules::Charges charges, UnclaimedCharges(tx, agreement, days));
  Preview preview;
  ASSIGN_OR_RETURN(preview.order_basis, PricedOrderBasis(tx, agreement, days, charges));
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

absl::StatusOr<v1::CreateOrderBasisResponse> FreezeOrderBasis(Transaction& tx, const Context& context,
                                                              const std::string& agreement_id, Days days,
                                                              const std::string& expected_digest) {
  ASSIGN_OR_RETURN(const bool is_next, storage::LockForSettlement(tx, agreement_id, days.from, days.until));
  if (!is_next) return AlreadySettled(tx, context, agreement_id, days);
  ASSIGN_OR_RETURN(const v1::Agreement agreement, storage::GetAgreement(tx, agreement_id));
  ASSIGN_OR_RETURN(const Moment now, context.clock.Read());
  if (days.until > now.day) return PeriodNotOver(days.until, now.day);

  const std::string order_basis_id = tx.NewId(kOrderBasisPrefix);
  ASSIGN_OR_RETURN(const int64_t claimed, storage::ClaimTransactions(tx, agreement_id, days.until, order_basis_id));
  std::vector<storage::TransactionSum> transactions;
  if (claimed > 0) {
    ASSIGN_OR_RETURN(transactions, storage::SumClaimed(tx, order_basis_id));
  }
  ASSIGN_OR_RETURN(const rules::Charges charges, ChargesOf(tx, agreement, days, transactions));
  ASSIGN_OR_RETURN(const auto products, UsePrices(tx, charges));
  v1::CreateOrderBasisResponse response;
  v1::OrderBasis& order_basis = *response.mutable_order_basis();
  ASSIGN_OR_RETURN(order_basis, DocumentOf(agreement, days, charges, products));
  if (!expected_digest.empty() && expected_digest != order_basis.digest()) {
    return PreviewChanged(agreement_id, order_basis.digest());
  }
  if (order_basis.line_count() > 0 && order_basis.customer_number().empty()) return CustomerNumberMissing(agreement_id);
  order_basis.set_order_basis_id(order_basis_id);
  *order_basis.mutable_create_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::InsertOrderBasis(tx, order_basis));
  Present(context, order_basis);
  return response;
}

}  // namespace agreements
