// The table `companies`.
#ifndef AGREEMENTS_STORAGE_TABLES_COMPANIES_H_
#define AGREEMENTS_STORAGE_TABLES_COMPANIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agreements/v1/company.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "storage/connection/database.h"
#include "storage/tables/lists.h"

namespace agreements::storage {

// The columns that ReadCompany reads, from `first` on, for statements that join companies under this alias.
std::string CompanyColumns(absl::string_view alias);
v1::Company ReadCompany(const Row& row, int first);

// ALREADY_EXISTS ORGANIZATION_NUMBER_TAKEN. REQUIRES: the agreement is locked and counts the company.
absl::Status InsertCompany(Transaction& tx, const v1::Company& company);

// NOT_FOUND COMPANY_NOT_FOUND.
absl::StatusOr<v1::Company> GetCompany(PointReader& tx, absl::string_view company_id);

// The companies of the request that exist, in no order.
absl::StatusOr<std::vector<v1::Company>> BatchGetCompanies(ReadTransaction& tx,
                                                           const v1::BatchGetCompaniesRequest& request);

// At most `limit` companies that pass the request's filters, from the newest down, with ids below `before_id`.
absl::StatusOr<std::vector<v1::Company>> ListCompanies(ReadTransaction& tx, const v1::ListCompaniesRequest& request,
                                                       absl::string_view before_id, int limit);

// At most `limit` companies that pass the request's filters, in the order of their names, then of their ids.
absl::StatusOr<std::vector<SortedRow<v1::Company>>> ListCompaniesByName(ReadTransaction& tx,
                                                                        const v1::ListCompaniesRequest& request,
                                                                        const NamePosition& after, int limit);

// The ids of at most `limit` companies that the agreement holds, oldest first.
absl::StatusOr<std::vector<std::string>> ListCompanyIds(ReadTransaction& tx, absl::string_view agreement_id, int limit);

// Writes everything but the ids and create_time over the revision that `company` was read with, and raises it there
// too. Starts over if another transaction was faster. ALREADY_EXISTS ORGANIZATION_NUMBER_TAKEN. REQUIRES: if it changes
// what an agreement holds, the agreements are locked and count it.
absl::Status UpdateCompany(Transaction& tx, v1::Company& company);

// Deletes a company that is not deleted, and that has this revision, if one is given. Returns whether it did. It is not
// read: read it afterwards, and then call TellDeleted. REQUIRES: its agreement is locked and does not count it.
absl::StatusOr<bool> DeleteCompany(Transaction& tx, absl::string_view company_id, std::optional<int64_t> revision,
                                   absl::Time now);

// Tells the trail of a deletion, given the company as it is then.
void TellDeleted(Transaction& tx, const v1::Company& company);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_COMPANIES_H_
