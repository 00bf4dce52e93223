// The trail of changes.
#include <cstddef>

#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "storage/connection/changes.h"

namespace agreements {
namespace {

// Bytes of a page. An entry has little more than storage::kMaxEntryBytes, so an answer stays below the 4 MiB that
// clients accept.
constexpr size_t kMaxPageBytes = 3 << 20;

// How many of the first entries make an answer that is not too large. At least one.
size_t Fitting(const std::vector<v1::Change>& changes) {
  size_t size = 0;
  size_t count = 0;
  for (const v1::Change& change : changes) {
    size += change.ByteSizeLong();
    if (count > 0 && size > kMaxPageBytes) break;
    ++count;
  }
  return count;
}

}  // namespace

absl::StatusOr<v1::ListChangesResponse> ListChanges(storage::ReadTransaction& tx,
                                                    const v1::ListChangesRequest& request) {
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  ASSIGN_OR_RETURN(auto changes, storage::ListChanges(tx, request, before_id, PageSize(request) + 1));
  const size_t found = changes.size();
  changes.resize(std::min(Fitting(changes), static_cast<size_t>(PageSize(request))));
  v1::ListChangesResponse response;
  if (changes.size() < found) response.set_next_page_token(MakePageToken(request, changes.back().change_id()));
  for (v1::Change& change : changes) *response.add_changes() = std::move(change);
  return response;
}

}  // namespace agreements
