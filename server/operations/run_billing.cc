// Settling a whole account: domain.md O6.
#include <algorithm>
#include <deque>
#include <memory>

#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/order_basis_steps.h"
#include "server/rules/rules.h"
#include "storage/billing/billable_agreements.h"
#include "storage/tables/agreements.h"
#include "storage/tables/order_bases.h"

namespace agreements {
namespace {

using storage::ReadTransaction;
using storage::Transaction;

constexpr int kPageSize = 100;  // Agreements that are read at once.

// Whether a run goes on after this error of one agreement and month. Any other error ends the run.
bool IsRefusal(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case v1::ERROR_REASON_PRICE_MISSING:
    case v1::ERROR_REASON_CUSTOMER_NUMBER_MISSING:
    case v1::ERROR_REASON_AMOUNT_TOO_LARGE:
    case v1::ERROR_REASON_INTERVAL_NOT_NEXT:
      return true;
    default:
      return false;
  }
}

v1::RunBillingResponse Refused(const absl::Status& error) {
  v1::RunBillingResponse response;
  response.set_outcome(v1::BILLING_OUTCOME_REFUSED);
  *response.mutable_error() = ToRpcStatus(error);
  return response;
}

void PresentWithoutLines(const Context& context, v1::OrderBasis& order_basis) {
  order_basis.clear_lines();
  Present(context, order_basis);
}

v1::RunBillingResponse Settled(const Context& context, v1::OrderBasis order_basis, bool existed) {
  v1::RunBillingResponse response;
  response.set_outcome(order_basis.line_count() == 0 ? v1::BILLING_OUTCOME_NOTHING_TO_CHARGE
                       : existed                     ? v1::BILLING_OUTCOME_EXISTED
                                                     : v1::BILLING_OUTCOME_CREATED);
  PresentWithoutLines(context, order_basis);
  *response.mutable_order_basis() = std::move(order_basis);
  return response;
}

// A run goes month by month and, within a month, by ascending agreement ids. Between two steps it holds only its
// position.
class BillingRun {
 public:
  BillingRun(storage::Database& database, const Context& context, const v1::RunBillingRequest& request)
      : database_(database), context_(context), request_(request) {}

  absl::StatusOr<std::optional<v1::RunBillingResponse>> Next(const storage::Call& call) {
    if (!begun_) RETURN_IF_ERROR(Begin(call));
    while (!ended_) {
      RETURN_IF_ERROR(FillPage(call));
      if (!page_.empty()) return SettleNext(call);
      if (IsOwnMonth()) return End();
      month_ = MonthOf(month_.until);
      after_id_.clear();
    }
    return std::nullopt;
  }

 private:
  bool IsOwnMonth() const { return month_.until >= until_; }

  // The days of the month that the run settles.
  Days DaysOfMonth() const { return {.from = month_.from, .until = std::min(month_.until, until_)}; }

  absl::Status Begin(const storage::Call& call) {
    ASSIGN_OR_RETURN(const Moment now, context_.clock.Read());
    const absl::CivilDay today = now.day;
    until_ = request_.until_day().empty() ? MonthOf(today).from : ParseDay(request_.until_day());
    if (until_ > today) return PeriodNotOver(until_, today);
    ASSIGN_OR_RETURN(const storage::BillableCount count,
                     database_.ReadOnly(call, [&](ReadTransaction& tx) { return storage::CountBillable(tx, until_); }));
    progress_.set_total(count.months);
    month_ = MonthOf(std::min(count.oldest_until, until_ - 1));
    begun_ = true;
    return absl::OkStatus();
  }

