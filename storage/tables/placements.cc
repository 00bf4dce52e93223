#include "storage/tables/placements.h"

#include "absl/strings/str_cat.h"
#include "proto/errors.h"
#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

// A row without from_day if there is such a company, and no such placement.
const Statement kListPlacements = {"list_placements", R"sql(
  SELECT c.company_id, p.agreement_id, p.from_day
  FROM companies AS c
  LEFT JOIN placements AS p
    ON p.account_id = c.account_id AND p.company_id = c.company_id
    AND p.from_day < ?
  WHERE c.account_id = ? AND c.company_id = ?
  ORDER BY p.from_day DESC
  LIMIT ?
)sql"};

const Statement kInsertPlacement = {"insert_placement", R"sql(
  INSERT INTO placements (account_id, company_id, from_day, agreement_id)
  VALUES (?, ?, ?, ?)
)sql"};

const Statement kReplacePlacement = {"replace_placement", R"sql(
  UPDATE placements
  SET from_day = ?,
      agreement_id = ?
  WHERE account_id = ? AND company_id = ?
    AND from_day = ?
)sql"};

const Statement kDeletePlacementsFrom = {"delete_placements_from", R"sql(
  DELETE FROM placements
  WHERE account_id = ? AND company_id = ?
    AND from_day >= ?
)sql"};

// How the trail calls them, beside the fields of a company.
constexpr char kPlacements[] = "placements";

}  // namespace

v1::Placement ReadPlacement(const Row& row, int first) {
  v1::Placement placement;
  placement.set_company_id(row.GetString(first));
  placement.set_agreement_id(row.GetString(first + 1));
  placement.set_from_day(row.GetString(first + 2));
  return placement;
}

namespace {

v1::Placement ReadPlacement(const Row& row) { return ReadPlacement(row, 1); }

Value AgreementId(const v1::Placement& placement) {
  if (placement.agreement_id().empty()) return std::nullopt;
  return placement.agreement_id();
}

void TellInserted(Transaction& tx, const v1::Placement& placement) {
  const std::string& holder = placement.agreement_id();
  if (!holder.empty()) tx.trail().Touched(v1::RESOURCE_KIND_AGREEMENT, holder);
  tx.trail().Noted(v1::RESOURCE_KIND_COMPANY, placement.company_id(), kPlacements, "",
                   absl::StrCat(holder.empty() ? "nobody" : holder, " from ", placement.from_day()));
}

void TellDeleted(Transaction& tx, absl::string_view company_id, absl::string_view from_day) {
  tx.trail().Noted(v1::RESOURCE_KIND_COMPANY, company_id, kPlacements, absl::StrCat("from ", from_day), "");
}

}  // namespace

absl::StatusOr<std::vector<v1::Placement>> ListPlacements(ReadTransaction& tx, absl::string_view company_id,
                                                          absl::string_view before_day, int limit) {
  ASSIGN_OR_RETURN(std::vector<v1::Placement> placements,
                   tx.Query(kListPlacements, {before_day, tx.account_id(), company_id, limit}, ReadPlacement));
  if (placements.empty()) return CompanyNotFound(company_id);
  if (placements.front().from_day().empty()) placements.clear();
  return placements;
}

absl::Status InsertPlacement(Transaction& tx, const v1::Placement& placement) {
  TellInserted(tx, placement);
  return tx
      .Execute(kInsertPlacement,
               {tx.account_id(), placement.company_id(), placement.from_day(), AgreementId(placement)})
      .status();
}

absl::Status ReplacePlacement(Transaction& tx, absl::string_view old_from_day, const v1::Placement& placement) {
  TellDeleted(tx, placement.company_id(), placement.from_day());
  TellInserted(tx, placement);
  ASSIGN_OR_RETURN(const int64_t changed,
                   tx.Execute(kReplacePlacement, {placement.from_day(), AgreementId(placement), tx.account_id(),
                                                  placement.company_id(), old_from_day}));
  return changed == 1 ? absl::OkStatus() : StartOver();
}

absl::Status DeletePlacementsFrom(Transaction& tx, absl::string_view company_id, absl::string_view from_day) {
  TellDeleted(tx, company_id, from_day);
  return tx.Execute(kDeletePlacementsFrom, {tx.account_id(), company_id, from_day}).status();
}

}  // namespace agreements::storage
