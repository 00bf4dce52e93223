// Freezes order bases (domain.md O1 to O5), a page of agreements at a time. CreateOrderBasis is a page of one.
#ifndef AGREEMENTS_SERVER_OPERATIONS_FREEZE_ORDER_BASES_H_
#define AGREEMENTS_SERVER_OPERATIONS_FREEZE_ORDER_BASES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "agreements/v1/agreement_service.pb.h"
#include "proto/days.h"
#include "server/operations/context.h"
#include "storage/connection/database.h"

namespace agreements {

// What is to be frozen of an agreement.
struct Settlement {
  std::string agreement_id;
  Days days = {};
  std::string expected_digest;  // Empty: any.
};

using Frozen = std::vector<absl::StatusOr<v1::CreateOrderBasisResponse>>;

// Freezes the days of each agreement, or finds the document that has frozen them, and presents it. Results are in the
// order of the page. Each frozen document is an entry of its own in the trail.
//
// One that is refused leaves the page, and changes nothing: AGREEMENT_NOT_FOUND, PERIOD_NOT_OVER, INTERVAL_NOT_NEXT,
// PRICE_MISSING, CUSTOMER_NUMBER_MISSING, AMOUNT_TOO_LARGE; PREVIEW_CHANGED if its expected_digest is not the
// document's.
//
// REQUIRES: there are 1 to storage::kMaxSettled different agreements, with one until_day, and all days are in one
// month.
absl::StatusOr<Frozen> FreezeOrderBases(storage::Transaction& tx, const Context& context,
                                        const std::vector<Settlement>& page);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_FREEZE_ORDER_BASES_H_
