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

std::string HeldDays() {
  return R"sql((
    SELECT page.place, held.agreement_id, held.company_id,
           GREATEST(held.from_day, CAST(page.first_day AS DATE)) AS from_day,
           LEAST(CAST(? AS DATE), MIN(COALESCE(later.from_day, CAST(? AS DATE)))) AS until_day
    FROM JSON_TABLE(CONVERT(? USING utf8mb4), '$[*]' COLUMNS (
           place INT PATH '$[0]',
           agreement_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]',
           first_day VARCHAR(10) CHARACTER SET ascii PATH '$[2]')) AS page
    STRAIGHT_JOIN placements AS held
      ON held.account_id = ? AND held.agreement_id = page.agreement_id
      AND held.from_day < ?
    LEFT JOIN placements AS later
      ON later.account_id = held.account_id AND later.company_id = held.company_id
      AND later.from_day > held.from_day
    GROUP BY page.place, held.agreement_id, held.company_id, held.from_day, page.first_day
  ))sql";
}

}  // namespace agreements::storage
