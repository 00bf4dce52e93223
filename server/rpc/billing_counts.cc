#include "server/rpc/billing_counts.h"

#include "proto/errors.h"
#include "proto/money.h"

namespace agreements {
namespace {

void CountCreated(const v1::OrderBasis& order_basis, Metrics& metrics) {
  if (order_basis.line_count() > 0) metrics.CreatedOrderBasis(ParseAmount(order_basis.total_amount()));
}

}  // namespace

void CountBilled(const v1::CreateOrderBasisResponse& response, Metrics& metrics) {
  if (!response.existed()) CountCreated(response.order_basis(), metrics);
}

void CountBilled(const v1::RunBillingResponse& response, Metrics& metrics) {
  if (response.agreement_id().empty()) return;  // The last message.
  metrics.Billed(response.outcome(), ReasonOf(response.error()));
  if (response.outcome() == v1::BILLING_OUTCOME_CREATED) CountCreated(response.order_basis(), metrics);
}

}  // namespace agreements
