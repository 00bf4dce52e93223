#include "storage/tables/placement_sql.h"

#include "absl/strings/str_replace.h"

namespace agreements::storage {

std::string NoLaterPlacement(absl::string_view placement, absl::string_view day) {
  return absl::StrReplaceAll(R"sql(NOT EXISTS (SELECT 1
                    FROM placements AS later
                    WHERE later.account_id = {p}.account_id AND later.company_id = {p}.company_id
                      AND later.from_day > {p}.from_day AND later.from_day <= {day}))sql",
                             {{"{p}", placement}, {"{day}", day}});
}

std::string HolderOn(absl::string_view account_id, absl::string_view company_id, absl::string_view day) {
  return absl::StrReplaceAll(R"sql((SELECT p.agreement_id
         FROM placements AS p
         WHERE p.account_id = {account_id} AND p.company_id = {company_id}
           AND p.from_day <= {day}
         ORDER BY p.from_day DESC
         LIMIT 1))sql",
                             {{"{account_id}", account_id}, {"{company_id}", company_id}, {"{day}", day}});
}

std::string HeldDays(absl::string_view from_day) {
  return absl::StrReplaceAll(R"sql((
    SELECT held.company_id, {from_day} AS from_day,
           LEAST(CAST(? AS DATE), MIN(COALESCE(later.from_day, CAST(? AS DATE)))) AS until_day
    FROM placements AS held
    LEFT JOIN placements AS later
      ON later.account_id = held.account_id AND later.company_id = held.company_id
      AND later.from_day > held.from_day
    WHERE held.account_id = ? AND held.agreement_id = ?
      AND held.from_day < ?
    GROUP BY held.company_id, held.from_day
  ))sql",
                             {{"{from_day}", from_day}});
}

}  // namespace agreements::storage
