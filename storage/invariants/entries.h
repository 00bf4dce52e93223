// The entries of the trail since some time, and what is stored of what they count: for verifying.
#ifndef AGREEMENTS_STORAGE_INVARIANTS_ENTRIES_H_
#define AGREEMENTS_STORAGE_INVARIANTS_ENTRIES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agreements/v1/change.pb.h"
#include "storage/connection/database.h"
#include "storage/invariants/invariants.h"

namespace agreements::storage {

struct Entry {
  v1::Change change;
  int64_t found_by = 0;  // The number of rows that it is found by: method, caller, actor and resources.
};

// The number of entries since then.
absl::StatusOr<int64_t> CountEntries(ReadTransaction& tx, absl::Time since);

// At most `limit` entries with ids above `after_id`, in ascending order.
absl::StatusOr<std::vector<Entry>> ListEntries(ReadTransaction& tx, absl::string_view after_id, int limit);

// Every resource that an entry is found by, also those that it does not show.
using ResourceName = std::pair<v1::ResourceKind, std::string>;
absl::StatusOr<std::vector<ResourceName>> ListResourcesOf(ReadTransaction& tx, absl::string_view change_id);

// The number of transactions that an order basis has claimed.
absl::StatusOr<int64_t> CountClaimed(ReadTransaction& tx, absl::string_view order_basis_id);

// The numbers of a company's transactions.
struct TransactionCounts {
  int64_t all = 0;
  int64_t cancelled = 0;
  int64_t recorded_since_earlier = 0;
  int64_t recorded_since_later = 0;
};

absl::StatusOr<TransactionCounts> CountTransactions(ReadTransaction& tx, absl::string_view company_id,
                                                    absl::Time earlier, absl::Time later);

// Finds recent responses to requests that are missing. A request is kept as long as its response, or longer.
absl::StatusOr<Breaches> FindResponsesAlone(ReadTransaction& tx, absl::Time since, int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_INVARIANTS_ENTRIES_H_
