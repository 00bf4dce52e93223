// What each RPC does, one function each, called by the services when the request is valid. Errors are those that the
// proto names. Thread-safe.
#ifndef AGREEMENTS_SERVER_OPERATIONS_H_
#define AGREEMENTS_SERVER_OPERATIONS_H_

#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "storage/database.h"

namespace agreements {

// An instant, cut to microseconds, and its day in the service's time zone.
struct Moment {
  absl::Time time;
  absl::CivilDay day;
};

// Where operations get everything from that is not in the request.
struct Environment {
  storage::Database& database;
  std::function<absl::Time()> now;
  absl::TimeZone time_zone;

  // Reads the clock. In a transaction that changes a placement, only after its agreements are locked (domain.md D2):
  // what waited for a lock over midnight happens on the new day.
  Moment ReadClock() const;
};

// create_agreement.cc
absl::StatusOr<v1::CreateAgreementResponse> CreateAgreement(Environment& env, const storage::Call& call,
                                                            const v1::CreateAgreementRequest& request);
// update_agreement.cc
absl::StatusOr<v1::UpdateAgreementResponse> UpdateAgreement(Environment& env, const storage::Call& call,
                                                            const v1::UpdateAgreementRequest& request);
// delete_agreement.cc
absl::StatusOr<v1::DeleteAgreementResponse> DeleteAgreement(Environment& env, const storage::Call& call,
                                                            const v1::DeleteAgreementRequest& request);
absl::StatusOr<v1::UndeleteAgreementResponse> UndeleteAgreement(Environment& env, const storage::Call& call,
                                                                const v1::UndeleteAgreementRequest& request);

// create_company.cc
absl::StatusOr<v1::CreateCompanyResponse> CreateCompany(Environment& env, const storage::Call& call,
                                                        const v1::CreateCompanyRequest& request);
// update_company.cc
absl::StatusOr<v1::UpdateCompanyResponse> UpdateCompany(Environment& env, const storage::Call& call,
                                                        const v1::UpdateCompanyRequest& request);
// delete_company.cc
absl::StatusOr<v1::DeleteCompanyResponse> DeleteCompany(Environment& env, const storage::Call& call,
                                                        const v1::DeleteCompanyRequest& request);
// undelete_company.cc
absl::StatusOr<v1::UndeleteCompanyResponse> UndeleteCompany(Environment& env, const storage::Call& call,
                                                            const v1::UndeleteCompanyRequest& request);

// company_drafts.cc
absl::StatusOr<v1::CreateCompanyDraftResponse> CreateCompanyDraft(Environment& env, const storage::Call& call,
                                                                  const v1::CreateCompanyDraftRequest& request);
absl::StatusOr<v1::UpdateCompanyDraftResponse> UpdateCompanyDraft(Environment& env, const storage::Call& call,
                                                                  const v1::UpdateCompanyDraftRequest& request);
absl::StatusOr<v1::DeleteCompanyDraftResponse> DeleteCompanyDraft(Environment& env, const storage::Call& call,
                                                                  const v1::DeleteCompanyDraftRequest& request);
// complete_company_draft.cc
absl::StatusOr<v1::CompleteCompanyDraftResponse> CompleteCompanyDraft(Environment& env, const storage::Call& call,
                                                                      const v1::CompleteCompanyDraftRequest& request);

// move_company.cc
absl::StatusOr<v1::MoveCompanyResponse> MoveCompany(Environment& env, const storage::Call& call,
                                                    const v1::MoveCompanyRequest& request);
absl::StatusOr<v1::MoveCompanyToNewAgreementResponse> MoveCompanyToNewAgreement(
    Environment& env, const storage::Call& call, const v1::MoveCompanyToNewAgreementRequest& request);

// reads.cc
absl::StatusOr<v1::GetAgreementResponse> GetAgreement(Environment& env, const storage::Call& call,
                                                      const v1::GetAgreementRequest& request);
absl::StatusOr<v1::ListAgreementsResponse> ListAgreements(Environment& env, const storage::Call& call,
                                                          const v1::ListAgreementsRequest& request);
absl::StatusOr<v1::GetCompanyResponse> GetCompany(Environment& env, const storage::Call& call,
                                                  const v1::GetCompanyRequest& request);
absl::StatusOr<v1::ListCompaniesResponse> ListCompanies(Environment& env, const storage::Call& call,
                                                        const v1::ListCompaniesRequest& request);
absl::StatusOr<v1::GetCompanyDraftResponse> GetCompanyDraft(Environment& env, const storage::Call& call,
                                                            const v1::GetCompanyDraftRequest& request);
absl::StatusOr<v1::ListCompanyDraftsResponse> ListCompanyDrafts(Environment& env, const storage::Call& call,
                                                                const v1::ListCompanyDraftsRequest& request);
absl::StatusOr<v1::ListPlacementsResponse> ListPlacements(Environment& env, const storage::Call& call,
                                                          const v1::ListPlacementsRequest& request);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_H_
