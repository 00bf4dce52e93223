// The steps by which previews, documents, billing runs and verification compute an order basis, all in the same way
// (domain.md O1). Each step works within the caller's transaction.
#ifndef AGREEMENTS_SERVER_OPERATIONS_ORDER_BASIS_STEPS_H_
#define AGREEMENTS_SERVER_OPERATIONS_ORDER_BASIS_STEPS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/agreement.pb.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/order_basis.pb.h"
#include "proto/days.h"
#include "server/operations/context.h"
#include "server/rules/pricing.h"
#include "storage/connection/database.h"

namespace agreements {

// An agreement's charges for `days`: its users' days, and the transactions that the order basis has claimed. REQUIRES:
// the days are in one month.
absl::StatusOr<rules::Charges> ClaimedCharges(storage::ReadTransaction& tx, const v1::Agreement& agreement, Days days,
                                              absl::string_view order_basis_id);

// The same with the transactions that would be claimed. If the days come next, these are all unclaimed ones. If
// unsettled days come before them, these are only the ones of the days themselves.
absl::StatusOr<rules::Charges> UnclaimedCharges(storage::ReadTransaction& tx, const v1::Agreement& agreement,
                                                Days days);

// The document for the charges, without id and create_time. PRICE_MISSING, AMOUNT_TOO_LARGE.
absl::StatusOr<v1::OrderBasis> PricedOrderBasis(storage::ReadTransaction& tx, const v1::Agreement& agreement, Days days,
                                                const rules::Charges& charges);

// An order basis that is not frozen.
struct Preview {
  v1::OrderBasis order_basis;                        // With all its lines; with a digest only if it could be frozen.
  std::optional<absl::CivilDay> estimated_from_day;  // Its first day that is not over.
};

// O1, O2: what CreateOrderBasis would freeze. For days that are not over: what it would freeze if nothing changed any
// more. AGREEMENT_NOT_FOUND, PERIOD_SPANS_MONTHS, INTERVAL_NOT_NEXT, PERIOD_NOT_OVER, PRICE_MISSING, AMOUNT_TOO_LARGE.
// REQUIRES: all statements of `tx` see the same.
absl::StatusOr<Preview> ComputePreview(storage::ReadTransaction& tx, const Context& context,
                                       const v1::PreviewOrderBasisRequest& request);

// SHA-256 of what a document freezes. REQUIRES: it has all its lines.
std::string DigestOf(const v1::OrderBasis& order_basis);

inline constexpr int kMaxLines = 1000;  // That an order basis has in an answer.

// Reads the first kMaxLines lines of a document, or all of them.
absl::Status AddFirstLines(storage::ReadTransaction& tx, v1::OrderBasis& order_basis);
absl::Status AddAllLines(storage::ReadTransaction& tx, v1::OrderBasis& order_basis);

// Prepares an order basis for an answer: keeps its first kMaxLines lines, and sets the currency.
void Present(const Context& context, v1::OrderBasis& order_basis);

// O1 to O5: freezes the agreement's `days`, or finds the document that has frozen them, and presents it.
// PERIOD_NOT_OVER, INTERVAL_NOT_NEXT, PRICE_MISSING, CUSTOMER_NUMBER_MISSING, AMOUNT_TOO_LARGE; PREVIEW_CHANGED if
// `expected_digest` is neither empty nor the document's. REQUIRES: the days are in one month.
absl::StatusOr<v1::CreateOrderBasisResponse> FreezeOrderBasis(storage::Transaction& tx, const Context& context,
                                                              const std::string& agreement_id, Days days,
                                                              const std::string& expected_digest);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_ORDER_BASIS_STEPS_H_
