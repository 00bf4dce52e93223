#include "tests/testing/operations_test.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace agreements::testing {

std::string Service::NewAgreement(const std::string& name, const std::string& account_id) {
  v1::CreateAgreementRequest request;
  request.set_account_id(account_id);
  request.set_display_name(name);
  return Do(CreateAgreement, request).value().agreement().agreement_id();
}

std::string Service::NewCompany(const std::string& agreement_id, const std::string& name,
                                const std::string& organization_number, const std::string& account_id) {
  v1::CreateCompanyRequest request;
  request.set_account_id(account_id);
  request.set_agreement_id(agreement_id);
  request.set_display_name(name);
  request.set_organization_number(organization_number);
  return Do(CreateCompany, request).value().company().company_id();
}

std::string Service::NewDraft(const std::string& agreement_id, const std::string& name,
                              const std::string& organization_number, const std::string& account_id) {
  v1::CreateCompanyDraftRequest request;
  request.set_account_id(account_id);
  request.set_agreement_id(agreement_id);
  request.set_display_name(name);
  request.set_organization_number(organization_number);
  return Do(CreateCompanyDraft, request).value().draft().draft_id();
}

absl::StatusOr<v1::MoveCompanyResponse> Service::Move(const std::string& company_id, const std::string& agreement_id,
                                                      const std::string& account_id) {
  v1::MoveCompanyRequest request;
  request.set_account_id(account_id);
  request.set_company_id(company_id);
  request.set_agreement_id(agreement_id);
  return Do(MoveCompany, request);
}

absl::StatusOr<v1::DeleteAgreementResponse> Service::Delete(const std::string& agreement_id, bool discard_drafts,
                                                            const std::string& account_id) {
  v1::DeleteAgreementRequest request;
  request.set_account_id(account_id);
  request.set_agreement_id(agreement_id);
  request.set_discard_drafts(discard_drafts);
  return Do(DeleteAgreement, request);
}

void Service::SettleUntil(const std::string& agreement_id, const std::string& day) {
  Sql(absl::StrCat("UPDATE agreements SET settled_until = '", day, "' WHERE agreement_id = '", agreement_id, "'"));
}

std::string Service::PlacementsOf(const std::string& company_id, const std::string& account_id) {
  v1::ListPlacementsRequest request;
  request.set_account_id(account_id);
  request.set_company_id(company_id);
  request.set_page_size(kMaxPageSize);
  std::vector<std::string> spans;
  const v1::ListPlacementsResponse response = Do(ListPlacements, request).value();
  for (auto placement = response.placements().rbegin(); placement != response.placements().rend(); ++placement) {
    std::string holder = "nobody";
    if (!placement->agreement_id().empty()) {
      v1::GetAgreementRequest get;
      get.set_account_id(account_id);
      get.set_agreement_id(placement->agreement_id());
      holder = Do(GetAgreement, get).value().agreement().display_name();
    }
    spans.push_back(absl::StrCat(holder, " ", placement->from_day(), " -", placement->until_day().empty() ? "" : " ",
                                 placement->until_day()));
  }
  return absl::StrJoin(spans, ", ");
}

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
  LEFT JOIN agreements a ON a.account_id = p.account_id AND a.agreement_id = p.agreement_id ORDER BY 1, 2, 3)sql"));
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
      {"a request without a response", "SELECT request_id FROM requests WHERE response = ''"},
  };
  std::string breaches;
  for (const auto& [name, sql] : kBreaches) {
    if (const std::string rows = Sql(sql); !rows.empty()) absl::StrAppend(&breaches, name, ":\n", rows);
  }
  return breaches;
}

}  // namespace agreements::testing
