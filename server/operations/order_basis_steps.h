// The steps by which previews, documents, billing runs and verification compute an order basis, all in the same way
// (domain.md O1). Each step works within the caller's transaction.
#ifndef AGREEMENTS_SERVER_OPERATIONS_ORDER_BASIS_STEPS_H_
#define AGREEMENTS_SERVER_OPERATIONS_ORDER_BASIS_STEPS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/agreement.pb.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/order_basis.pb.h"
#include "proto/days.h"
#include "server/operations/context.h"
#include "server/rules/pricing.h"
#include "storage/billing/transaction_claims.h"
#include "storage/connection/database.h"
#include "storage/tables/prices.h"

namespace agreements {

// An agreement, and the days of an order basis of it.
struct Charged {
  v1::Agreement agreement;
  Days days = {};
};

// What each of several agreements is charged for its days: its users' days, and the transactions that its order basis
// has claimed. REQUIRES: there are 1 to storage::kMaxSettled, with one until_day, and all days are in one month.
absl::StatusOr<std::vector<rules::Charges>> ClaimedCharges(storage::ReadTransaction& tx,
                                                           const std::vector<Charged>& charged,
                                                           const std::vector<storage::TransactionSum>& claimed,
                                                           const std::vector<std::string>& order_basis_ids);

// The same with the transactions that would be claimed. If the days come next, these are all unclaimed ones. If
// unsettled days come before them, these are only the ones of the days themselves.
absl::StatusOr<std::vector<rules::Charges>> UnclaimedCharges(storage::ReadTransaction& tx,
                                                             const std::vector<Charged>& charged);

// The documents for the charges, without id and create_time, or PRICE_MISSING, AMOUNT_TOO_LARGE.
using Documents = std::vector<absl::StatusOr<v1::OrderBasis>>;
Documents DocumentsOf(const std::vector<Charged>& charged, const std::vector<rules::Charges>& charges,
                      const storage::PricedProducts& products);

// Every product that is charged, with its prices.
absl::StatusOr<storage::PricedProducts> PricesOf(storage::ReadTransaction& tx,
                                                 const std::vector<rules::Charges>& charges);

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

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_ORDER_BASIS_STEPS_H_
