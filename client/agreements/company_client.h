// Calls agreements.v1.CompanyService. Companies, drafts, moves, access and usage.
#ifndef AGREEMENTS_COMPANY_CLIENT_H_
#define AGREEMENTS_COMPANY_CLIENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "agreements/connection.h"
#include "agreements/options.h"
#include "agreements/ranges.h"
#include "agreements/v1/company_service.grpc.pb.h"
#include "agreements/v1/company_service.pb.h"

namespace agreements {

// One method for each of the service's. What each does, its fields and its errors stand in
// agreements/v1/company_service.proto; read an error by agreements/errors.h. Calls block. Thread-safe, and cheap to
// copy.
class CompanyClient {
 public:
  using Stub = v1::CompanyService::StubInterface;

  explicit CompanyClient(const std::shared_ptr<const Connection>& connection);
  // For tests: a mock of the stub (agreements/v1/company_service_mock.grpc.pb.h), or a stub of a channel of your own.
  explicit CompanyClient(std::shared_ptr<Stub> stub, Timeouts timeouts = {});

  // Companies.
  absl::StatusOr<v1::CreateCompanyResponse> CreateCompany(v1::CreateCompanyRequest request,
                                                          const CallOptions& options = {}) const;
  absl::StatusOr<v1::GetCompanyResponse> GetCompany(const v1::GetCompanyRequest& request,
                                                    const CallOptions& options = {}) const;
  absl::StatusOr<v1::BatchGetCompaniesResponse> BatchGetCompanies(const v1::BatchGetCompaniesRequest& request,
                                                                  const CallOptions& options = {}) const;
  PagedRange<v1::ListCompaniesResponse, v1::Company> ListCompanies(v1::ListCompaniesRequest request,
                                                                   const CallOptions& options = {}) const;
  absl::StatusOr<v1::UpdateCompanyResponse> UpdateCompany(v1::UpdateCompanyRequest request,
                                                          const CallOptions& options = {}) const;
  absl::StatusOr<v1::DeleteCompanyResponse> DeleteCompany(v1::DeleteCompanyRequest request,
                                                          const CallOptions& options = {}) const;
  absl::StatusOr<v1::UndeleteCompanyResponse> UndeleteCompany(v1::UndeleteCompanyRequest request,
                                                              const CallOptions& options = {}) const;

  // Drafts: a new company that is not finished yet.
  absl::StatusOr<v1::CreateCompanyDraftResponse> CreateCompanyDraft(v1::CreateCompanyDraftRequest request,
                                                                    const CallOptions& options = {}) const;
  absl::StatusOr<v1::GetCompanyDraftResponse> GetCompanyDraft(const v1::GetCompanyDraftRequest& request,
                                                              const CallOptions& options = {}) const;
  PagedRange<v1::ListCompanyDraftsResponse, v1::CompanyDraft> ListCompanyDrafts(v1::ListCompanyDraftsRequest request,
                                                                                const CallOptions& options = {}) const;
  absl::StatusOr<v1::UpdateCompanyDraftResponse> UpdateCompanyDraft(v1::UpdateCompanyDraftRequest request,
                                                                    const CallOptions& options = {}) const;
  absl::StatusOr<v1::CompleteCompanyDraftResponse> CompleteCompanyDraft(v1::CompleteCompanyDraftRequest request,
                                                                        const CallOptions& options = {}) const;
  absl::StatusOr<v1::DeleteCompanyDraftResponse> DeleteCompanyDraft(v1::DeleteCompanyDraftRequest request,
                                                                    const CallOptions& options = {}) const;

  // Moves, and where companies were.
  absl::StatusOr<v1::MoveCompanyResponse> MoveCompany(v1::MoveCompanyRequest request,
                                                      const CallOptions& options = {}) const;
  absl::StatusOr<v1::MoveCompanyToNewAgreementResponse> MoveCompanyToNewAgreement(
      v1::MoveCompanyToNewAgreementRequest request, const CallOptions& options = {}) const;
  PagedRange<v1::ListPlacementsResponse, v1::Placement> ListPlacements(v1::ListPlacementsRequest request,
                                                                       const CallOptions& options = {}) const;

  // Users' access.
  absl::StatusOr<v1::InviteUserResponse> InviteUser(v1::InviteUserRequest request,
                                                    const CallOptions& options = {}) const;
  absl::StatusOr<v1::AcceptInvitationResponse> AcceptInvitation(v1::AcceptInvitationRequest request,
                                                                const CallOptions& options = {}) const;
  absl::StatusOr<v1::GrantAccessResponse> GrantAccess(v1::GrantAccessRequest request,
                                                      const CallOptions& options = {}) const;
  absl::StatusOr<v1::RevokeAccessResponse> RevokeAccess(v1::RevokeAccessRequest request,
                                                        const CallOptions& options = {}) const;
  absl::StatusOr<v1::GetAccessResponse> GetAccess(const v1::GetAccessRequest& request,
                                                  const CallOptions& options = {}) const;
  PagedRange<v1::ListAccessesResponse, v1::Access> ListAccesses(v1::ListAccessesRequest request,
                                                                const CallOptions& options = {}) const;

  // Usage. Read the results: an item that is refused does not keep the others from being taken.
  absl::StatusOr<v1::RecordTransactionsResponse> RecordTransactions(const v1::RecordTransactionsRequest& request,
                                                                    const CallOptions& options = {}) const;
  absl::StatusOr<v1::CancelTransactionsResponse> CancelTransactions(const v1::CancelTransactionsRequest& request,
                                                                    const CallOptions& options = {}) const;
  absl::StatusOr<v1::GetTransactionResponse> GetTransaction(const v1::GetTransactionRequest& request,
                                                            const CallOptions& options = {}) const;
  PagedRange<v1::ListTransactionsResponse, v1::Transaction> ListTransactions(v1::ListTransactionsRequest request,
                                                                             const CallOptions& options = {}) const;

 private:
  std::shared_ptr<Stub> stub_;
  Timeouts timeouts_;
};

}  // namespace agreements

#endif  // AGREEMENTS_COMPANY_CLIENT_H_
