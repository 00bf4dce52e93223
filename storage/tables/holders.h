// Agreements that are locked through what they hold. A transaction that changes a company, a draft or an access locks
// the agreement that holds it first. So that it need not ask for that agreement beforehand, the statement that locks it
// finds it. Another one then reads what is needed, as nobody else can change it any more:
//
//   ASSIGN_OR_RETURN(const HolderLock lock, LockHolder(tx, company_id, {.companies = -1}));
//   ASSIGN_OR_RETURN(const HeldCompany held, GetHeldCompany(tx, company_id, lock));
//   if (!held.is_locked) return StartOver();
//
// The first statement looks for the agreement before it waits for it. When it has waited, the company may have left. So
// it writes a mark into every agreement that it locks, and the second one looks for the mark where the company is then.
#ifndef AGREEMENTS_STORAGE_TABLES_HOLDERS_H_
#define AGREEMENTS_STORAGE_TABLES_HOLDERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "agreements/v1/agreement.pb.h"
#include "agreements/v1/company.pb.h"
#include "storage/connection/database.h"
#include "storage/tables/agreements.h"

namespace agreements::storage {

// What a transaction has tried to lock.
struct HolderLock {
  int64_t mark = 0;       // No other transaction writes the same.
  CountChange change;     // Of the holder.
  std::string target_id;  // Of the other agreement, which counts one company more. Empty: none.
};

// Each locks as LockLiveAgreement does, if what holds the company or the draft is not deleted. A company that is
// deleted is held by its last agreement, a draft that is not open by none.
absl::StatusOr<HolderLock> LockHolder(Transaction& tx, absl::string_view company_id, CountChange change);
absl::StatusOr<HolderLock> LockHolderOfDraft(Transaction& tx, absl::string_view draft_id, CountChange change);

// Locks the holder and `target_id`, which may be the same, in ascending order of their ids. A holder whose count does
// not change may be deleted.
absl::StatusOr<HolderLock> LockHolderAndTarget(Transaction& tx, absl::string_view company_id,
                                               absl::string_view target_id, int companies);

struct HeldCompany {
  v1::Company company;
  v1::Agreement holder;                 // Of a deleted company, the last one.
  std::optional<v1::Agreement> target;  // Nothing if there is none.
  bool is_locked = false;               // Whether these are what was locked. If not, `lock` can have locked others.
  std::vector<v1::Placement> newest;    // The company's placements, from the newest down, at most 3.
  // Of GetCompanyInUse() only: the newest day of a transaction that is in no order basis, and whether there are
  // accesses or invitations that have not ended.
  std::optional<absl::CivilDay> newest_transaction_day;
  bool has_accesses = false;
};

// Reads a company and what was locked with it, and tells the trail of that. NOT_FOUND COMPANY_NOT_FOUND.
absl::StatusOr<HeldCompany> GetHeldCompany(Transaction& tx, absl::string_view company_id, const HolderLock& lock);

// The same, with how it is used.
absl::StatusOr<HeldCompany> GetCompanyInUse(Transaction& tx, absl::string_view company_id, const HolderLock& lock);

struct HeldDraft {
  v1::CompanyDraft draft;
  v1::Agreement holder;
  bool is_locked = false;
};

// The same for a draft. NOT_FOUND DRAFT_NOT_FOUND.
absl::StatusOr<HeldDraft> GetHeldDraft(Transaction& tx, absl::string_view draft_id, const HolderLock& lock);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_HOLDERS_H_
