// What placements say of a company's days, as parts of statements on any table (domain.md M3). A placement goes on
// until the next one of its company begins.
#ifndef AGREEMENTS_STORAGE_TABLES_PLACEMENT_SQL_H_
#define AGREEMENTS_STORAGE_TABLES_PLACEMENT_SQL_H_

#include <string>

#include "absl/strings/string_view.h"

namespace agreements::storage {

// A condition: no later placement of the company begins until `day`. `placement` is the alias of a row of `placements`.
// Of the placements that begin until `day`, one meets it: the one that has the day.
std::string NoLaterPlacement(absl::string_view placement, absl::string_view day);

// A value: the agreement that holds the company on `day`, or NULL. Arguments are expressions.
std::string HolderOn(absl::string_view account_id, absl::string_view company_id, absl::string_view day);

// A derived table with the columns company_id, from_day and until_day: the days of an agreement's companies before a
// day, each run of days as one row. `from_day` is an expression on the placement `held`.
//
// Values: those of `from_day`, twice the day, account_id, agreement_id, the day.
std::string HeldDays(absl::string_view from_day);

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_TABLES_PLACEMENT_SQL_H_
