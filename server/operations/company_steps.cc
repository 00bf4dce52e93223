#include "server/operations/company_steps.h"

#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/errors.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/rules/rules.h"
#include "storage/tables/companies.h"
#include "storage/tables/placements.h"

namespace agreements {

using storage::Transaction;

v1::Agreement NewAgreement(Transaction& tx, const Moment& now, const std::string& display_name,
                           const std::string& customer_number) {
  v1::Agreement agreement;
  agreement.set_agreement_id(tx.NewId(kAgreementPrefix));
  agreement.set_display_name(display_name);
  agreement.set_customer_number(customer_number);
  // O2: the first order basis begins on the day of creation.
  agreement.set_settled_until(FormatDay(now.day));
  agreement.set_revision(1);
  *agreement.mutable_create_time() = ToTimestamp(now.time);
  *agreement.mutable_update_time() = agreement.create_time();
  return agreement;
}

v1::CompanyDraft NewDraft(Transaction& tx, const Moment& now, const std::string& agreement_id,
                          const std::string& display_name, const std::string& organization_number) {
  v1::CompanyDraft draft;
  draft.set_draft_id(tx.NewId(kDraftPrefix));
  draft.set_agreement_id(agreement_id);
  draft.set_display_name(display_name);
  draft.set_organization_number(organization_number);
  draft.set_state(v1::COMPANY_DRAFT_STATE_OPEN);
  draft.set_revision(1);
  *draft.mutable_create_time() = ToTimestamp(now.time);
  *draft.mutable_update_time() = draft.create_time();
  return draft;
}

absl::StatusOr<v1::Agreement> LockHolder(Transaction& tx, absl::string_view agreement_id, storage::CountChange change) {
  absl::StatusOr<v1::Agreement> agreement = storage::LockLiveAgreement(tx, agreement_id, change);
  if (ReasonOf(agreement.status()) == v1::ERROR_REASON_AGREEMENT_DELETED) return storage::StartOver();
  return agreement;
}

absl::StatusOr<v1::Company> AddCompany(Transaction& tx, const Moment& now, const v1::Agreement& agreement,
                                       v1::Company company) {
  company.set_agreement_id(agreement.agreement_id());
  company.set_revision(1);
  *company.mutable_create_time() = ToTimestamp(now.time);
  *company.mutable_update_time() = company.create_time();
  RETURN_IF_ERROR(storage::InsertCompany(tx, company));
  const absl::CivilDay from_day = rules::FirstDay(now.day, {ParseDay(agreement.settled_until())});
  RETURN_IF_ERROR(PlaceCompany(tx, company.company_id(), agreement.agreement_id(), from_day).status());
  return company;
}

absl::StatusOr<v1::Placement> PlaceCompany(Transaction& tx, const std::string& company_id,
                                           const std::string& agreement_id, absl::CivilDay from_day) {
  v1::Placement placement;
  placement.set_company_id(company_id);
  placement.set_agreement_id(agreement_id);
  placement.set_from_day(FormatDay(from_day));
  RETURN_IF_ERROR(storage::DeletePlacementsFrom(tx, company_id, placement.from_day()));
  ASSIGN_OR_RETURN(const auto before, storage::GetNewestPlacement(tx, company_id));
  if (before && before->agreement_id() == agreement_id) return *before;
  RETURN_IF_ERROR(storage::InsertPlacement(tx, placement));
  return placement;
}

absl::StatusOr<absl::CivilDay> NewestPlacementFrom(Transaction& tx, absl::string_view company_id) {
  ASSIGN_OR_RETURN(const auto newest, storage::GetNewestPlacement(tx, company_id));
  if (!newest) return absl::InternalError(absl::StrCat("company ", company_id, " has no placement"));
  return ParseDay(newest->from_day());
}

}  // namespace agreements
