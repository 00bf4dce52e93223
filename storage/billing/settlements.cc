#include "storage/billing/settlements.h"

#include "proto/status_macros.h"

namespace agreements::storage {
namespace {

// The ids are places and not a RowList, since Vitess has no plan for an UPDATE that joins a list. The key is walked in
// ascending order, whatever that of the places.
const Statement kLockForSettlement = {"lock_for_settlement", {{"{agreements}", InPlaces(kMaxSettled)}}, R"sql(
  UPDATE agreements
  SET guard = guard + 1
  WHERE account_id = ? AND agreement_id {agreements}
)sql"};

const Statement kSettleUntil = {"settle_until", {{"{agreements}", InPlaces(kMaxSettled)}}, R"sql(
  UPDATE agreements
  SET settled_until = ?
  WHERE account_id = ? AND agreement_id {agreements}
)sql"};

}  // namespace

absl::Status LockForSettlement(Transaction& tx, const std::vector<std::string>& agreement_ids) {
  std::vector<Value> values = {tx.account_id()};
  AddPlaces(agreement_ids, kMaxSettled, values);
  RETURN_IF_ERROR(tx.Execute(kLockForSettlement, values).status());
  // Nobody reads a guard, so there is nothing to tell.
  tx.ForgetChangedRows();
  return absl::OkStatus();
}

absl::Status SettleUntil(Transaction& tx, const std::vector<std::string>& agreement_ids, absl::CivilDay until_day) {
  std::vector<Value> values = {until_day, tx.account_id()};
  AddPlaces(agreement_ids, kMaxSettled, values);
  return tx.Execute(kSettleUntil, values).status();
}

}  // namespace agreements::storage
