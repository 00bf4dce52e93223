// Parts of statements that read placements (domain.md M3). A placement ends when the next one of its company begins.
#ifndef AGREEMENTS_STORAGE_TABLES_PLACEMENT_SQL_H_
#define AGREEMENTS_STORAGE_TABLES_PLACEMENT_SQL_H_

#include <string>

#include "absl/strings/string_view.h"

namespace agreements::storage {

// A condition: no later placement of the company begins on `day` or before. `placement` is an alias of `placements`. Of
// the placements that begin on `day` or before, only the one that has the day meets it.
std::string NoLaterPlacement(absl::string_view placement, absl::string_view day);

// A value: the agreement that holds the company on `day`, or NULL. The arguments are expressions.
std::string HolderOn(absl::string_view account_id, absl::string_view company_id, absl::string_view day);

// A derived table with a row for each placement in one of several agreements that begins before a day, with the columns
// place, agreement_id, company_id, from_day and until_day. No until_day is after that day, and no from_day before the
// agreement's own first day.
//
// Values: the day twice, a RowList of place (any number), agreement_id and first day, account_id, the day.
std::string HeldDays();

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_PLACEMENT_SQL_H_
