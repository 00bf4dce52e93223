// What answers of billing add to the metrics.
#ifndef AGREEMENTS_SERVER_RPC_BILLING_COUNTS_H_
#define AGREEMENTS_SERVER_RPC_BILLING_COUNTS_H_

#include "agreements/v1/agreement_service.pb.h"
#include "server/ops/metrics.h"

namespace agreements {

// For what was committed now, not for what was validated only or had been done before.
void CountBilled(const v1::CreateOrderBasisResponse& response, Metrics& metrics);
void CountBilled(const v1::RunBillingResponse& response, Metrics& metrics);

// Other answers add nothing.
template <typename Response>
void CountBilled(const Response& /*response*/, Metrics& /*metrics*/) {}

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_BILLING_COUNTS_H_
