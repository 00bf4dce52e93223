// The agreements whose days a statement counts.
#ifndef AGREEMENTS_STORAGE_BILLING_AGREEMENT_DAYS_H_
#define AGREEMENTS_STORAGE_BILLING_AGREEMENT_DAYS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "proto/days.h"
#include "storage/connection/row_list.h"

namespace agreements::storage {

// Several agreements that are counted by one statement, each from a day of its own, all until the same day.
struct AgreementDays {
  struct Agreement {
    std::string agreement_id;
    absl::CivilDay from_day;
  };
  std::vector<Agreement> agreements;
  absl::CivilDay until_day;
};

// The agreements with their places, from 0, as the value of a statement, see HeldDays().
inline std::string JsonOf(const AgreementDays& page) {
  RowList rows;
  int place = 0;
  for (const auto& [agreement_id, from_day] : page.agreements) rows.Add(place++, agreement_id, FormatDay(from_day));
  return std::move(rows).Json();
}

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_BILLING_AGREEMENT_DAYS_H_
