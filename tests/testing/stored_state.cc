// What is stored, as text, and what may never be stored: of Service.
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/testing/service.h"

namespace agreements::testing {

std::string Service::State() {
  return absl::StrCat("agreements\n", Sql(R"sql(
  SELECT account_id, display_name, customer_number, company_count, draft_count, settled_until, revision,
         delete_time IS NOT NULL
  FROM agreements ORDER BY 1, 2, 3, 4, 5, 7)sql"),
                      "companies\n", Sql(R"sql(
  SELECT c.account_id, c.display_name, c.organization_number, a.display_name, c.revision, c.delete_time IS NOT NULL
  FROM companies c JOIN agreements a USING (account_id, agreement_id) ORDER BY 1, 2, 3, 4)sql"),
                      "drafts\n", Sql(R"sql(
  SELECT d.account_id, d.display_name, d.organization_number, a.display_name, d.state, c.display_name, d.revision
  FROM company_drafts d JOIN agreements a USING (account_id, agreement_id)
  LEFT JOIN companies c ON c.account_id = d.account_id AND c.company_id = d.company_id ORDER BY 1, 2, 3, 4, 5)sql"),
                      "placements\n", Sql(R"sql(
  SELECT p.account_id, c.display_name, p.from_day, a.display_name
  FROM placements p JOIN companies c USING (account_id, company_id)
  LEFT JOIN agreements a ON a.account_id = p.account_id AND a.agreement_id = p.agreement_id ORDER BY 1, 2, 3)sql"),
                      "accesses\n", Sql(R"sql(
  SELECT x.account_id, c.display_name, x.user_id, x.product_id, x.state, x.expire_time IS NOT NULL, x.from_day,
         x.until_day
  FROM accesses x JOIN companies c USING (account_id, company_id) ORDER BY 1, 2, 3, 4, 5, 6, 7, 8)sql"),
                      "products\n", Sql(R"sql(
  SELECT account_id, product_id, display_name, kind, priced_until, revision FROM products ORDER BY 1, 2)sql"),
                      "prices\n", Sql(R"sql(
  SELECT account_id, product_id, valid_from, unit_price FROM prices ORDER BY 1, 2, 3)sql"),
                      "transactions\n", Sql(R"sql(
  SELECT t.account_id, c.display_name, t.transaction_id, t.product_id, t.quantity, t.occur_time, t.day,
         IF(t.order_basis_id LIKE 'ord-%', CONCAT('in ', b.from_day), t.order_basis_id)
  FROM transactions t JOIN companies c USING (account_id, company_id)
  LEFT JOIN order_bases b ON b.account_id = t.account_id AND b.order_basis_id = t.order_basis_id
  ORDER BY 1, 2, 3)sql"),
                      "order bases\n", Sql(R"sql(
  SELECT b.account_id, a.display_name, b.from_day, b.until_day, b.agreement_display_name, b.customer_number,
         b.line_count, b.total_amount
  FROM order_bases b JOIN agreements a USING (account_id, agreement_id) ORDER BY 1, 2, 3)sql"),
                      "lines\n", Sql(R"sql(
  SELECT b.account_id, b.agreement_display_name, b.from_day, l.line_number, l.product_id, l.product_display_name,
         l.kind, l.price_valid_from, l.unit_price, l.user_days, l.days_in_month, l.quantity, l.original_month, l.amount
  FROM order_basis_lines l JOIN order_bases b USING (account_id, order_basis_id) ORDER BY 1, 2, 3, 4)sql"));
}

std::string Service::Breaches() {
  static const std::map<std::string, std::string> kBreaches = {
      {"a company in a deleted agreement", R"sql(
  SELECT c.company_id FROM companies c JOIN agreements a USING (account_id, agreement_id)
  WHERE c.delete_time IS NULL AND a.delete_time IS NOT NULL)sql"},
      {"an open draft in a deleted agreement", R"sql(
  SELECT d.draft_id FROM company_drafts d JOIN agreements a USING (account_id, agreement_id)
  WHERE d.state = 1 AND a.delete_time IS NOT NULL)sql"},
      {"a wrong company_count", R"sql(
  SELECT a.agreement_id, a.company_count FROM agreements a
  WHERE a.company_count <> (SELECT COUNT(*) FROM companies c WHERE c.account_id = a.account_id
                            AND c.agreement_id = a.agreement_id AND c.delete_time IS NULL))sql"},
      {"a wrong draft_count", R"sql(
  SELECT a.agreement_id, a.draft_count FROM agreements a
  WHERE a.draft_count <> (SELECT COUNT(*) FROM company_drafts d WHERE d.account_id = a.account_id
                          AND d.agreement_id = a.agreement_id AND d.state = 1))sql"},
      {"a newest placement that is not where the company is", R"sql(
  SELECT c.company_id FROM companies c
  WHERE NOT (SELECT p.agreement_id FROM placements p WHERE p.account_id = c.account_id
             AND p.company_id = c.company_id ORDER BY p.from_day DESC LIMIT 1)
            <=> IF(c.delete_time IS NULL, c.agreement_id, NULL))sql"},
      {"equal neighbours among placements", R"sql(
  SELECT company_id, from_day FROM (
    SELECT company_id, from_day, agreement_id,
           LAG(agreement_id) OVER (PARTITION BY account_id, company_id ORDER BY from_day) AS before_it,
           ROW_NUMBER() OVER (PARTITION BY account_id, company_id ORDER BY from_day) AS number
    FROM placements) AS p
  WHERE number > 1 AND agreement_id <=> before_it)sql"},
      {"a completed draft without its company", R"sql(
  SELECT d.draft_id FROM company_drafts d LEFT JOIN companies c USING (account_id, company_id)
  WHERE d.state = 2 AND c.company_id IS NULL)sql"},
      {"an organization number twice", R"sql(
  SELECT account_id, organization_number FROM companies WHERE delete_time IS NULL AND organization_number <> ''
  GROUP BY 1, 2 HAVING COUNT(*) > 1)sql"},
      {"two live accesses to one product", R"sql(
  SELECT company_id, user_id, product_id FROM accesses WHERE state <> 3
  GROUP BY account_id, 1, 2, 3 HAVING COUNT(*) > 1)sql"},
      {"a live access to a deleted company", R"sql(
  SELECT x.access_id FROM accesses x JOIN companies c USING (account_id, company_id)
  WHERE x.state <> 3 AND c.delete_time IS NOT NULL)sql"},
      {"an access that counts before its company does", R"sql(
  SELECT x.access_id FROM accesses x
  WHERE x.from_day < (SELECT MIN(p.from_day) FROM placements p WHERE p.account_id = x.account_id
                      AND p.company_id = x.company_id))sql"},
      {"a request without a response", "SELECT request_id FROM requests WHERE response = ''"},
  };
  std::string breaches;
  for (const auto& [name, sql] : kBreaches) {
    if (const std::string rows = Sql(sql); !rows.empty()) absl::StrAppend(&breaches, name, ":\n", rows);
  }
  return breaches;
}

}  // namespace agreements::testing
