// Previewing and freezing what an agreement is charged: domain.md O1 to O5.
#include "proto/days.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/order_basis_steps.h"
#include "server/rules/rules.h"

namespace agreements {

using storage::ReadTransaction;
using storage::Transaction;

absl::StatusOr<v1::PreviewOrderBasisResponse> PreviewOrderBasis(Environment& env, const storage::Call& call,
                                                                const v1::PreviewOrderBasisRequest& request) {
  return env.database.ReadSnapshot(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::PreviewOrderBasisResponse> {
    ASSIGN_OR_RETURN(Preview preview, ComputePreview(tx, env, call.account_id, request));
    v1::PreviewOrderBasisResponse response;
    if (preview.estimated_from_day) response.set_estimated_from_day(FormatDay(*preview.estimated_from_day));
    Present(env, preview.order_basis);
    *response.mutable_order_basis() = std::move(preview.order_basis);
    return response;
  });
}

absl::StatusOr<v1::CreateOrderBasisResponse> CreateOrderBasis(Environment& env, const storage::Call& call,
                                                              const v1::CreateOrderBasisRequest& request) {
  const Days days = {.from = ParseDay(request.from_day()), .until = ParseDay(request.until_day())};
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
