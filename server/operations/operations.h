// What each RPC does, one function each, called by the services when the request is valid. Errors are those that the
// proto names. Thread-safe.
#ifndef AGREEMENTS_SERVER_OPERATIONS_OPERATIONS_H_
#define AGREEMENTS_SERVER_OPERATIONS_OPERATIONS_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "storage/connection/database.h"

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
  std::string currency;  // Of all prices and amounts, e.g. "NOK".

  // Reads the clock. In a transaction that changes a placement or an access, only after its agreements are locked
  // (domain.md D2): what waited for a lock over midnight happens on the new day. UNAVAILABLE CLOCK_OUT_OF_RANGE if the
  // day is none that the service takes.
  absl::StatusOr<Moment> ReadClock() const;
};

// The rest of a stream: each call returns its next message, or nothing at its end. Called in one thread at a time,
// which may be another one each time; between two calls it holds nothing of the database.
template <typename Response>
using Stream = std::function<absl::StatusOr<std::optional<Response>>(const storage::Call& call)>;

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

// accesses.cc
absl::StatusOr<v1::InviteUserResponse> InviteUser(Environment& env, const storage::Call& call,
                                                  const v1::InviteUserRequest& request);
absl::StatusOr<v1::AcceptInvitationResponse> AcceptInvitation(Environment& env, const storage::Call& call,
                                                              const v1::AcceptInvitationRequest& request);
absl::StatusOr<v1::GrantAccessResponse> GrantAccess(Environment& env, const storage::Call& call,
                                                    const v1::GrantAccessRequest& request);
absl::StatusOr<v1::RevokeAccessResponse> RevokeAccess(Environment& env, const storage::Call& call,
                                                      const v1::RevokeAccessRequest& request);
absl::StatusOr<v1::GetAccessResponse> GetAccess(Environment& env, const storage::Call& call,
                                                const v1::GetAccessRequest& request);
absl::StatusOr<v1::ListAccessesResponse> ListAccesses(Environment& env, const storage::Call& call,
                                                      const v1::ListAccessesRequest& request);

// products.cc
absl::StatusOr<v1::CreateProductResponse> CreateProduct(Environment& env, const storage::Call& call,
                                                        const v1::CreateProductRequest& request);
absl::StatusOr<v1::UpdateProductResponse> UpdateProduct(Environment& env, const storage::Call& call,
                                                        const v1::UpdateProductRequest& request);
absl::StatusOr<v1::SetPriceResponse> SetPrice(Environment& env, const storage::Call& call,
                                              const v1::SetPriceRequest& request);
absl::StatusOr<v1::GetProductResponse> GetProduct(Environment& env, const storage::Call& call,
                                                  const v1::GetProductRequest& request);
absl::StatusOr<v1::ListProductsResponse> ListProducts(Environment& env, const storage::Call& call,
                                                      const v1::ListProductsRequest& request);
absl::StatusOr<v1::ListPricesResponse> ListPrices(Environment& env, const storage::Call& call,
                                                  const v1::ListPricesRequest& request);

// record_transactions.cc
absl::StatusOr<v1::RecordTransactionsResponse> RecordTransactions(Environment& env, const storage::Call& call,
                                                                  const v1::RecordTransactionsRequest& request);
// transactions.cc
absl::StatusOr<v1::CancelTransactionsResponse> CancelTransactions(Environment& env, const storage::Call& call,
                                                                  const v1::CancelTransactionsRequest& request);
absl::StatusOr<v1::GetTransactionResponse> GetTransaction(Environment& env, const storage::Call& call,
                                                          const v1::GetTransactionRequest& request);
absl::StatusOr<v1::ListTransactionsResponse> ListTransactions(Environment& env, const storage::Call& call,
                                                              const v1::ListTransactionsRequest& request);

// create_order_basis.cc
absl::StatusOr<v1::PreviewOrderBasisResponse> PreviewOrderBasis(Environment& env, const storage::Call& call,
                                                                const v1::PreviewOrderBasisRequest& request);
absl::StatusOr<v1::CreateOrderBasisResponse> CreateOrderBasis(Environment& env, const storage::Call& call,
                                                              const v1::CreateOrderBasisRequest& request);

// verify_order_basis.cc
absl::StatusOr<v1::VerifyOrderBasisResponse> VerifyOrderBasis(Environment& env, const storage::Call& call,
                                                              const v1::VerifyOrderBasisRequest& request);

// run_billing.cc
Stream<v1::RunBillingResponse> RunBilling(Environment& env, const v1::RunBillingRequest& request);
// explain_order_basis.cc
Stream<v1::ExplainOrderBasisResponse> ExplainOrderBasis(Environment& env, const v1::ExplainOrderBasisRequest& request);

// order_bases.cc
absl::StatusOr<v1::GetOrderBasisResponse> GetOrderBasis(Environment& env, const storage::Call& call,
                                                        const v1::GetOrderBasisRequest& request);
absl::StatusOr<v1::ListOrderBasisLinesResponse> ListOrderBasisLines(Environment& env, const storage::Call& call,
                                                                    const v1::ListOrderBasisLinesRequest& request);
absl::StatusOr<v1::ListOrderBasesResponse> ListOrderBases(Environment& env, const storage::Call& call,
                                                          const v1::ListOrderBasesRequest& request);

// agreement_users.cc
absl::StatusOr<v1::ListAgreementUsersResponse> ListAgreementUsers(Environment& env, const storage::Call& call,
                                                                  const v1::ListAgreementUsersRequest& request);

// batches.cc
absl::StatusOr<v1::BatchGetAgreementsResponse> BatchGetAgreements(Environment& env, const storage::Call& call,
                                                                  const v1::BatchGetAgreementsRequest& request);
absl::StatusOr<v1::BatchGetCompaniesResponse> BatchGetCompanies(Environment& env, const storage::Call& call,
                                                                const v1::BatchGetCompaniesRequest& request);

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

#endif  // AGREEMENTS_SERVER_OPERATIONS_OPERATIONS_H_
