#include "server/operations/freeze_order_bases.h"

#include <algorithm>
#include <map>
#include <utility>

#include "proto/days.h"
#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/order_basis_steps.h"
#include "storage/billing/settlements.h"
#include "storage/billing/transaction_claims.h"
#include "storage/tables/agreements.h"
#include "storage/tables/order_bases.h"
#include "storage/tables/products.h"

namespace agreements {
namespace {

using storage::PricedProduct;
using storage::PricedProducts;
using storage::Transaction;

// Whether both have the same names and prices.
bool SamePrices(const PricedProduct& a, const PricedProduct& b) {
  return a.product.display_name() == b.product.display_name() &&
         std::equal(a.prices.begin(), a.prices.end(), b.prices.begin(), b.prices.end(),
                    [](const v1::Price& x, const v1::Price& y) {
                      return x.valid_from() == y.valid_from() && x.unit_price() == y.unit_price();
                    });
}

// The freezing of one page. Its parts are in the same order: `charged_`, `order_basis_ids_`, `charges_` and
// `documents_`, those that are not refused at once; and `results_`, the whole page.
class Freezing {
 public:
  Freezing(Transaction& tx, const Context& context, const std::vector<Settlement>& page)
      : tx_(tx), context_(context), page_(page), results_(page.size(), absl::UnknownError("not settled")) {}

  absl::StatusOr<Frozen> Run() {
    RETURN_IF_ERROR(Lock());
    RETURN_IF_ERROR(Charge());
    RETURN_IF_ERROR(Price());
    RETURN_IF_ERROR(LeaveOut());
    RETURN_IF_ERROR(Store());
    return std::move(results_);
  }

 private:
  // O3: only who comes next goes on.
  absl::Status Lock() {
    v1::BatchGetAgreementsRequest request;
    std::vector<std::string> ids;
    for (const Settlement& settlement : page_) {
      ids.push_back(settlement.agreement_id);
      request.add_agreement_ids(settlement.agreement_id);
    }
    RETURN_IF_ERROR(storage::LockForSettlement(tx_, ids));
    ASSIGN_OR_RETURN(auto rows, storage::BatchGetAgreements(tx_, request));
    std::map<std::string, v1::Agreement> agreements;
    for (v1::Agreement& row : rows) agreements[row.agreement_id()] = std::move(row);
    ASSIGN_OR_RETURN(now_, context_.clock.Read());
    for (size_t i = 0; i < page_.size(); ++i) {
      const auto& [id, days, expected_digest] = page_[i];
      const auto agreement = agreements.find(id);
      if (agreement == agreements.end()) {
        results_[i] = AgreementNotFound(id);
      } else if (agreement->second.settled_until() != FormatDay(days.from)) {
        results_[i] = AlreadySettled(agreement->second, days);
        // The database's error, which is nobody's refusal.
        if (!results_[i].ok() && ReasonOf(results_[i].status()) == v1::ERROR_REASON_UNSPECIFIED) {
          return results_[i].status();
        }
      } else if (days.until > now_.day) {
        results_[i] = PeriodNotOver(days.until, now_.day);
      } else {
        places_.push_back(i);
        charged_.push_back({.agreement = std::move(agreement->second), .days = days});
        order_basis_ids_.push_back(tx_.NewId(kOrderBasisPrefix));
      }
    }
    return absl::OkStatus();
  }

  // O3: the document that has settled exactly `days`, or the refusal if there is none.
  absl::StatusOr<v1::CreateOrderBasisResponse> AlreadySettled(const v1::Agreement& agreement, Days days) {
    ASSIGN_OR_RETURN(auto found, storage::FindOrderBasisFrom(tx_, agreement.agreement_id(), days.from));
    if (!found || found->until_day() != FormatDay(days.until)) {
      return IntervalNotNext(agreement.agreement_id(), agreement.settled_until());
    }
    RETURN_IF_ERROR(AddFirstLines(tx_, *found));
    Present(context_, *found);
    v1::CreateOrderBasisResponse response;
    *response.mutable_order_basis() = *std::move(found);
    response.set_existed(true);
    return response;
  }

  // O1: claims first, and then sums what it has claimed.
  absl::Status Charge() {
    if (charged_.empty()) return absl::OkStatus();
    std::vector<storage::Claim> claims;
    for (size_t i = 0; i < charged_.size(); ++i) {
      claims.push_back({.agreement_id = charged_[i].agreement.agreement_id(), .order_basis_id = order_basis_ids_[i]});
    }
    ASSIGN_OR_RETURN(const int64_t claimed, storage::ClaimTransactions(tx_, claims, charged_.front().days.until));
    std::vector<storage::TransactionSum> sums;
    if (claimed > 0) {
      ASSIGN_OR_RETURN(sums, storage::SumClaimed(tx_, order_basis_ids_));
    }
    for (const storage::TransactionSum& sum : sums) claimed_[sum.owner_id] += sum.transactions;
    ASSIGN_OR_RETURN(charges_, ClaimedCharges(tx_, charged_, sums, order_basis_ids_));
    return absl::OkStatus();
  }

