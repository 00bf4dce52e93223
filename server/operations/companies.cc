// Companies: domain.md C1, C4. Moving them is in move_company.cc, taking back a deletion in undelete_company.cc.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "proto/days.h"
#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/operations/pages.h"
#include "server/rules/rules.h"
#include "storage/tables/accesses.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"
#include "storage/tables/holders.h"
#include "storage/tables/placements.h"

namespace agreements {
namespace {

using storage::GatheredRead;
using storage::ReadTransaction;
using storage::Transaction;

absl::StatusOr<v1::ListCompaniesResponse> ListCompaniesByName(ReadTransaction& tx,
                                                              const v1::ListCompaniesRequest& request) {
  ASSIGN_OR_RETURN(const storage::NamePosition after, PagePosition(request));
  ASSIGN_OR_RETURN(auto companies, storage::ListCompaniesByName(tx, request, after, PageSize(request) + 1));
  v1::ListCompaniesResponse response;
  response.set_next_page_token(FillSortedPage(request, std::move(companies), *response.mutable_companies(),
                                              [](const v1::Company& company) { return company.company_id(); }));
  return response;
}

// Why the company could not be deleted, as it is now.
absl::Status WhyNotDeleted(const v1::DeleteCompanyRequest& request, const v1::Company& company) {
  if (company.has_delete_time()) return CompanyDeleted(request.company_id());
  RETURN_IF_ERROR(rules::CheckRevision(request, request.company_id(), company.revision()));
  return storage::StartOver();  // It was undeleted since, or got this revision.
}

}  // namespace

absl::StatusOr<v1::CreateCompanyResponse> CreateCompany(Transaction& tx, const Clock& clock,
                                                        const v1::CreateCompanyRequest& request) {
  ASSIGN_OR_RETURN(const v1::Agreement agreement,
                   storage::LockLiveAgreement(tx, request.agreement_id(), {.companies = 1}));
  v1::Company company;
  company.set_company_id(tx.NewId(kCompanyPrefix));
  company.set_display_name(request.display_name());
  company.set_organization_number(request.organization_number());
  v1::CreateCompanyResponse response;
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  ASSIGN_OR_RETURN(*response.mutable_company(), AddCompany(tx, now, agreement, company));
  return response;
}

absl::StatusOr<v1::GetCompanyResponse> GetCompany(GatheredRead& read, const v1::GetCompanyRequest& request) {
  v1::GetCompanyResponse response;
  ASSIGN_OR_RETURN(*response.mutable_company(), storage::GetCompany(read, request.company_id()));
  return response;
}

absl::StatusOr<v1::BatchGetCompaniesResponse> BatchGetCompanies(ReadTransaction& tx,
                                                                const v1::BatchGetCompaniesRequest& request) {
  ASSIGN_OR_RETURN(auto companies, storage::BatchGetCompanies(tx, request));
  v1::BatchGetCompaniesResponse response;
  FillBatch(
      request.company_ids(), std::move(companies), [](const v1::Company& company) { return company.company_id(); },
      *response.mutable_companies(), *response.mutable_missing_company_ids());
  return response;
}

absl::StatusOr<v1::ListCompaniesResponse> ListCompanies(ReadTransaction& tx, const v1::ListCompaniesRequest& request) {
  if (request.order() == v1::LIST_ORDER_DISPLAY_NAME) return ListCompaniesByName(tx, request);
  ASSIGN_OR_RETURN(const std::string before_id, PageKey(request, kAfterAllIds));
  ASSIGN_OR_RETURN(auto companies, storage::ListCompanies(tx, request, before_id, PageSize(request) + 1));
  v1::ListCompaniesResponse response;
  response.set_next_page_token(FillPage(request, std::move(companies), *response.mutable_companies(),
                                        [](const v1::Company& company) { return company.company_id(); }));
  return response;
}

absl::StatusOr<v1::UpdateCompanyResponse> UpdateCompany(Transaction& tx, const Clock& clock,
                                                        const v1::UpdateCompanyRequest& request) {
  v1::UpdateCompanyResponse response;
  auto& company = *response.mutable_company();
  ASSIGN_OR_RETURN(company, storage::GetCompany(tx, request.company_id()));
  if (company.has_delete_time()) return CompanyDeleted(request.company_id());
  RETURN_IF_ERROR(rules::CheckRevision(request, request.company_id(), company.revision()));
  if (request.has_display_name()) company.set_display_name(request.display_name());
  if (request.has_organization_number()) company.set_organization_number(request.organization_number());
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  *company.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateCompany(tx, company));
  return response;
}

absl::StatusOr<v1::DeleteCompanyResponse> DeleteCompany(Transaction& tx, const Clock& clock,
                                                        const v1::DeleteCompanyRequest& request) {
  const std::string& company_id = request.company_id();
  ASSIGN_OR_RETURN(const storage::HolderLock lock, storage::LockHolder(tx, company_id, {.companies = -1}));
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  const auto revision = request.has_revision() ? std::optional(request.revision()) : std::nullopt;
  ASSIGN_OR_RETURN(const bool deleted, storage::DeleteCompany(tx, company_id, revision, now.time));
  // After the company is written. A transaction that was recorded while this waited may have a later day than the clock
  // gave. That day needs a holder.
  ASSIGN_OR_RETURN(storage::HeldCompany held, storage::GetCompanyInUse(tx, company_id, lock));
  if (!deleted) return WhyNotDeleted(request, held.company);
  if (!held.is_locked) return storage::StartOver();
  storage::TellDeleted(tx, held.company);
  ASSIGN_OR_RETURN(const absl::CivilDay held_from, NewestPlacementFrom(held));
  const absl::CivilDay last_day = rules::LastDay(now.day, ParseDay(held.holder.settled_until()),
                                                 std::max(held_from, held.newest_transaction_day.value_or(held_from)));
  if (held.has_accesses) RETURN_IF_ERROR(storage::EndAccesses(tx, company_id, last_day, now.time));
  RETURN_IF_ERROR(PlaceCompany(tx, held.newest, company_id, "", last_day + 1).status());
  v1::DeleteCompanyResponse response;
  *response.mutable_company() = std::move(held.company);
  return response;
}

absl::StatusOr<v1::ListPlacementsResponse> ListPlacements(ReadTransaction& tx,
                                                          const v1::ListPlacementsRequest& request) {
  ASSIGN_OR_RETURN(const std::string before_day, PageKey(request, kAfterAllDays));
  ASSIGN_OR_RETURN(auto placements,
                   storage::ListPlacements(tx, request.company_id(), before_day, PageSize(request) + 1));
  // A placement ends where its successor begins. The successor comes before it here; that of the first row is the
  // page's key.
  std::string until_day = request.page_token().empty() ? "" : before_day;
  for (v1::Placement& placement : placements) {
    placement.set_until_day(std::exchange(until_day, placement.from_day()));
  }
  v1::ListPlacementsResponse response;
  response.set_next_page_token(FillPage(request, std::move(placements), *response.mutable_placements(),
                                        [](const v1::Placement& placement) { return placement.from_day(); }));
  return response;
}

}  // namespace agreements
