#include "storage/tables/agreements.h"

#include "absl/strings/str_replace.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "storage/tables/columns.h"
#include "storage/tables/name_keys.h"

namespace agreements::storage {

// An agreement without companies cannot lose one.
std::string LockSql(absl::string_view guard, absl::string_view agreement_id) {
  return absl::StrReplaceAll(R"sql(
  UPDATE agreements
  SET company_count = company_count + ?,
      draft_count = draft_count + ?,
      guard = {guard}
  WHERE account_id = ? AND agreement_id = {agreement_id}
    AND delete_time IS NULL
    AND company_count + ? >= 0
    AND draft_count + ? >= 0
)sql",
                             {{"{guard}", guard}, {"{agreement_id}", agreement_id}});
}

namespace {

const Statement kInsertAgreement = {"insert_agreement", R"sql(
  INSERT INTO agreements (account_id, agreement_id, display_name, customer_number, company_count, draft_count,
                          settled_until, revision, create_time, update_time, delete_time, name_key, folded_name,
                          keyed_name, key_version)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)
)sql"};

constexpr NamedTable kTable = {
    .name = "agreements",
    .id = "agreement_id",
    .columns = R"sql(agreement_id, display_name, customer_number, company_count, draft_count, settled_until,
         revision, create_time, update_time, delete_time)sql",
    .filters = R"sql(AND (? = '' OR customer_number = ?))sql"};

const PointSelect kGetAgreement = {"get_agreement", kTable.name, {"account_id", kTable.id}, kTable.columns};

const Statement kListAgreements = {"list_agreements", ListSql(kTable)};
const Statement kListAgreementsByName = {"list_agreements_by_name", ListByNameSql(kTable)};

const Statement kLockLiveAgreement = {"lock_live_agreement", LockSql("guard + 1", "?")};

// Writes the row without a change that a client sees.
const Statement kLockAgreement = {"lock_agreement", R"sql(
  UPDATE agreements
  SET guard = guard + 1
  WHERE account_id = ? AND agreement_id = ?
)sql"};

const Statement kUpdateAgreement = {"update_agreement", R"sql(
  UPDATE agreements
  SET display_name = ?,
      customer_number = ?,
      update_time = ?,
      delete_time = ?,
      name_key = ?,
      folded_name = ?,
      keyed_name = ?,
      key_version = ?,
      revision = revision + 1
  WHERE account_id = ? AND agreement_id = ?
    AND revision = ?
    AND company_count = ?
    AND draft_count = ?
    AND settled_until = ?
)sql"};

const Statement kDeleteAgreement = {"delete_agreement", R"sql(
  UPDATE agreements
  SET draft_count = 0,
      update_time = ?,
      delete_time = ?,
      revision = revision + 1
  WHERE account_id = ? AND agreement_id = ?
    AND revision = ?
    AND company_count = 0
    AND draft_count = ?
    AND settled_until = ?
)sql"};

}  // namespace

std::string AgreementColumns(absl::string_view alias) { return ColumnsOf(alias, kTable.columns); }

v1::Agreement ReadAgreement(const Row& row, int first) {
  v1::Agreement agreement;
  agreement.set_agreement_id(row.GetString(first));
  agreement.set_display_name(row.GetString(first + 1));
  agreement.set_customer_number(row.GetString(first + 2));
  agreement.set_company_count(static_cast<int32_t>(row.GetInt64(first + 3)));
  agreement.set_draft_count(static_cast<int32_t>(row.GetInt64(first + 4)));
  agreement.set_settled_until(row.GetString(first + 5));
  agreement.set_revision(row.GetInt64(first + 6));
  *agreement.mutable_create_time() = row.GetTimestamp(first + 7);
  *agreement.mutable_update_time() = row.GetTimestamp(first + 8);
  if (!row.IsNull(first + 9)) *agreement.mutable_delete_time() = row.GetTimestamp(first + 9);
  return agreement;
}

namespace {

v1::Agreement ReadAgreement(const Row& row) { return ReadAgreement(row, 1); }

SortedRow<v1::Agreement> ReadSortedAgreement(const Row& row) {
  return {.row = ReadAgreement(row), .name_key = row.GetString(11)};
}

// Writes the agreement over what was read of it. Returns false if that is no longer what is stored.
absl::StatusOr<bool> WriteOver(Transaction& tx, const v1::Agreement& agreement) {
  const NameKeys keys = KeysOf(agreement.display_name());
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kUpdateAgreement,
                              {agreement.display_name(), agreement.customer_number(), ToValue(agreement.update_time()),
                               DeleteTime(agreement), keys.sort_key, keys.folded, agreement.display_name(),
                               keys.version, tx.account_id(), agreement.agreement_id(), agreement.revision(),
                               agreement.company_count(), agreement.draft_count(), agreement.settled_until()}));
  return changed == 1;
}

}  // namespace

