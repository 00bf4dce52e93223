// What each RPC does, one function each, called with a valid request. Errors are those that the proto names.
// Thread-safe.
//
// An operation is the body of its transaction, and its first parameter says how it runs: Transaction reads and writes,
// and the call is recorded; each statement of a ReadTransaction sees all that is committed; all statements of a
// Snapshot see the same state; a GatheredRead reads one row, in a round trip that calls share. A body may run again, so
// it returns its result and changes nothing else. Operations that keep something between two runs, or use several
// transactions, take a Database and the call, and begin their transactions themselves.
#ifndef AGREEMENTS_SERVER_OPERATIONS_OPERATIONS_H_
#define AGREEMENTS_SERVER_OPERATIONS_OPERATIONS_H_

#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "server/operations/context.h"
#include "storage/connection/database.h"

namespace agreements {

// Returns the stream's next message, or nothing at its end. One thread at a time calls it, but not always the same one.
// Between two calls it holds no connection.
template <typename Response>
using Stream = std::function<absl::StatusOr<std::optional<Response>>(const storage::Call& call)>;

// agreements.cc
absl::StatusOr<v1::CreateAgreementResponse> CreateAgreement(storage::Transaction& tx, const Clock& clock,
                                                            const v1::CreateAgreementRequest& request);
absl::StatusOr<v1::GetAgreementResponse> GetAgreement(storage::GatheredRead& read,
                                                      const v1::GetAgreementRequest& request);
absl::StatusOr<v1::BatchGetAgreementsResponse> BatchGetAgreements(storage::ReadTransaction& tx,
                                                                  const v1::BatchGetAgreementsRequest& request);
absl::StatusOr<v1::ListAgreementsResponse> ListAgreements(storage::ReadTransaction& tx,
                                                          const v1::ListAgreementsRequest& request);
absl::StatusOr<v1::UpdateAgreementResponse> UpdateAgreement(storage::Transaction& tx, const Clock& clock,
                                                            const v1::UpdateAgreementRequest& request);
absl::StatusOr<v1::DeleteAgreementResponse> DeleteAgreement(storage::Transaction& tx, const Clock& clock,
                                                            const v1::DeleteAgreementRequest& request);
absl::StatusOr<v1::UndeleteAgreementResponse> UndeleteAgreement(storage::Transaction& tx, const Clock& clock,
                                                                const v1::UndeleteAgreementRequest& request);

// agreement_users.cc
absl::StatusOr<v1::ListAgreementUsersResponse> ListAgreementUsers(storage::Snapshot& tx,
                                                                  const v1::ListAgreementUsersRequest& request);

// companies.cc
absl::StatusOr<v1::CreateCompanyResponse> CreateCompany(storage::Transaction& tx, const Clock& clock,
                                                        const v1::CreateCompanyRequest& request);
absl::StatusOr<v1::GetCompanyResponse> GetCompany(storage::GatheredRead& read, const v1::GetCompanyRequest& request);
absl::StatusOr<v1::BatchGetCompaniesResponse> BatchGetCompanies(storage::ReadTransaction& tx,
                                                                const v1::BatchGetCompaniesRequest& request);
absl::StatusOr<v1::ListCompaniesResponse> ListCompanies(storage::ReadTransaction& tx,
                                                        const v1::ListCompaniesRequest& request);
absl::StatusOr<v1::UpdateCompanyResponse> UpdateCompany(storage::Transaction& tx, const Clock& clock,
                                                        const v1::UpdateCompanyRequest& request);
absl::StatusOr<v1::DeleteCompanyResponse> DeleteCompany(storage::Transaction& tx, const Clock& clock,
                                                        const v1::DeleteCompanyRequest& request);
absl::StatusOr<v1::ListPlacementsResponse> ListPlacements(storage::ReadTransaction& tx,
                                                          const v1::ListPlacementsRequest& request);

// undelete_company.cc
absl::StatusOr<v1::UndeleteCompanyResponse> UndeleteCompany(storage::Transaction& tx, const Clock& clock,
                                                            const v1::UndeleteCompanyRequest& request);

// move_company.cc
absl::StatusOr<v1::MoveCompanyResponse> MoveCompany(storage::Transaction& tx, const Clock& clock,
                                                    const v1::MoveCompanyRequest& request);
absl::StatusOr<v1::MoveCompanyToNewAgreementResponse> MoveCompanyToNewAgreement(
    storage::Transaction& tx, const Clock& clock, const v1::MoveCompanyToNewAgreementRequest& request);

// company_drafts.cc
absl::StatusOr<v1::CreateCompanyDraftResponse> CreateCompanyDraft(storage::Transaction& tx, const Clock& clock,
                                                                  const v1::CreateCompanyDraftRequest& request);
absl::StatusOr<v1::UpdateCompanyDraftResponse> UpdateCompanyDraft(storage::Transaction& tx, const Clock& clock,
                                                                  const v1::UpdateCompanyDraftRequest& request);
absl::StatusOr<v1::DeleteCompanyDraftResponse> DeleteCompanyDraft(storage::Transaction& tx, const Clock& clock,
                                                                  const v1::DeleteCompanyDraftRequest& request);
absl::StatusOr<v1::CompleteCompanyDraftResponse> CompleteCompanyDraft(storage::Transaction& tx, const Clock& clock,
                                                                      const v1::CompleteCompanyDraftRequest& request);
absl::StatusOr<v1::GetCompanyDraftResponse> GetCompanyDraft(storage::GatheredRead& read,
                                                            const v1::GetCompanyDraftRequest& request);
absl::StatusOr<v1::ListCompanyDraftsResponse> ListCompanyDrafts(storage::ReadTransaction& tx,
                                                                const v1::ListCompanyDraftsRequest& request);

// accesses.cc
absl::StatusOr<v1::InviteUserResponse> InviteUser(storage::Transaction& tx, const Clock& clock,
                                                  const v1::InviteUserRequest& request);
absl::StatusOr<v1::AcceptInvitationResponse> AcceptInvitation(storage::Transaction& tx, const Clock& clock,
                                                              const v1::AcceptInvitationRequest& request);
absl::StatusOr<v1::GrantAccessResponse> GrantAccess(storage::Transaction& tx, const Clock& clock,
                                                    const v1::GrantAccessRequest& request);
absl::StatusOr<v1::RevokeAccessResponse> RevokeAccess(storage::Transaction& tx, const Clock& clock,
                                                      const v1::RevokeAccessRequest& request);
absl::StatusOr<v1::GetAccessResponse> GetAccess(storage::GatheredRead& read, const Clock& clock,
                                                const v1::GetAccessRequest& request);
absl::StatusOr<v1::ListAccessesResponse> ListAccesses(storage::ReadTransaction& tx, const Clock& clock,
                                                      const v1::ListAccessesRequest& request);

// products.cc
absl::StatusOr<v1::CreateProductResponse> CreateProduct(storage::Transaction& tx, const Clock& clock,
                                                        const v1::CreateProductRequest& request);
absl::StatusOr<v1::UpdateProductResponse> UpdateProduct(storage::Transaction& tx, const Clock& clock,
                                                        const v1::UpdateProductRequest& request);
absl::StatusOr<v1::SetPriceResponse> SetPrice(storage::Transaction& tx, const v1::SetPriceRequest& request);
absl::StatusOr<v1::GetProductResponse> GetProduct(storage::GatheredRead& read, const v1::GetProductRequest& request);
absl::StatusOr<v1::ListProductsResponse> ListProducts(storage::ReadTransaction& tx,
                                                      const v1::ListProductsRequest& request);
absl::StatusOr<v1::ListPricesResponse> ListPrices(storage::ReadTransaction& tx, const v1::ListPricesRequest& request);

// record_transactions.cc
absl::StatusOr<v1::RecordTransactionsResponse> RecordTransactions(storage::Database& database,
                                                                  const storage::Call& call, const Clock& clock,
                                                                  const v1::RecordTransactionsRequest& request);

// transactions.cc
absl::StatusOr<v1::CancelTransactionsResponse> CancelTransactions(storage::Transaction& tx,
                                                                  const v1::CancelTransactionsRequest& request);
absl::StatusOr<v1::GetTransactionResponse> GetTransaction(storage::GatheredRead& read,
                                                          const v1::GetTransactionRequest& request);
absl::StatusOr<v1::ListTransactionsResponse> ListTransactions(storage::ReadTransaction& tx,
                                                              const v1::ListTransactionsRequest& request);

// order_bases.cc
absl::StatusOr<v1::PreviewOrderBasisResponse> PreviewOrderBasis(storage::Snapshot& tx, const Context& context,
                                                                const v1::PreviewOrderBasisRequest& request);
absl::StatusOr<v1::CreateOrderBasisResponse> CreateOrderBasis(storage::Database& database, const storage::Call& call,
                                                              const Context& context,
                                                              const v1::CreateOrderBasisRequest& request);
absl::StatusOr<v1::GetOrderBasisResponse> GetOrderBasis(storage::ReadTransaction& tx, const Context& context,
                                                        const v1::GetOrderBasisRequest& request);
absl::StatusOr<v1::ListOrderBasisLinesResponse> ListOrderBasisLines(storage::ReadTransaction& tx,
                                                                    const v1::ListOrderBasisLinesRequest& request);
absl::StatusOr<v1::ListOrderBasesResponse> ListOrderBases(storage::ReadTransaction& tx, const Context& context,
                                                          const v1::ListOrderBasesRequest& request);

// changes.cc
absl::StatusOr<v1::ListChangesResponse> ListChanges(storage::ReadTransaction& tx,
                                                    const v1::ListChangesRequest& request);

// verify_order_basis.cc
absl::StatusOr<v1::VerifyOrderBasisResponse> VerifyOrderBasis(storage::Snapshot& tx, const Context& context,
                                                              const v1::VerifyOrderBasisRequest& request);

// run_billing.cc
Stream<v1::RunBillingResponse> RunBilling(storage::Database& database, const Context& context,
                                          const v1::RunBillingRequest& request);
// The same with at most so many agreements in a transaction, for tests.
Stream<v1::RunBillingResponse> RunBillingInPages(storage::Database& database, const Context& context,
                                                 const v1::RunBillingRequest& request, size_t max_page);

// explain_order_basis.cc
Stream<v1::ExplainOrderBasisResponse> ExplainOrderBasis(storage::Database& database, const Context& context,
                                                        const v1::ExplainOrderBasisRequest& request);
// The same, reading at most so many accesses or transactions at once, for tests.
Stream<v1::ExplainOrderBasisResponse> ExplainOrderBasisInParts(storage::Database& database, const Context& context,
                                                               const v1::ExplainOrderBasisRequest& request,
                                                               int max_part);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_OPERATIONS_H_
