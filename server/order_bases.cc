// Looking at order bases.
#include "storage/order_bases.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/operations.h"
#include "server/order_basis_steps.h"
#include "server/pages.h"
#include "storage/status_macros.h"

namespace agreements {

using storage::ReadTransaction;

absl::StatusOr<v1::GetOrderBasisResponse> GetOrderBasis(Environment& env, const storage::Call& call,
                                                        const v1::GetOrderBasisRequest& request) {
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::GetOrderBasisResponse> {
    v1::GetOrderBasisResponse response;
    v1::OrderBasis& order_basis = *response.mutable_order_basis();
    ASSIGN_OR_RETURN(order_basis, storage::GetOrderBasis(tx, call.account_id, request.order_basis_id()));
    RETURN_IF_ERROR(AddFirstLines(tx, call.account_id, order_basis));
    Present(env, order_basis);
    return response;
  });
}

absl::StatusOr<v1::ListOrderBasisLinesResponse> ListOrderBasisLines(Environment& env, const storage::Call& call,
                                                                    const v1::ListOrderBasisLinesRequest& request) {
  ASSIGN_OR_RETURN(const std::string key, PageKey(request, "0"));
  int after_line_number = 0;
  if (!absl::SimpleAtoi(key, &after_line_number)) return absl::InternalError("a sealed page token has no line number");
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::ListOrderBasisLinesResponse> {
    RETURN_IF_ERROR(storage::GetOrderBasis(tx, call.account_id, request.order_basis_id()).status());
    ASSIGN_OR_RETURN(auto lines, storage::ListOrderBasisLines(tx, call.account_id, request.order_basis_id(),
                                                              after_line_number, PageSize(request) + 1));
    v1::ListOrderBasisLinesResponse response;
    response.set_next_page_token(
        FillPage(request, std::move(lines), *response.mutable_lines(),
                 [](const v1::OrderBasisLine& line) { return absl::StrCat(line.line_number()); }));
    return response;
  });
}

absl::StatusOr<v1::ListOrderBasesResponse> ListOrderBases(Environment& env, const storage::Call& call,
                                                          const v1::ListOrderBasesRequest& request) {
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  return env.database.ReadOnly(call, [&](ReadTransaction& tx) -> absl::StatusOr<v1::ListOrderBasesResponse> {
    ASSIGN_OR_RETURN(auto order_bases, storage::ListOrderBases(tx, request, before_id, PageSize(request) + 1));
    for (v1::OrderBasis& order_basis : order_bases) Present(env, order_basis);
    v1::ListOrderBasesResponse response;
    response.set_next_page_token(FillPage(request, std::move(order_bases), *response.mutable_order_bases(),
                                          [](const v1::OrderBasis& document) { return document.order_basis_id(); }));
    return response;
  });
}

}  // namespace agreements
