// Requests for the trail.
#include "proto/id_prefixes.h"
#include "server/requests/fields.h"
#include "server/requests/validate.h"

namespace agreements {

absl::Status Validate(v1::ListChangesRequest& request) {
  return Fields()
      .Common(request)
      .OptionalId("agreement_id", request.agreement_id(), kAgreementPrefix)
      .OptionalId("company_id", request.company_id(), kCompanyPrefix)
      .OptionalId("draft_id", request.draft_id(), kDraftPrefix)
      .OptionalId("access_id", request.access_id(), kAccessPrefix)
      .OptionalUserId("user_id", request.user_id())
      .OptionalProductId("product_id", request.product_id())
      .OptionalId("order_basis_id", request.order_basis_id(), kOrderBasisPrefix)
      .OptionalIdentity("caller", request.caller())
      .OptionalIdentity("actor", request.actor())
      .OptionalMethod("method", request.method())
      .OptionalCreateTimes(request)
      .status();
}

}  // namespace agreements