absl::Status InsertAgreement(Transaction& tx, const v1::Agreement& agreement) {
  const NameKeys keys = KeysOf(agreement.display_name());
  tx.trail().Changed(agreement);
  return tx
      .Execute(kInsertAgreement,
               {tx.account_id(), agreement.agreement_id(), agreement.display_name(), agreement.customer_number(),
                agreement.company_count(), agreement.draft_count(), agreement.settled_until(), agreement.revision(),
                ToValue(agreement.create_time()), ToValue(agreement.update_time()), keys.sort_key, keys.folded,
                agreement.display_name(), keys.version})
      .status();
}

absl::StatusOr<v1::Agreement> GetAgreement(PointReader& tx, absl::string_view agreement_id) {
  ASSIGN_OR_RETURN(std::optional<v1::Agreement> agreement, tx.Get(kGetAgreement, {agreement_id}, ReadAgreement));
  if (!agreement) return AgreementNotFound(agreement_id);
  return *std::move(agreement);
}

absl::StatusOr<std::vector<v1::Agreement>> BatchGetAgreements(ReadTransaction& tx,
                                                              const v1::BatchGetAgreementsRequest& request) {
  return tx.GetAll(kGetAgreement, request.agreement_ids(), ReadAgreement);
}

absl::StatusOr<std::vector<v1::Agreement>> ListAgreements(ReadTransaction& tx, const v1::ListAgreementsRequest& request,
                                                          absl::string_view before_id, int limit) {
  return tx.Query(
      kListAgreements,
      {tx.account_id(), before_id, request.customer_number(), request.customer_number(), request.display_name_prefix(),
       LastWithPrefix(request.display_name_prefix()), request.display_name_prefix(),
       Folded(request.display_name_contains()), request.show_deleted(), limit},
      ReadAgreement);
}

absl::StatusOr<std::vector<SortedRow<v1::Agreement>>> ListAgreementsByName(ReadTransaction& tx,
                                                                           const v1::ListAgreementsRequest& request,
                                                                           const NamePosition& after, int limit) {
  return tx.Query(
      kListAgreementsByName,
      {tx.account_id(), after.name_key, after.name_key, after.id, request.customer_number(), request.customer_number(),
       request.display_name_prefix(), LastWithPrefix(request.display_name_prefix()), request.display_name_prefix(),
       Folded(request.display_name_contains()), request.show_deleted(), limit},
      ReadSortedAgreement);
}

void TellLocked(Transaction& tx, const v1::Agreement& agreement, CountChange change) {
  v1::Agreement before = agreement;
  before.set_company_count(agreement.company_count() - change.companies);
  before.set_draft_count(agreement.draft_count() - change.drafts);
  tx.trail().Saw(before);
  tx.trail().Changed(agreement);
}

absl::StatusOr<v1::Agreement> LockLiveAgreement(Transaction& tx, absl::string_view agreement_id, CountChange change) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kLockLiveAgreement, {change.companies, change.drafts, tx.account_id(), agreement_id,
                                                   change.companies, change.drafts}));
  ASSIGN_OR_RETURN(v1::Agreement agreement, GetAgreement(tx, agreement_id));
  if (changed == 1) {
    TellLocked(tx, agreement, change);
    return agreement;
  }
  if (agreement.has_delete_time()) return AgreementDeleted(agreement_id);
  return StartOver();  // Another transaction has taken the last one away, or has undeleted the agreement since.
}

absl::StatusOr<v1::Agreement> LockAgreement(Transaction& tx, absl::string_view agreement_id) {
  RETURN_IF_ERROR(tx.Execute(kLockAgreement, {tx.account_id(), agreement_id}).status());
  tx.trail().Touched(v1::RESOURCE_KIND_AGREEMENT, agreement_id);
  return GetAgreement(tx, agreement_id);
}

absl::Status UpdateAgreement(Transaction& tx, v1::Agreement& agreement) {
  ASSIGN_OR_RETURN(bool written, WriteOver(tx, agreement));
  if (!written) {
    // Others may only have changed what they change without a new revision. They must wait now, so this cannot go on.
    ASSIGN_OR_RETURN(const v1::Agreement locked, LockAgreement(tx, agreement.agreement_id()));
    if (locked.revision() != agreement.revision()) return StartOver();
    agreement.set_company_count(locked.company_count());
    agreement.set_draft_count(locked.draft_count());
    agreement.set_settled_until(locked.settled_until());
    ASSIGN_OR_RETURN(written, WriteOver(tx, agreement));
    if (!written) return StartOver();
  }
  agreement.set_revision(agreement.revision() + 1);
  tx.trail().Changed(agreement);
  return absl::OkStatus();
}

absl::Status DeleteAgreement(Transaction& tx, v1::Agreement& agreement) {
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kDeleteAgreement, {ToValue(agreement.update_time()), DeleteTime(agreement),
                                                 tx.account_id(), agreement.agreement_id(), agreement.revision(),
                                                 agreement.draft_count(), agreement.settled_until()}));
  if (changed != 1) return StartOver();
  agreement.set_draft_count(0);
  agreement.set_revision(agreement.revision() + 1);
  tx.trail().Changed(agreement);
  return absl::OkStatus();
}

}  // namespace agreements::storage
