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

// Placements as messages have no until_day here: the next row's from_day is what ends one.

// The company's newest placement, with an empty agreement_id for none: the company is deleted. Every company has one;
// a new one within its own transaction gets it by InsertPlacement, before which this is empty.
absl::StatusOr<std::optional<v1::Placement>> GetNewestPlacement(ReadTransaction& tx, absl::string_view company_id);

// At most `limit` placements, from the newest down, with a from_day before `before_day`.
absl::StatusOr<std::vector<v1::Placement>> ListPlacements(ReadTransaction& tx, absl::string_view company_id,
                                                          absl::string_view before_day, int limit);

absl::Status InsertPlacement(Transaction& tx, const v1::Placement& placement);

// Deletes the company's placements that begin on `from_day` or later. REQUIRES: no order basis has such a day.
absl::Status DeletePlacementsFrom(Transaction& tx, absl::string_view company_id, absl::string_view from_day);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_PLACEMENTS_H_
