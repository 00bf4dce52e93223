// What is stored, as text, and what is wrong with it: of Service.

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/operations/verify_database.h"
#include "storage/connection/changes.h"
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

std::string Service::Entries() {
  return Sql(absl::StrCat("SELECT account_id, term, COUNT(*) FROM changes WHERE kind = ", storage::kMethodRow,
                          " GROUP BY account_id, term ORDER BY account_id, term"));
}

std::string Service::Findings(const std::string& account_id) {
  VerifyOptions options;
  options.account_id = account_id;
  // Without the hooks, which are for the test.
  storage::DatabaseOptions database_options = test_database_.options();
  database_options.hooks = nullptr;
  storage::Database database(database_options, test_database_.ids(), absl::Now);
  const auto verification = VerifyDatabase(database, context_, options);
  if (!verification.ok()) return verification.status().ToString();
  std::string findings;
  std::set<std::string> unknown = left_out_;
  for (const Check& check : verification->checks) {
    const auto is_beginning = [&check](const std::string& rule) { return absl::StartsWith(check.rule, rule); };
    std::erase_if(unknown, is_beginning);
    if (check.count == 0 || std::any_of(left_out_.begin(), left_out_.end(), is_beginning)) continue;
    absl::StrAppend(&findings, check.table, ": ", check.rule, ":\n");
    for (const Finding& finding : check.first)
      absl::StrAppend(&findings, "  ", finding.account_id, " ", finding.text, "\n");
  }
  for (const std::string& rule : unknown) absl::StrAppend(&findings, "left out, but no rule: ", rule, "\n");
  return findings;
}

}  // namespace agreements::testing
