// Settling a whole account: domain.md O6.
#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "server/operations/billing_page_size.h"
#include "server/operations/freeze_order_bases.h"
#include "server/operations/operations.h"
#include "server/operations/order_basis_steps.h"
#include "server/operations/run.h"
#include "server/rules/rules.h"
#include "storage/billing/billable_agreements.h"
#include "storage/billing/settlements.h"
#include "storage/tables/agreements.h"
#include "storage/tables/order_bases.h"

namespace agreements {
namespace {

using storage::ReadTransaction;
using storage::Transaction;

constexpr size_t kListed = 300;  // Agreements that are listed at once.

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

// A run goes month by month and, within a month, by ascending agreement ids, a page of agreements at a time. Between
// two steps it holds only its position, and the results of a page.
class BillingRun {
 public:
  BillingRun(storage::Database& database, const Context& context, const v1::RunBillingRequest& request, size_t max_page)
      : database_(database), context_(context), request_(request), page_size_(max_page) {}

  absl::StatusOr<std::optional<v1::RunBillingResponse>> Next(const storage::Call& call) {
    if (!begun_) RETURN_IF_ERROR(Begin(call));
    while (results_.empty()) {
      if (ended_) return std::nullopt;
      RETURN_IF_ERROR(List(call));
      if (!listed_.empty()) {
        RETURN_IF_ERROR(SettlePage(call));
      } else if (IsOwnMonth()) {
        return End();
      } else {
        month_ = MonthOf(month_.until);
        after_id_.clear();
        all_listed_ = false;
      }
    }
    return TellNext();
  }

 private:
  using Page = std::vector<storage::BillableAgreement>;
  using Results = std::vector<std::optional<v1::RunBillingResponse>>;

  // Some agreements of a page, by their places in it.
  struct Part {
    std::vector<size_t> places;
    std::vector<Settlement> settlements;

    void Add(size_t place, Settlement settlement) {
      places.push_back(place);
      settlements.push_back(std::move(settlement));
    }
  };

  bool IsOwnMonth() const { return month_.until >= until_; }

  // The days of the month that the run settles.
  Days DaysOfMonth() const { return {.from = month_.from, .until = std::min(month_.until, until_)}; }

  // Those of them that an agreement has not settled.
  Days DaysOf(const storage::BillableAgreement& agreement) const {
    Days days = DaysOfMonth();
    days.from = std::max(days.from, agreement.settled_until);
    return days;
  }

  // Whether no unsettled days come before the month.
  bool IsNext(const storage::BillableAgreement& agreement) const { return agreement.settled_until >= month_.from; }

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

  // Lists agreements until there are enough for a page.
  absl::Status List(const storage::Call& call) {
    if (all_listed_ || listed_.size() >= storage::kMaxSettled) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto billable, database_.ReadOnly(call, [&](ReadTransaction& tx) {
      return storage::ListBillable(
          tx, {.month_until = DaysOfMonth().until, .until_day = until_, .settled = IsOwnMonth()}, after_id_, kListed);
    }));
    listed_.insert(listed_.end(), billable.begin(), billable.end());
    if (!billable.empty()) after_id_ = billable.back().agreement_id;
    all_listed_ = billable.size() < kListed;
    return absl::OkStatus();
  }

  // Settles the next page, unless it has met another transaction. Then the next one is half as large.
  absl::Status SettlePage(const storage::Call& call) {
    const auto size = static_cast<std::ptrdiff_t>(page_size_.Next(listed_));
    const Page page(listed_.begin(), listed_.begin() + size);
    ASSIGN_OR_RETURN(auto results, Settle(call, page));
    if (!results) {
      page_size_.Conflicted(page.size());
      return absl::OkStatus();
    }
    for (size_t i = 0; i < page.size(); ++i) {
      v1::RunBillingResponse& result = results_.emplace_back(*std::move((*results)[i]));
      result.set_agreement_id(page[i].agreement_id);
      result.set_month(FormatMonth(month_.from));
    }
    listed_.erase(listed_.begin(), listed_.begin() + size);
    return absl::OkStatus();
  }

