#include "storage/tables/placements.h"

#include "absl/strings/str_cat.h"
#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

const Statement kGetNewestPlacement = {"get_newest_placement", R"sql(
  SELECT company_id, agreement_id, from_day
  FROM placements
  WHERE account_id = ? AND company_id = ?
  ORDER BY from_day DESC
  LIMIT 1
)sql"};

const Statement kListPlacements = {"list_placements", R"sql(
  SELECT company_id, agreement_id, from_day
  FROM placements
  WHERE account_id = ? AND company_id = ?
    AND from_day < ?
  ORDER BY from_day DESC
  LIMIT ?
)sql"};

const Statement kInsertPlacement = {"insert_placement", R"sql(
  INSERT INTO placements (account_id, company_id, from_day, agreement_id)
  VALUES (?, ?, ?, ?)
)sql"};

const Statement kDeletePlacementsFrom = {"delete_placements_from", R"sql(
  DELETE FROM placements
  WHERE account_id = ? AND company_id = ?
    AND from_day >= ?
)sql"};

// How the trail calls them, beside the fields of a company.
constexpr char kPlacements[] = "placements";

v1::Placement ReadPlacement(const Row& row) {
  v1::Placement placement;
  placement.set_company_id(row.GetString(1));
  placement.set_agreement_id(row.GetString(2));
  placement.set_from_day(row.GetString(3));
  return placement;
}

Value AgreementId(const v1::Placement& placement) {
  if (placement.agreement_id().empty()) return std::nullopt;
  return placement.agreement_id();
}

}  // namespace

absl::StatusOr<std::optional<v1::Placement>> GetNewestPlacement(ReadTransaction& tx, absl::string_view company_id) {
  return tx.QueryOne(kGetNewestPlacement, {tx.account_id(), company_id}, ReadPlacement);
}

absl::StatusOr<std::vector<v1::Placement>> ListPlacements(ReadTransaction& tx, absl::string_view company_id,
                                                          absl::string_view before_day, int limit) {
  return tx.Query(kListPlacements, {tx.account_id(), company_id, before_day, limit}, ReadPlacement);
}

absl::Status InsertPlacement(Transaction& tx, const v1::Placement& placement) {
  const std::string& holder = placement.agreement_id();
  if (!holder.empty()) tx.trail().Touched(v1::RESOURCE_KIND_AGREEMENT, holder);
  tx.trail().Noted(v1::RESOURCE_KIND_COMPANY, placement.company_id(), kPlacements, "",
                   absl::StrCat(holder.empty() ? "nobody" : holder, " from ", placement.from_day()));
  return tx
      .Execute(kInsertPlacement,
               {tx.account_id(), placement.company_id(), placement.from_day(), AgreementId(placement)})
      .status();
}

absl::Status DeletePlacementsFrom(Transaction& tx, absl::string_view company_id, absl::string_view from_day) {
  ASSIGN_OR_RETURN(const int64_t deleted, tx.Execute(kDeletePlacementsFrom, {tx.account_id(), company_id, from_day}));
  if (deleted > 0) {
    tx.trail().Noted(v1::RESOURCE_KIND_COMPANY, company_id, kPlacements, absl::StrCat("from ", from_day), "");
  }
  return absl::OkStatus();
}

}  // namespace agreements::storage
