// The tables `order_bases` and `order_basis_lines`: documents that never change (domain.md O4).
#ifndef AGREEMENTS_STORAGE_TABLES_ORDER_BASES_H_
#define AGREEMENTS_STORAGE_TABLES_ORDER_BASES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/order_basis.pb.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// Stores documents with their lines. Does not tell the trail: each of them has an entry of its own. REQUIRES:
// LockForSettlement has locked the agreements, which are settled until the first days of the documents.
absl::Status InsertOrderBases(Transaction& tx, const std::vector<v1::OrderBasis>& order_bases);

// Without its lines. NOT_FOUND ORDER_BASIS_NOT_FOUND.
absl::StatusOr<v1::OrderBasis> GetOrderBasis(ReadTransaction& tx, absl::string_view order_basis_id);

// At most `limit` lines of a document, in ascending order, with numbers above `after_line_number`.
absl::StatusOr<std::vector<v1::OrderBasisLine>> ListOrderBasisLines(ReadTransaction& tx,
                                                                    absl::string_view order_basis_id,
                                                                    int after_line_number, int limit);

struct LineOfOrderBasis {
  std::string order_basis_id;
  v1::OrderBasisLine line;
};

inline constexpr size_t kOrderBasesAtOnce = 20;

// The lines of these documents with numbers up to `last_line_number`, from the newest document down. REQUIRES: there
// are 1 to kOrderBasesAtOnce ids.
absl::StatusOr<std::vector<LineOfOrderBasis>> ListFirstLines(ReadTransaction& tx,
                                                             const std::vector<std::string>& order_basis_ids,
                                                             int last_line_number);

// The agreement's document that begins on a day, and the one that covers a day, without lines. The until_day of a
// document is the from_day of the next one.
absl::StatusOr<std::optional<v1::OrderBasis>> FindOrderBasisFrom(ReadTransaction& tx, absl::string_view agreement_id,
                                                                 absl::CivilDay from_day);
absl::StatusOr<std::optional<v1::OrderBasis>> FindOrderBasisCovering(ReadTransaction& tx,
                                                                     absl::string_view agreement_id,
                                                                     absl::CivilDay day);

// The same for several agreements, in any order. REQUIRES: there are 1 to kIdsAtOnce ids.
absl::StatusOr<std::vector<v1::OrderBasis>> FindOrderBasesCovering(ReadTransaction& tx,
                                                                   const std::vector<std::string>& agreement_ids,
                                                                   absl::CivilDay day);

// At most `limit` documents that pass the request's filters, without lines, from the newest down, with ids below
// `before_id`.
absl::StatusOr<std::vector<v1::OrderBasis>> ListOrderBases(ReadTransaction& tx,
                                                           const v1::ListOrderBasesRequest& request,
                                                           absl::string_view before_id, int limit);

// The position of a document in the order of creation times.
struct OrderBasisTime {
  absl::Time create_time;
  std::string order_basis_id;
};

// The same from the latest creation time down, with positions below `before`. REQUIRES: the request has no agreement_id
// and no customer_number.
absl::StatusOr<std::vector<v1::OrderBasis>> ListOrderBasesByTime(ReadTransaction& tx,
                                                                 const v1::ListOrderBasesRequest& request,
                                                                 const OrderBasisTime& before, int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_ORDER_BASES_H_