  // B5: with prices that nobody can change any more for the days that are charged. A product whose prices are in use
  // already is not written. That is the usual case, so pages of different agreements do not wait for each other.
  absl::Status Price() {
    ASSIGN_OR_RETURN(products_, PricesOf(tx_, charges_));
    documents_ = DocumentsOf(charged_, charges_, products_);
    std::map<std::string, absl::CivilDay> priced_until;
    for (size_t i = 0; i < documents_.size(); ++i) {
      Check(i);
      if (!documents_[i].ok()) continue;
      for (const auto& [product_id, units] : charges_[i].units()) {
        absl::CivilDay& until = priced_until.try_emplace(product_id, kBeforeAllDays).first->second;
        until = std::max(until, units.rbegin()->first + 1);
      }
    }
    std::set<std::string> locked;
    for (const auto& [product_id, until] : priced_until) {
      if (products_.at(product_id).product.priced_until() >= FormatDay(until)) continue;
      RETURN_IF_ERROR(storage::LockPricedProduct(tx_, product_id, until));
      locked.insert(product_id);
    }
    ASSIGN_OR_RETURN(const PricedProducts now, storage::GetPricedProducts(tx_, locked));
    for (const auto& [product_id, product] : now) {
      // Somebody was faster, and what was computed may be wrong.
      if (product.product.priced_until() != FormatDay(priced_until.at(product_id)) ||
          !SamePrices(product, products_.at(product_id))) {
        return storage::StartOver();
      }
    }
    return absl::OkStatus();
  }

  // Refuses a document that could be priced, but must not be frozen.
  void Check(size_t i) {
    if (!documents_[i].ok()) return;
    const auto& [agreement_id, days, expected_digest] = page_[places_[i]];
    const v1::OrderBasis& document = *documents_[i];
    if (!expected_digest.empty() && expected_digest != document.digest()) {
      documents_[i] = PreviewChanged(agreement_id, document.digest());
    } else if (document.line_count() > 0 && document.customer_number().empty()) {
      documents_[i] = CustomerNumberMissing(agreement_id);
    }
  }

  // Takes back what refused documents have claimed.
  absl::Status LeaveOut() {
    std::vector<std::string> unclaimed;
    for (size_t i = 0; i < documents_.size(); ++i) {
      if (documents_[i].ok()) continue;
      results_[places_[i]] = documents_[i].status();
      if (claimed_.count(order_basis_ids_[i]) > 0) unclaimed.push_back(order_basis_ids_[i]);
    }
    return unclaimed.empty() ? absl::OkStatus() : storage::UnclaimTransactions(tx_, unclaimed);
  }

  absl::Status Store() {
    std::vector<std::string> agreement_ids;
    std::vector<v1::OrderBasis> order_bases;
    for (size_t i = 0; i < documents_.size(); ++i) {
      if (!documents_[i].ok()) continue;
      agreement_ids.push_back(charged_[i].agreement.agreement_id());
      v1::OrderBasis& order_basis = order_bases.emplace_back(*std::move(documents_[i]));
      order_basis.set_order_basis_id(order_basis_ids_[i]);
      *order_basis.mutable_create_time() = ToTimestamp(now_.time);
      Tell(i, order_basis);
    }
    if (order_bases.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(storage::SettleUntil(tx_, agreement_ids, charged_.front().days.until));
    RETURN_IF_ERROR(storage::InsertOrderBases(tx_, order_bases));
    auto stored = order_bases.begin();
    for (size_t i = 0; i < documents_.size(); ++i) {
      if (!documents_[i].ok()) continue;
      v1::CreateOrderBasisResponse response;
      Present(context_, *stored);
      *response.mutable_order_basis() = std::move(*stored++);
      results_[places_[i]] = std::move(response);
    }
    return absl::OkStatus();
  }

  // The entry of one document, as if it had been frozen alone, after those before it.
  void Tell(size_t i, const v1::OrderBasis& order_basis) {
    tx_.BeginEntry();
    storage::Trail& trail = tx_.trail();
    v1::Agreement agreement;
    agreement.set_agreement_id(order_basis.agreement_id());
    agreement.set_settled_until(order_basis.from_day());
    trail.Saw(agreement);
    agreement.set_settled_until(order_basis.until_day());
    trail.Changed(agreement);
    if (const auto claimed = claimed_.find(order_basis_ids_[i]); claimed != claimed_.end()) {
      trail.Counted(v1::RESOURCE_KIND_ORDER_BASIS, order_basis_ids_[i], storage::kClaimedCount, claimed->second);
    }
    for (const auto& [product_id, units] : charges_[i].units()) {
      v1::Product& product = products_.at(product_id).product;
      const std::string priced_until = FormatDay(units.rbegin()->first + 1);
      if (product.priced_until() >= priced_until) continue;
      trail.Saw(product);
      product.set_priced_until(priced_until);
      trail.Changed(product);
    }
    trail.Changed(order_basis);
  }

  Transaction& tx_;
  const Context& context_;
  const std::vector<Settlement>& page_;
  Frozen results_;
  Moment now_;
  std::vector<size_t> places_;  // Of those that go on, in the page.
  std::vector<Charged> charged_;
  std::vector<std::string> order_basis_ids_;
  std::map<std::string, int64_t> claimed_;  // Transactions, by order basis.
  std::vector<rules::Charges> charges_;
  PricedProducts products_;
  Documents documents_;
};

}  // namespace

absl::StatusOr<Frozen> FreezeOrderBases(Transaction& tx, const Context& context, const std::vector<Settlement>& page) {
  return Freezing(tx, context, page).Run();
}

}  // namespace agreements
