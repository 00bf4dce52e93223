// The table `changes`: the trail of mutations, and the responses to their requests.
#ifndef AGREEMENTS_STORAGE_CONNECTION_CHANGES_H_
#define AGREEMENTS_STORAGE_CONNECTION_CHANGES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/change.pb.h"
#include "storage/connection/database.h"
#include "storage/connection/requests.h"

namespace agreements::storage {

// What a row is: the column `kind`.
enum ChangeRow : int {
  kEntryRow = 0,
  kResponseRow = 1,
  kMethodRow = 2,
  kCallerRow = 3,
  kActorRow = 4,
};
constexpr int RowOf(v1::ResourceKind kind) { return 10 + static_cast<int>(kind); }

// Bytes of the resources that an entry shows, so that a page of entries fits into an answer.
inline constexpr size_t kMaxEntryBytes = 16 << 10;

// Writes the entry of the call, with what the transaction's trail says, and the response to the request that has
// `claim_id`. The statement reads the request. Returns false if that is gone, because the transaction has ended.
absl::StatusOr<bool> InsertChange(Transaction& tx, const Call& call, absl::string_view claim_id,
                                  absl::string_view response);

// Writes entries without responses. Whether the transaction has ended meanwhile, InsertChange() tells afterwards.
absl::Status InsertChanges(Transaction& tx, const Call& call, const std::vector<RecordedEntry>& entries);

// At most `limit` entries that pass the request's filters, from the newest down, with ids below `before_id`.
absl::StatusOr<std::vector<v1::Change>> ListChanges(ReadTransaction& tx, const v1::ListChangesRequest& request,
                                                    absl::string_view before_id, int limit);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_CHANGES_H_
