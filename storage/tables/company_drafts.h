// The table `company_drafts`.
#ifndef AGREEMENTS_STORAGE_TABLES_COMPANY_DRAFTS_H_
#define AGREEMENTS_STORAGE_TABLES_COMPANY_DRAFTS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agreements/v1/company.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// The columns that ReadDraft reads, from `first` on, for statements that join drafts under this alias.
std::string DraftColumns(absl::string_view alias);
v1::CompanyDraft ReadDraft(const Row& row, int first);

// REQUIRES: the agreement is locked and counts the draft.
absl::Status InsertDraft(Transaction& tx, const v1::CompanyDraft& draft);

// NOT_FOUND DRAFT_NOT_FOUND.
absl::StatusOr<v1::CompanyDraft> GetDraft(PointReader& tx, absl::string_view draft_id);

// At most `limit` drafts that pass the request's filters, from the newest down, with ids below `before_id`.
absl::StatusOr<std::vector<v1::CompanyDraft>> ListDrafts(ReadTransaction& tx,
                                                         const v1::ListCompanyDraftsRequest& request,
                                                         absl::string_view before_id, int limit);

// Writes everything but the ids and create_time over the revision that `draft` was read with, and raises it there too.
// Starts over if another transaction was faster. REQUIRES: if the draft is no longer open, the agreement is locked and
// does not count it.
absl::Status UpdateDraft(Transaction& tx, v1::CompanyDraft& draft);

// Discards every open draft of an agreement. REQUIRES: the agreement is locked.
absl::Status DiscardDrafts(Transaction& tx, absl::string_view agreement_id,
                           const google::protobuf::Timestamp& update_time);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_COMPANY_DRAFTS_H_
