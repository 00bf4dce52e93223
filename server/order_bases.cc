// Looking at order bases.
#include "storage/order_bases.h"

#include "server/operations.h"
#include "server/pages.h"
#include "storage/status_macros.h"

namespace agreements {

using storage::ReadTransaction;

absl::StatusOr<v1::GetOrderBasisResponse> GetOrderBasis(Environment& env, const storage::Call& call,
                                                        const v1::GetOrderBasisRequest& request) {
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::GetOrderBasisResponse> {
    v1::GetOrderBasisResponse response;
    ASSIGN_OR_RETURN(*response.mutable_order_basis(),
                     storage::GetOrderBasis(tx, call.account_id, request.order_basis_id()));
    return response;
  });
}

absl::StatusOr<v1::ListOrderBasesResponse> ListOrderBases(Environment& env, const storage::Call& call,
                                                          const v1::ListOrderBasesRequest& request) {
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::ListOrderBasesResponse> {
    ASSIGN_OR_RETURN(auto order_bases, storage::ListOrderBases(tx, request, before_id, PageSize(request) + 1));
    v1::ListOrderBasesResponse response;
    response.set_next_page_token(FillPage(request, std::move(order_bases), *response.mutable_order_bases(),
                                          [](const v1::OrderBasis& document) { return document.order_basis_id(); }));
    return response;
  });
}

}  // namespace agreements
