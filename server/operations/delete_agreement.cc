// Deleting an agreement and taking that back: domain.md A3 to A5.
#include <algorithm>

#include "proto/errors.h"
#include "proto/status_macros.h"
#include "proto/timestamps.h"
#include "server/operations/operations.h"
#include "server/rules/rules.h"
#include "storage/tables/agreements.h"
#include "storage/tables/companies.h"
#include "storage/tables/company_drafts.h"

namespace agreements {
namespace {

using storage::Transaction;

constexpr int kCompaniesNamed = 20;  // A3

// A3: the refusal names the first companies.
absl::Status NotEmpty(Transaction& tx, const storage::Call& call, const v1::Agreement& agreement) {
  ASSIGN_OR_RETURN(const std::vector<std::string> company_ids,
                   storage::ListCompanyIds(tx, call.account_id, agreement.agreement_id(), kCompaniesNamed));
  const int company_count = agreement.company_count();
  // Companies have come or gone since the agreement was read.
  if (static_cast<int>(company_ids.size()) != std::min(company_count, kCompaniesNamed)) return storage::StartOver();
  return AgreementNotEmpty(agreement.agreement_id(), company_count, company_ids);
}

}  // namespace

absl::StatusOr<v1::DeleteAgreementResponse> DeleteAgreement(Environment& env, const storage::Call& call,
                                                            const v1::DeleteAgreementRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::DeleteAgreementResponse> {
    const std::string& agreement_id = request.agreement_id();
    ASSIGN_OR_RETURN(v1::Agreement agreement, storage::GetAgreement(tx, call.account_id, agreement_id));
    if (agreement.has_delete_time()) return AgreementDeleted(agreement_id);
    RETURN_IF_ERROR(rules::CheckRevision(request, agreement_id, agreement.revision()));
    if (agreement.company_count() > 0) return NotEmpty(tx, call, agreement);
    if (agreement.draft_count() > 0 && !request.discard_drafts()) {
      return AgreementHasDrafts(agreement_id, agreement.draft_count());
    }
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    *agreement.mutable_delete_time() = ToTimestamp(now.time);
    *agreement.mutable_update_time() = agreement.delete_time();
    // A5: only while it holds just what was read, so nothing slips in between.
    RETURN_IF_ERROR(storage::DeleteAgreement(tx, call.account_id, agreement));
    if (agreement.draft_count() > 0) {
      RETURN_IF_ERROR(storage::DiscardDrafts(tx, call.account_id, agreement_id, agreement.delete_time()));
    }
    v1::DeleteAgreementResponse response;
    ASSIGN_OR_RETURN(*response.mutable_agreement(), storage::GetAgreement(tx, call.account_id, agreement_id));
    return response;
  });
}

absl::StatusOr<v1::UndeleteAgreementResponse> UndeleteAgreement(Environment& env, const storage::Call& call,
                                                                const v1::UndeleteAgreementRequest& request) {
  return env.database.ReadWrite(call, [&](Transaction& tx) -> absl::StatusOr<v1::UndeleteAgreementResponse> {
    const std::string& agreement_id = request.agreement_id();
    ASSIGN_OR_RETURN(v1::Agreement agreement, storage::GetAgreement(tx, call.account_id, agreement_id));
    if (!agreement.has_delete_time()) return AgreementNotDeleted(agreement_id);
    agreement.clear_delete_time();
    ASSIGN_OR_RETURN(const Moment now, env.ReadClock());
    *agreement.mutable_update_time() = ToTimestamp(now.time);
    RETURN_IF_ERROR(storage::UpdateAgreement(tx, call.account_id, agreement));
    v1::UndeleteAgreementResponse response;
    ASSIGN_OR_RETURN(*response.mutable_agreement(), storage::GetAgreement(tx, call.account_id, agreement_id));
    return response;
  });
}

}  // namespace agreements
