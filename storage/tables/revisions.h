// The revisions that resources have, of all of an account one after the other: for verifying.
#ifndef AGREEMENTS_STORAGE_TABLES_REVISIONS_H_
#define AGREEMENTS_STORAGE_TABLES_REVISIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/connection/database.h"

namespace agreements::storage {

struct Revision {
  std::string id;
  int64_t revision;
  // When a draft was discarded. Deleting its agreement discards it at the time of that deletion.
  std::optional<absl::Time> discard_time;
  std::string agreement_id;  // Of a draft.
};

// At most `limit` rows with ids above `after_id`, in ascending order.
using ListRevisions = absl::StatusOr<std::vector<Revision>> (*)(ReadTransaction&, absl::string_view after_id,
                                                                int limit);
absl::StatusOr<std::vector<Revision>> ListAgreementRevisions(ReadTransaction& tx, absl::string_view after_id,
                                                             int limit);
absl::StatusOr<std::vector<Revision>> ListCompanyRevisions(ReadTransaction& tx, absl::string_view after_id, int limit);
absl::StatusOr<std::vector<Revision>> ListDraftRevisions(ReadTransaction& tx, absl::string_view after_id, int limit);
absl::StatusOr<std::vector<Revision>> ListProductRevisions(ReadTransaction& tx, absl::string_view after_id, int limit);

// Whether there is one with this id.
absl::StatusOr<bool> HasAccess(ReadTransaction& tx, absl::string_view access_id);
absl::StatusOr<bool> HasOrderBasis(ReadTransaction& tx, absl::string_view order_basis_id);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_REVISIONS_H_
