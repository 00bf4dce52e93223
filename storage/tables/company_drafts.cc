#include "storage/tables/company_drafts.h"

#include "proto/errors.h"
#include "proto/status_macros.h"
#include "storage/tables/columns.h"
#include "storage/tables/lists.h"

namespace agreements::storage {
namespace {

const Statement kInsertDraft = {"insert_draft", R"sql(
  INSERT INTO company_drafts (account_id, draft_id, agreement_id, display_name, organization_number, state, company_id,
                              revision, create_time, update_time)
  VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)
)sql"};

// What ReadDraft reads.
constexpr char kColumns[] = R"sql(draft_id, agreement_id, display_name, organization_number, state, company_id,
         revision, create_time, update_time)sql";

const PointSelect kGetDraft = {"get_draft", "company_drafts", {"account_id", "draft_id"}, kColumns};

// An empty agreement lets everything through.
const Statement kListDrafts = {
    "list_drafts", {{"{columns}", kColumns}, {"{OPEN}", v1::COMPANY_DRAFT_STATE_OPEN}}, R"sql(
  SELECT {columns}
  FROM company_drafts
  WHERE account_id = ?
    AND draft_id < ?
    AND (? = '' OR agreement_id = ?)
    AND (? = 1 OR state = {OPEN})
  ORDER BY draft_id DESC
  LIMIT ?
)sql"};

const Statement kUpdateDraft = {"update_draft", R"sql(
  UPDATE company_drafts
  SET display_name = ?,
      organization_number = ?,
      state = ?,
      company_id = ?,
      update_time = ?,
      revision = revision + 1
  WHERE account_id = ? AND draft_id = ?
    AND revision = ?
)sql"};

const Statement kDiscardDrafts = {
    "discard_drafts",
    {{"{OPEN}", v1::COMPANY_DRAFT_STATE_OPEN}, {"{DISCARDED}", v1::COMPANY_DRAFT_STATE_DISCARDED}},
    R"sql(
  UPDATE company_drafts
  SET state = {DISCARDED},
      update_time = ?,
      revision = revision + 1
  WHERE account_id = ? AND agreement_id = ?
    AND state = {OPEN}
)sql"};

}  // namespace

std::string DraftColumns(absl::string_view alias) { return ColumnsOf(alias, kColumns); }

v1::CompanyDraft ReadDraft(const Row& row, int first) {
  v1::CompanyDraft draft;
  draft.set_draft_id(row.GetString(first));
  draft.set_agreement_id(row.GetString(first + 1));
  draft.set_display_name(row.GetString(first + 2));
  draft.set_organization_number(row.GetString(first + 3));
  draft.set_state(static_cast<v1::CompanyDraftState>(row.GetInt64(first + 4)));
  draft.set_company_id(row.GetString(first + 5));
  draft.set_revision(row.GetInt64(first + 6));
  *draft.mutable_create_time() = row.GetTimestamp(first + 7);
  *draft.mutable_update_time() = row.GetTimestamp(first + 8);
  return draft;
}

namespace {

v1::CompanyDraft ReadDraft(const Row& row) { return ReadDraft(row, 1); }

Value CompanyId(const v1::CompanyDraft& draft) {
  if (draft.company_id().empty()) return std::nullopt;
  return draft.company_id();
}

}  // namespace

absl::Status InsertDraft(Transaction& tx, const v1::CompanyDraft& draft) {
  tx.trail().Changed(draft);
  return tx
      .Execute(kInsertDraft, {tx.account_id(), draft.draft_id(), draft.agreement_id(), draft.display_name(),
                              draft.organization_number(), static_cast<int>(draft.state()), draft.revision(),
                              ToValue(draft.create_time()), ToValue(draft.update_time())})
      .status();
}

absl::StatusOr<v1::CompanyDraft> GetDraft(PointReader& tx, absl::string_view draft_id) {
  ASSIGN_OR_RETURN(std::optional<v1::CompanyDraft> draft, tx.Get(kGetDraft, {draft_id}, ReadDraft));
  if (!draft) return DraftNotFound(draft_id);
  return *std::move(draft);
}

absl::StatusOr<std::vector<v1::CompanyDraft>> ListDrafts(ReadTransaction& tx,
                                                         const v1::ListCompanyDraftsRequest& request,
                                                         absl::string_view before_id, int limit) {
  return tx.Query(
      kListDrafts,
      {tx.account_id(), before_id, request.agreement_id(), request.agreement_id(), request.show_closed(), limit},
      ReadDraft);
}

absl::Status UpdateDraft(Transaction& tx, v1::CompanyDraft& draft) {
  ASSIGN_OR_RETURN(const int64_t changed, tx.Execute(kUpdateDraft, {draft.display_name(), draft.organization_number(),
                                                                    static_cast<int>(draft.state()), CompanyId(draft),
                                                                    ToValue(draft.update_time()), tx.account_id(),
                                                                    draft.draft_id(), draft.revision()}));
  if (changed == 0) return StartOver();
  draft.set_revision(draft.revision() + 1);
  tx.trail().Changed(draft);
  return absl::OkStatus();
}

absl::Status DiscardDrafts(Transaction& tx, absl::string_view agreement_id,
                           const google::protobuf::Timestamp& update_time) {
  ASSIGN_OR_RETURN(const int64_t discarded,
                   tx.Execute(kDiscardDrafts, {ToValue(update_time), tx.account_id(), agreement_id}));
  tx.trail().Counted(v1::RESOURCE_KIND_AGREEMENT, agreement_id, "drafts_discarded", discarded);
  return absl::OkStatus();
}

}  // namespace agreements::storage
