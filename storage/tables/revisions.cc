#include "storage/tables/revisions.h"

#include "agreements/v1/company.pb.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"

namespace agreements::storage {
namespace {

constexpr char kListRevisions[] = R"sql(
  SELECT {id}, revision
  FROM {table}
  WHERE account_id = ?
    AND {id} > ?
  ORDER BY {id}
  LIMIT ?
)sql";

const Statement kListAgreementRevisions = {
    "list_agreement_revisions", {{"{table}", "agreements"}, {"{id}", "agreement_id"}}, kListRevisions};
const Statement kListCompanyRevisions = {
    "list_company_revisions", {{"{table}", "companies"}, {"{id}", "company_id"}}, kListRevisions};
const Statement kListProductRevisions = {
    "list_product_revisions", {{"{table}", "products"}, {"{id}", "product_id"}}, kListRevisions};

const Statement kListDraftRevisions = {
    "list_draft_revisions", {{"{DISCARDED}", v1::COMPANY_DRAFT_STATE_DISCARDED}}, R"sql(
  SELECT draft_id, revision, IF(state = {DISCARDED}, update_time, NULL), agreement_id
  FROM company_drafts
  WHERE account_id = ?
    AND draft_id > ?
  ORDER BY draft_id
  LIMIT ?
)sql"};

const Statement kHasAccess = {"has_access", R"sql(
  SELECT 1
  FROM accesses
  WHERE account_id = ? AND access_id = ?
)sql"};

const Statement kHasOrderBasis = {"has_order_basis", R"sql(
  SELECT 1
  FROM order_bases
  WHERE account_id = ? AND order_basis_id = ?
)sql"};

Revision ReadRevision(const Row& row) {
  return {.id = row.GetString(1), .revision = row.GetInt64(2), .discard_time = std::nullopt, .agreement_id = ""};
}

Revision ReadDraftRevision(const Row& row) {
  Revision revision = ReadRevision(row);
  if (!row.IsNull(3)) revision.discard_time = ToTime(row.GetTimestamp(3));
  revision.agreement_id = row.GetString(4);
  return revision;
}

bool ReadFound(const Row& row) { return row.GetInt64(1) == 1; }

}  // namespace

absl::StatusOr<std::vector<Revision>> ListAgreementRevisions(ReadTransaction& tx, absl::string_view after_id,
                                                             int limit) {
  return tx.Query(kListAgreementRevisions, {tx.account_id(), after_id, limit}, ReadRevision);
}

absl::StatusOr<std::vector<Revision>> ListCompanyRevisions(ReadTransaction& tx, absl::string_view after_id, int limit) {
  return tx.Query(kListCompanyRevisions, {tx.account_id(), after_id, limit}, ReadRevision);
}

absl::StatusOr<std::vector<Revision>> ListDraftRevisions(ReadTransaction& tx, absl::string_view after_id, int limit) {
  return tx.Query(kListDraftRevisions, {tx.account_id(), after_id, limit}, ReadDraftRevision);
}

absl::StatusOr<std::vector<Revision>> ListProductRevisions(ReadTransaction& tx, absl::string_view after_id, int limit) {
  return tx.Query(kListProductRevisions, {tx.account_id(), after_id, limit}, ReadRevision);
}

absl::StatusOr<bool> HasAccess(ReadTransaction& tx, absl::string_view access_id) {
  ASSIGN_OR_RETURN(const auto found, tx.QueryOne(kHasAccess, {tx.account_id(), access_id}, ReadFound));
  return found.has_value();
}

absl::StatusOr<bool> HasOrderBasis(ReadTransaction& tx, absl::string_view order_basis_id) {
  ASSIGN_OR_RETURN(const auto found, tx.QueryOne(kHasOrderBasis, {tx.account_id(), order_basis_id}, ReadFound));
  return found.has_value();
}

}  // namespace agreements::storage
