// The table `agreements`.
#ifndef AGREEMENTS_STORAGE_TABLES_AGREEMENTS_H_
#define AGREEMENTS_STORAGE_TABLES_AGREEMENTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agreements/v1/agreement.pb.h"
#include "agreements/v1/agreement_service.pb.h"
#include "storage/connection/database.h"
#include "storage/tables/lists.h"

namespace agreements::storage {

// The columns that ReadAgreement reads, from `first` on, for statements that join agreements under this alias.
std::string AgreementColumns(absl::string_view alias);
v1::Agreement ReadAgreement(const Row& row, int first);

absl::Status InsertAgreement(Transaction& tx, const v1::Agreement& agreement);

// NOT_FOUND AGREEMENT_NOT_FOUND.
absl::StatusOr<v1::Agreement> GetAgreement(PointReader& tx, absl::string_view agreement_id);

// The agreements of the request that exist, in no order.
absl::StatusOr<std::vector<v1::Agreement>> BatchGetAgreements(ReadTransaction& tx,
                                                              const v1::BatchGetAgreementsRequest& request);

// At most `limit` agreements that pass the request's filters, from the newest down, with ids below `before_id`.
absl::StatusOr<std::vector<v1::Agreement>> ListAgreements(ReadTransaction& tx, const v1::ListAgreementsRequest& request,
                                                          absl::string_view before_id, int limit);

// At most `limit` agreements that pass the request's filters, in the order of their names, then of their ids.
absl::StatusOr<std::vector<SortedRow<v1::Agreement>>> ListAgreementsByName(ReadTransaction& tx,
                                                                           const v1::ListAgreementsRequest& request,
                                                                           const NamePosition& after, int limit);

// Changes of an agreement's counts. Both are 0 if only accesses change.
struct CountChange {
  int companies = 0;
  int drafts = 0;
};

// Changes the counts of an agreement that is not deleted, and returns the agreement as it is then. The write locks the
// agreement until the transaction ends. Call it before any change to the agreement's companies and drafts, or to an
// access to one of the companies. Lock several agreements in ascending order of their ids, so that two transactions
// cannot deadlock. Starts over if a count would become negative.
//
// NOT_FOUND AGREEMENT_NOT_FOUND; FAILED_PRECONDITION AGREEMENT_DELETED.
absl::StatusOr<v1::Agreement> LockLiveAgreement(Transaction& tx, absl::string_view agreement_id, CountChange change);

// The statement of LockLiveAgreement, and of others that lock in the same way: what they write into `guard`, and which
// agreement they lock. Values: both changes of counts, that of `guard` if any, account_id, those of the agreement, both
// changes again.
std::string LockSql(absl::string_view guard, absl::string_view agreement_id);

// Tells the trail of an agreement that is locked, given the agreement as it is then.
void TellLocked(Transaction& tx, const v1::Agreement& agreement, CountChange change);

// Locks an agreement, deleted or not, until the transaction ends, and returns it as it is then. Call it before changing
// days that the agreement held. The order of locks is that of LockLiveAgreement.
//
// NOT_FOUND AGREEMENT_NOT_FOUND.
absl::StatusOr<v1::Agreement> LockAgreement(Transaction& tx, absl::string_view agreement_id);

// Writes name, customer number, update_time and delete_time over the revision that `agreement` was read with, and makes
// `agreement` what is stored then: its counts and settled_until may have changed without a new revision. Starts over if
// another transaction was faster.
absl::Status UpdateAgreement(Transaction& tx, v1::Agreement& agreement);

// Deletes an agreement at the delete_time of `agreement`, which is otherwise as it was read, and makes `agreement` what
// is stored then, without drafts. Starts over if the agreement holds a company or other drafts than those that
// `agreement` counts, or if another transaction was faster.
absl::Status DeleteAgreement(Transaction& tx, v1::Agreement& agreement);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_AGREEMENTS_H_