  v1::RunBillingResponse TellNext() {
    v1::RunBillingResponse response = std::move(results_.front());
    results_.pop_front();
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

  // A result for each agreement, or nothing if the page must be smaller.
  absl::StatusOr<std::optional<Results>> Settle(const storage::Call& call, const Page& page) {
    Results results(page.size());
    RETURN_IF_ERROR(FindSettled(call, page, results));
    Part rest;
    for (size_t i = 0; i < page.size(); ++i) {
      if (results[i]) continue;
      rest.Add(i, {.agreement_id = page[i].agreement_id, .days = DaysOf(page[i]), .expected_digest = ""});
    }
    if (rest.places.empty()) return results;
    if (!IsOwnMonth() && !request_.include_arrears()) {
      ASSIGN_OR_RETURN(rest, LookAt(call, page, rest, results));
    }
    ASSIGN_OR_RETURN(const bool settled, Freeze(call, page, rest, results));
    if (!settled) return std::nullopt;
    for (size_t i = 0; i < page.size(); ++i) {
      if (results[i]) continue;
      ASSIGN_OR_RETURN(results[i], Again(call, page[i]));
    }
    return results;
  }

  // Someone else has settled days of the agreement since it was listed, so fewer are left, or none; or what it would be
  // charged has changed. Both are rare, so it is settled alone.
  absl::StatusOr<v1::RunBillingResponse> Again(const storage::Call& call, storage::BillableAgreement agreement) {
    ASSIGN_OR_RETURN(const v1::Agreement now, database_.ReadOnly(call, [&](ReadTransaction& tx) {
      return storage::GetAgreement(tx, agreement.agreement_id);
    }));
    agreement.settled_until = ParseDay(now.settled_until());
    ASSIGN_OR_RETURN(std::optional<Results> results, Settle(call, {std::move(agreement)}));
    return *std::move(results.value().front());
  }

  // The documents of those that are settled already: each one's that covers the last of the days.
  absl::Status FindSettled(const storage::Call& call, const Page& page, Results& results) {
    const Days days = DaysOfMonth();
    std::map<std::string, size_t> settled;
    std::vector<std::string> ids;
    for (size_t i = 0; i < page.size(); ++i) {
      if (page[i].settled_until < days.until) continue;
      settled[page[i].agreement_id] = i;
      ids.push_back(page[i].agreement_id);
    }
    if (ids.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(auto found, database_.ReadOnly(call, [&](ReadTransaction& tx) {
      return storage::FindOrderBasesCovering(tx, ids, days.until - 1);
    }));
    for (v1::OrderBasis& document : found) {
      const size_t place = settled.at(document.agreement_id());
      results[place] = Settled(context_, std::move(document), /*existed=*/true);
    }
    for (const auto& [agreement_id, place] : settled) {
      if (!results[place]) return absl::InternalError("no document covers a settled day of " + agreement_id);
    }
    return absl::OkStatus();
  }

  // Freezes what is asked for. Leaves out who must be settled again. Returns false if the page must be smaller: it has
  // met another transaction.
  absl::StatusOr<bool> Freeze(const storage::Call& call, const Page& page, const Part& part, Results& results) {
    if (part.places.empty()) return true;
    const storage::Call named = Named<v1::RunBillingRequest>(call);
    int attempts = 0;
    const absl::Time begin = absl::Now();
    // Nothing if it has met another one.
    ASSIGN_OR_RETURN(
        std::optional<Frozen> frozen,
        database_.ReadWriteIdempotent(named, [&](Transaction& tx) -> absl::StatusOr<std::optional<Frozen>> {
          if (attempts++ > 0 && part.places.size() > 1) return std::nullopt;
          return FreezeOrderBases(tx, context_, part.settlements);
        }));
    if (!frozen) return false;
    int64_t companies = 0;
    for (const size_t place : part.places) companies += page[place].companies;
    page_size_.Settled(part.places.size(), companies, absl::Now() - begin);
    for (size_t i = 0; i < part.places.size(); ++i) {
      const size_t place = part.places[i];
      absl::StatusOr<v1::CreateOrderBasisResponse>& result = (*frozen)[i];
      const v1::ErrorReason reason = ReasonOf(result.status());
      if (reason == v1::ERROR_REASON_PREVIEW_CHANGED ||
          (reason == v1::ERROR_REASON_INTERVAL_NOT_NEXT && IsNext(page[place]))) {
        continue;
      }
      if (IsRefusal(result.status())) {
        results[place] = Refused(result.status());
        continue;
      }
      RETURN_IF_ERROR(result.status());
      if (call.validate_only && !result->existed()) result->mutable_order_basis()->clear_order_basis_id();
      results[place] = Settled(context_, std::move(*result->mutable_order_basis()), result->existed());
    }
    return true;
  }

  // Months that would be in arrears. They are frozen only if there is nothing to charge, and the days come next: these
  // are returned. The others have their results, but for who must be settled again.
  absl::StatusOr<Part> LookAt(const storage::Call& call, const Page& page, const Part& part, Results& results) {
    ASSIGN_OR_RETURN(
        auto looks, database_.ReadSnapshot(call, [&](ReadTransaction& tx) { return WhatItWouldCost(tx, page, part); }));
    Part empty;
    for (size_t i = 0; i < part.places.size(); ++i) {
      const size_t place = part.places[i];
      if (!looks[i]) continue;
      v1::RunBillingResponse& look = *looks[i];
      if (look.outcome() == v1::BILLING_OUTCOME_NOTHING_TO_CHARGE) {
        const std::string digest = look.order_basis().digest();
        look.clear_order_basis();
        if (IsNext(page[place])) {
          empty.Add(place, part.settlements[i]);
          empty.settlements.back().expected_digest = digest;
          continue;
        }
      }
      results[place] = std::move(look);
    }
    return empty;
  }

  // A result without an order_basis_id for each of the part's agreements. Nothing for one that comes next, and whose
  // days have been settled since.
  absl::StatusOr<Results> WhatItWouldCost(ReadTransaction& tx, const Page& page, const Part& part) const {
    v1::BatchGetAgreementsRequest request;
    for (const Settlement& settlement : part.settlements) request.add_agreement_ids(settlement.agreement_id);
    ASSIGN_OR_RETURN(auto rows, storage::BatchGetAgreements(tx, request));
    std::map<std::string, v1::Agreement> agreements;
    for (v1::Agreement& row : rows) agreements[row.agreement_id()] = std::move(row);
    std::vector<size_t> numbers;  // In the part.
    std::vector<Charged> charged;
    for (size_t i = 0; i < part.places.size(); ++i) {
      const auto& [agreement_id, days, expected_digest] = part.settlements[i];
      v1::Agreement& agreement = agreements[agreement_id];
      if (IsNext(page[part.places[i]]) && agreement.settled_until() != FormatDay(days.from)) continue;
      numbers.push_back(i);
      charged.push_back({.agreement = std::move(agreement), .days = days});
    }
    Results results(part.places.size());
    if (charged.empty()) return results;
    ASSIGN_OR_RETURN(const auto charges, UnclaimedCharges(tx, charged));
    ASSIGN_OR_RETURN(const auto products, PricesOf(tx, charges));
    Documents documents = DocumentsOf(charged, charges, products);
    for (size_t i = 0; i < documents.size(); ++i) {
      v1::RunBillingResponse& response = results[numbers[i]].emplace();
      response.set_outcome(charges[i].units().empty() ? v1::BILLING_OUTCOME_NOTHING_TO_CHARGE
                                                      : v1::BILLING_OUTCOME_IN_ARREARS);
      if (IsRefusal(documents[i].status())) {
        *response.mutable_error() = ToRpcStatus(documents[i].status());
        continue;
      }
      RETURN_IF_ERROR(documents[i].status());
      // Days that do not come next cannot be frozen as they are.
      if (!IsNext(page[part.places[numbers[i]]])) documents[i]->clear_digest();
      PresentWithoutLines(context_, *documents[i]);
      *response.mutable_order_basis() = *std::move(documents[i]);
    }
    return results;
  }

  storage::Database& database_;
  const Context& context_;
  const v1::RunBillingRequest request_;
  bool begun_ = false;
  bool ended_ = false;
  absl::CivilDay until_;
  Days month_ = {};
  std::deque<storage::BillableAgreement> listed_;  // Of the month, to be settled next.
  std::string after_id_;                           // The last one that was listed.
  bool all_listed_ = false;
  BillingPageSize page_size_;
  std::deque<v1::RunBillingResponse> results_;  // Not told yet.
  v1::BillingProgress progress_;
};

}  // namespace

Stream<v1::RunBillingResponse> RunBillingInPages(storage::Database& database, const Context& context,
                                                 const v1::RunBillingRequest& request, size_t max_page) {
  return [run = std::make_shared<BillingRun>(database, context, request, max_page)](const storage::Call& call) {
    return run->Next(call);
  };
}

Stream<v1::RunBillingResponse> RunBilling(storage::Database& database, const Context& context,
                                          const v1::RunBillingRequest& request) {
  return RunBillingInPages(database, context, request, storage::kMaxSettled);
}

}  // namespace agreements
