#include "server/operations/company_steps.h"

#include <algorithm>

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

absl::StatusOr<v1::Company> AddCompany(Transaction& tx, const Moment& now, const v1::Agreement& agreement,
                                       v1::Company company) {
  company.set_agreement_id(agreement.agreement_id());
  company.set_revision(1);
  *company.mutable_create_time() = ToTimestamp(now.time);
  *company.mutable_update_time() = company.create_time();
  RETURN_IF_ERROR(storage::InsertCompany(tx, company));
  const absl::CivilDay from_day = rules::FirstDay(now.day, {ParseDay(agreement.settled_until())});
  v1::Placement placement;
  placement.set_company_id(company.company_id());
  placement.set_agreement_id(agreement.agreement_id());
  placement.set_from_day(FormatDay(from_day));
  RETURN_IF_ERROR(storage::InsertPlacement(tx, placement));
  return company;
}

absl::StatusOr<v1::Placement> PlaceCompany(Transaction& tx, std::vector<v1::Placement>& newest,
                                           const std::string& company_id, const std::string& agreement_id,
                                           absl::CivilDay from_day) {
  v1::Placement placement;
  placement.set_company_id(company_id);
  placement.set_agreement_id(agreement_id);
  placement.set_from_day(FormatDay(from_day));
  // ISO 8601 days compare as texts.
  const auto before = std::find_if(newest.begin(), newest.end(), [&](const v1::Placement& earlier) {
    return earlier.from_day() < placement.from_day();
  });
  const auto replaced = before - newest.begin();
  const bool merges = before != newest.end() && before->agreement_id() == agreement_id;
  if (replaced == 1 && !merges) {
    RETURN_IF_ERROR(storage::ReplacePlacement(tx, newest.front().from_day(), placement));
  } else {
    if (replaced > 0) RETURN_IF_ERROR(storage::DeletePlacementsFrom(tx, company_id, placement.from_day()));
    if (!merges) RETURN_IF_ERROR(storage::InsertPlacement(tx, placement));
  }
  newest.erase(newest.begin(), before);
  if (!merges) newest.insert(newest.begin(), placement);
  return newest.front();
}

absl::StatusOr<absl::CivilDay> NewestPlacementFrom(const storage::HeldCompany& held) {
  if (held.newest.empty()) {
    return absl::InternalError(absl::StrCat("company ", held.company.company_id(), " has no placement"));
  }
  return ParseDay(held.newest.front().from_day());
}

}  // namespace agreements