  absl::Status FillPage(const storage::Call& call) {
    if (!page_.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto billable, database_.ReadOnly(call, [&](ReadTransaction& tx) {
      return storage::ListBillable(
          tx, {.month_until = DaysOfMonth().until, .until_day = until_, .settled = IsOwnMonth()}, after_id_, kPageSize);
    }));
    page_.assign(billable.begin(), billable.end());
    if (!page_.empty()) after_id_ = page_.back().agreement_id;
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<v1::RunBillingResponse>> SettleNext(const storage::Call& call) {
    const storage::BillableAgreement agreement = page_.front();
    ASSIGN_OR_RETURN(v1::RunBillingResponse response, Settle(call, agreement));
    page_.pop_front();
    response.set_agreement_id(agreement.agreement_id);
    response.set_month(FormatMonth(month_.from));
    progress_.set_done(progress_.done() + 1);
    progress_.set_total(std::max(progress_.total(), progress_.done()));
    *response.mutable_progress() = progress_;
    return response;
  }

  // The last message.
  v1::RunBillingResponse End() {
    ended_ = true;
    v1::RunBillingResponse response;
    progress_.set_total(progress_.done());
    *response.mutable_progress() = progress_;
    return response;
  }

  absl::StatusOr<v1::RunBillingResponse> Settle(const storage::Call& call,
                                                const storage::BillableAgreement& agreement) {
    Days days = DaysOfMonth();
    if (agreement.settled_until >= days.until) return FindSettled(call, agreement.agreement_id, days);
    const bool is_next = agreement.settled_until >= days.from;
    days.from = std::max(days.from, agreement.settled_until);
    absl::StatusOr<v1::RunBillingResponse> response = IsOwnMonth() || request_.include_arrears()
                                                          ? Freeze(call, agreement.agreement_id, days, "")
                                                          : FreezeIfEmpty(call, agreement.agreement_id, days, is_next);
    // Someone else has settled days since the page was read, so fewer are left, or none.
    if (is_next && ReasonOf(response.status()) == v1::ERROR_REASON_INTERVAL_NOT_NEXT) return Again(call, agreement);
    if (IsRefusal(response.status())) return Refused(response.status());
    return response;
  }

  absl::StatusOr<v1::RunBillingResponse> Again(const storage::Call& call, storage::BillableAgreement agreement) {
    ASSIGN_OR_RETURN(const v1::Agreement now, database_.ReadOnly(call, [&](ReadTransaction& tx) {
      return storage::GetAgreement(tx, agreement.agreement_id);
    }));
    agreement.settled_until = ParseDay(now.settled_until());
    return Settle(call, agreement);
  }

  // The document that covers the last of the days.
  absl::StatusOr<v1::RunBillingResponse> FindSettled(const storage::Call& call, const std::string& agreement_id,
                                                     Days days) {
    ASSIGN_OR_RETURN(auto found, database_.ReadOnly(call, [&](ReadTransaction& tx) {
      return storage::FindOrderBasisCovering(tx, agreement_id, days.until - 1);
    }));
    if (!found) return absl::InternalError("no document covers a settled day of " + agreement_id);
    return Settled(context_, *std::move(found), /*existed=*/true);
  }

  absl::StatusOr<v1::RunBillingResponse> Freeze(const storage::Call& call, const std::string& agreement_id, Days days,
                                                const std::string& expected_digest) {
    storage::Call named = call;
    named.method = std::string(v1::RunBillingRequest::descriptor()->full_name());
    ASSIGN_OR_RETURN(v1::CreateOrderBasisResponse frozen, database_.ReadWriteIdempotent(named, [&](Transaction& tx) {
      return FreezeOrderBasis(tx, context_, agreement_id, days, expected_digest);
    }));
    return Settled(context_, std::move(*frozen.mutable_order_basis()), frozen.existed());
  }

  // A month that would be in arrears. It is frozen only if there is nothing to charge, and the days come next.
  absl::StatusOr<v1::RunBillingResponse> FreezeIfEmpty(const storage::Call& call, const std::string& agreement_id,
                                                       Days days, bool is_next) {
    for (;;) {
      ASSIGN_OR_RETURN(v1::RunBillingResponse response, LookAt(call, agreement_id, days, is_next));
      if (response.outcome() == v1::BILLING_OUTCOME_IN_ARREARS) return response;
      const std::string digest = response.order_basis().digest();
      response.clear_order_basis();
      if (!is_next) return response;
      absl::StatusOr<v1::RunBillingResponse> frozen = Freeze(call, agreement_id, days, digest);
      if (ReasonOf(frozen.status()) != v1::ERROR_REASON_PREVIEW_CHANGED) return frozen;
    }
  }

  // What the days would cost.
  absl::StatusOr<v1::RunBillingResponse> LookAt(const storage::Call& call, const std::string& agreement_id, Days days,
                                                bool is_next) {
    return database_.ReadSnapshot(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::RunBillingResponse> {
      ASSIGN_OR_RETURN(const v1::Agreement agreement, storage::GetAgreement(tx, agreement_id));
      if (is_next && agreement.settled_until() != FormatDay(days.from)) {
        return IntervalNotNext(agreement_id, agreement.settled_until());
      }
      ASSIGN_OR_RETURN(const rules::Charges charges, UnclaimedCharges(tx, agreement, days));
      absl::StatusOr<v1::OrderBasis> order_basis = PricedOrderBasis(tx, agreement, days, charges);
      v1::RunBillingResponse response;
      response.set_outcome(charges.units().empty() ? v1::BILLING_OUTCOME_NOTHING_TO_CHARGE
                                                   : v1::BILLING_OUTCOME_IN_ARREARS);
      if (IsRefusal(order_basis.status())) {
        *response.mutable_error() = ToRpcStatus(order_basis.status());
        return response;
      }
      RETURN_IF_ERROR(order_basis.status());
      // Days that do not come next cannot be frozen as they are.
      if (!is_next) order_basis->clear_digest();
      PresentWithoutLines(context_, *order_basis);
      *response.mutable_order_basis() = *std::move(order_basis);
      return response;
    });
  }

  storage::Database& database_;
  const Context& context_;
  const v1::RunBillingRequest request_;
  bool begun_ = false;
  bool ended_ = false;
  absl::CivilDay until_;
  Days month_ = {};
  std::string after_id_;
  std::deque<storage::BillableAgreement> page_;
  v1::BillingProgress progress_;
};

}  // namespace

Stream<v1::RunBillingResponse> RunBilling(storage::Database& database, const Context& context,
                                          const v1::RunBillingRequest& request) {
  return [run = std::make_shared<BillingRun>(database, context, request)](const storage::Call& call) {
    return run->Next(call);
  };
}

}  // namespace agreements
