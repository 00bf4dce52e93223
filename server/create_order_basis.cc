// Previewing and freezing what an agreement is charged: domain.md O1 to O5.
#include "proto/errors.h"
#include "server/operations.h"
#include "server/order_basis_steps.h"
#include "server/rules.h"
#include "storage/agreements.h"
#include "storage/status_macros.h"

namespace agreements {

using storage::ReadTransaction;
using storage::Transaction;

absl::StatusOr<v1::PreviewOrderBasisResponse> PreviewOrderBasis(Environment& env, const storage::Call& call,
                                                                const v1::PreviewOrderBasisRequest& request) {
  return env.database.ReadSnapshot(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::PreviewOrderBasisResponse> {
    ASSIGN_OR_RETURN(const v1::Agreement agreement, storage::GetAgreement(tx, call.account_id, request.agreement_id()));
    const absl::CivilDay next = rules::ParseDay(agreement.settled_until());
    const absl::CivilDay from = request.from_day().empty() ? next : rules::ParseDay(request.from_day());
    // O2: the default is the whole rest of the month.
    const rules::Days days = {
        .from = from,
        .until = request.until_day().empty() ? rules::MonthOf(from).until : rules::ParseDay(request.until_day())};
    RETURN_IF_ERROR(rules::CheckPeriod(days));
    if (days.from != next) return rules::IntervalNotNext(agreement);
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    if (days.until > now.day) return PeriodNotOver(days.until, now.day);
    ASSIGN_OR_RETURN(const rules::Charges charges, UnclaimedCharges(tx, call.account_id, agreement, days));
    v1::PreviewOrderBasisResponse response;
    ASSIGN_OR_RETURN(*response.mutable_order_basis(), PricedOrderBasis(tx, call.account_id, agreement, days, charges));
    Present(env, *response.mutable_order_basis());
    return response;
  });
}

absl::StatusOr<v1::CreateOrderBasisResponse> CreateOrderBasis(Environment& env, const storage::Call& call,
                                                              const v1::CreateOrderBasisRequest& request) {
  const rules::Days days = {.from = rules::ParseDay(request.from_day()), .until = rules::ParseDay(request.until_day())};
  RETURN_IF_ERROR(rules::CheckPeriod(days));
  ASSIGN_OR_RETURN(v1::CreateOrderBasisResponse response,
                   env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::CreateOrderBasisResponse> {
                     return FreezeOrderBasis(tx, env, call.account_id, request.agreement_id(), days,
                                             request.expected_digest());
                   }));
  // Once more, since a response that an earlier version has stored for the request_id has all lines and no currency.
  Present(env, *response.mutable_order_basis());
  return response;
}

}  // namespace agreements
