// Moving a company to another agreement, or to a new one: domain.md M1 to M4.
#include <algorithm>
#include <map>

#include "proto/days.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/company_steps.h"
#include "server/operations/operations.h"
#include "server/rules/rules.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"

namespace agreements {
namespace {

using storage::Transaction;

// The company of a request to move it. It must not be deleted, and must have the revision of the request.
template <typename Request>
absl::StatusOr<v1::Company> GetMovable(Transaction& tx, const Request& request) {
  ASSIGN_OR_RETURN(v1::Company company, storage::GetCompany(tx, request.company_id()));
  if (company.has_delete_time()) return CompanyDeleted(request.company_id());
  RETURN_IF_ERROR(rules::CheckRevision(request, request.company_id(), company.revision()));
  return company;
}

// M3, D2: puts the company into `target` from the first day on that neither agreement has settled. REQUIRES: both are
// locked, and their company counts are changed.
absl::StatusOr<v1::Placement> PutInto(Transaction& tx, const Moment& now, const v1::Agreement& source,
                                      const v1::Agreement& target, v1::Company& company) {
  company.set_agreement_id(target.agreement_id());
  *company.mutable_update_time() = ToTimestamp(now.time);
  RETURN_IF_ERROR(storage::UpdateCompany(tx, company));
  ASSIGN_OR_RETURN(const absl::CivilDay held_from, NewestPlacementFrom(tx, company.company_id()));
  const absl::CivilDay from_day =
      rules::FirstDay(now.day, {ParseDay(source.settled_until()), ParseDay(target.settled_until())}, held_from);
  return PlaceCompany(tx, company.company_id(), target.agreement_id(), from_day);
}

}  // namespace

absl::StatusOr<v1::MoveCompanyResponse> MoveCompany(Transaction& tx, const Clock& clock,
                                                    const v1::MoveCompanyRequest& request) {
  v1::MoveCompanyResponse response;
  auto& company = *response.mutable_company();
  ASSIGN_OR_RETURN(company, GetMovable(tx, request));
  const std::string source_id = company.agreement_id();
  const std::string& target_id = request.agreement_id();
  if (source_id == target_id) return AlreadyInAgreement(company.company_id(), target_id);

  // In ascending order of ids, so that two opposite moves cannot deadlock.
  std::map<std::string, v1::Agreement> agreements;
  for (const std::string& id : {std::min(source_id, target_id), std::max(source_id, target_id)}) {
    ASSIGN_OR_RETURN(agreements[id], id == source_id ? LockHolder(tx, id, {.companies = -1})
                                                     : storage::LockLiveAgreement(tx, id, {.companies = 1}));
  }
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  ASSIGN_OR_RETURN(*response.mutable_placement(),
                   PutInto(tx, now, agreements[source_id], agreements[target_id], company));
  return response;
}

absl::StatusOr<v1::MoveCompanyToNewAgreementResponse> MoveCompanyToNewAgreement(
    Transaction& tx, const Clock& clock, const v1::MoveCompanyToNewAgreementRequest& request) {
  v1::MoveCompanyToNewAgreementResponse response;
  auto& company = *response.mutable_company();
  ASSIGN_OR_RETURN(company, GetMovable(tx, request));
  ASSIGN_OR_RETURN(const v1::Agreement source, LockHolder(tx, company.agreement_id(), {.companies = -1}));
  ASSIGN_OR_RETURN(const Moment now, clock.Read());
  auto& target = *response.mutable_agreement();
  target = NewAgreement(tx, now, request.display_name(), request.customer_number());
  target.set_company_count(1);
  RETURN_IF_ERROR(storage::InsertAgreement(tx, target));
  ASSIGN_OR_RETURN(*response.mutable_placement(), PutInto(tx, now, source, target, company));
  return response;
}

}  // namespace agreements
