#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/operations.h"
#include "server/rules/rules.h"
#include "storage/tables/agreements.h"

namespace agreements {

using storage::Transaction;

absl::StatusOr<v1::UpdateAgreementResponse> UpdateAgreement(Environment& env, const storage::Call& call,
                                                            const v1::UpdateAgreementRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::UpdateAgreementResponse> {
    ASSIGN_OR_RETURN(v1::Agreement agreement, storage::GetAgreement(tx, call.account_id, request.agreement_id()));
    // A4: the last days of a deleted agreement may still need a customer number.
    if (agreement.has_delete_time() && request.has_display_name()) return AgreementDeleted(request.agreement_id());
    RETURN_IF_ERROR(rules::CheckRevision(request, agreement.agreement_id(), agreement.revision()));
    if (request.has_display_name()) agreement.set_display_name(request.display_name());
    if (request.has_customer_number()) agreement.set_customer_number(request.customer_number());
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    *agreement.mutable_update_time() = ToTimestamp(now.time);
    RETURN_IF_ERROR(storage::UpdateAgreement(tx, call.account_id, agreement));
    v1::UpdateAgreementResponse response;
    ASSIGN_OR_RETURN(*response.mutable_agreement(), storage::GetAgreement(tx, call.account_id, request.agreement_id()));
    return response;
  });
}

}  // namespace agreements
