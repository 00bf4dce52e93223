// The table `placements`: which agreement holds a company from which day on (domain.md M3).
#ifndef AGREEMENTS_STORAGE_TABLES_PLACEMENTS_H_
#define AGREEMENTS_STORAGE_TABLES_PLACEMENTS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agreements/v1/company.pb.h"
#include "storage/connection/database.h"

namespace agreements::storage {

// The messages have no until_day here. A placement ends on the day before the next one begins.

// Reads company_id, agreement_id and from_day, from column `first` on. agreement_id is empty if the company is deleted.
v1::Placement ReadPlacement(const Row& row, int first);

// At most `limit` placements that begin before `before_day`, from the newest down. NOT_FOUND COMPANY_NOT_FOUND.
absl::StatusOr<std::vector<v1::Placement>> ListPlacements(ReadTransaction& tx, absl::string_view company_id,
                                                          absl::string_view before_day, int limit);

absl::Status InsertPlacement(Transaction& tx, const v1::Placement& placement);

// Puts `placement` in the place of the company's newest one, which begins on `old_from_day`, the same day or a later
// one. REQUIRES: they differ, and no order basis has such a day.
absl::Status ReplacePlacement(Transaction& tx, absl::string_view old_from_day, const v1::Placement& placement);

// Deletes the company's placements that begin on `from_day` or later, of which there are some. REQUIRES: no order basis
// has such a day.
absl::Status DeletePlacementsFrom(Transaction& tx, absl::string_view company_id, absl::string_view from_day);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_PLACEMENTS_H_
