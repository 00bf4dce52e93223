#include "agreements/company_client.h"

#include <utility>

#include "client/calls.h"

namespace agreements {

CompanyClient::CompanyClient(const std::shared_ptr<const Connection>& connection)
    : stub_(StubOf<v1::CompanyService>(connection)), timeouts_(connection->options().timeouts) {}

CompanyClient::CompanyClient(std::shared_ptr<Stub> stub, Timeouts timeouts)
    : stub_(std::move(stub)), timeouts_(timeouts) {}

absl::StatusOr<v1::CreateCompanyResponse> CompanyClient::CreateCompany(v1::CreateCompanyRequest request,
                                                                       const CallOptions& options) const {
  return Change(*stub_, &Stub::CreateCompany, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::GetCompanyResponse> CompanyClient::GetCompany(const v1::GetCompanyRequest& request,
                                                                 const CallOptions& options) const {
  return Call(*stub_, &Stub::GetCompany, timeouts_.call, request, options);
}

absl::StatusOr<v1::BatchGetCompaniesResponse> CompanyClient::BatchGetCompanies(
    const v1::BatchGetCompaniesRequest& request, const CallOptions& options) const {
  return Call(*stub_, &Stub::BatchGetCompanies, timeouts_.call, request, options);
}

PagedRange<v1::ListCompaniesResponse, v1::Company> CompanyClient::ListCompanies(v1::ListCompaniesRequest request,
                                                                                const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListCompanies, timeouts_.call, &v1::ListCompaniesResponse::mutable_companies,
                std::move(request), options);
}

absl::StatusOr<v1::UpdateCompanyResponse> CompanyClient::UpdateCompany(v1::UpdateCompanyRequest request,
                                                                       const CallOptions& options) const {
  return Change(*stub_, &Stub::UpdateCompany, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::DeleteCompanyResponse> CompanyClient::DeleteCompany(v1::DeleteCompanyRequest request,
                                                                       const CallOptions& options) const {
  return Change(*stub_, &Stub::DeleteCompany, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::UndeleteCompanyResponse> CompanyClient::UndeleteCompany(v1::UndeleteCompanyRequest request,
                                                                           const CallOptions& options) const {
  return Change(*stub_, &Stub::UndeleteCompany, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::CreateCompanyDraftResponse> CompanyClient::CreateCompanyDraft(v1::CreateCompanyDraftRequest request,
                                                                                 const CallOptions& options) const {
  return Change(*stub_, &Stub::CreateCompanyDraft, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::GetCompanyDraftResponse> CompanyClient::GetCompanyDraft(const v1::GetCompanyDraftRequest& request,
                                                                           const CallOptions& options) const {
  return Call(*stub_, &Stub::GetCompanyDraft, timeouts_.call, request, options);
}

PagedRange<v1::ListCompanyDraftsResponse, v1::CompanyDraft> CompanyClient::ListCompanyDrafts(
    v1::ListCompanyDraftsRequest request, const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListCompanyDrafts, timeouts_.call, &v1::ListCompanyDraftsResponse::mutable_drafts,
                std::move(request), options);
}

absl::StatusOr<v1::UpdateCompanyDraftResponse> CompanyClient::UpdateCompanyDraft(v1::UpdateCompanyDraftRequest request,
                                                                                 const CallOptions& options) const {
  return Change(*stub_, &Stub::UpdateCompanyDraft, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::CompleteCompanyDraftResponse> CompanyClient::CompleteCompanyDraft(
    v1::CompleteCompanyDraftRequest request, const CallOptions& options) const {
  return Change(*stub_, &Stub::CompleteCompanyDraft, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::DeleteCompanyDraftResponse> CompanyClient::DeleteCompanyDraft(v1::DeleteCompanyDraftRequest request,
                                                                                 const CallOptions& options) const {
  return Change(*stub_, &Stub::DeleteCompanyDraft, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::MoveCompanyResponse> CompanyClient::MoveCompany(v1::MoveCompanyRequest request,
                                                                   const CallOptions& options) const {
  return Change(*stub_, &Stub::MoveCompany, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::MoveCompanyToNewAgreementResponse> CompanyClient::MoveCompanyToNewAgreement(
    v1::MoveCompanyToNewAgreementRequest request, const CallOptions& options) const {
  return Change(*stub_, &Stub::MoveCompanyToNewAgreement, timeouts_.call, std::move(request), options);
}

PagedRange<v1::ListPlacementsResponse, v1::Placement> CompanyClient::ListPlacements(v1::ListPlacementsRequest request,
                                                                                    const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListPlacements, timeouts_.call, &v1::ListPlacementsResponse::mutable_placements,
                std::move(request), options);
}

absl::StatusOr<v1::InviteUserResponse> CompanyClient::InviteUser(v1::InviteUserRequest request,
                                                                 const CallOptions& options) const {
  return Change(*stub_, &Stub::InviteUser, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::AcceptInvitationResponse> CompanyClient::AcceptInvitation(v1::AcceptInvitationRequest request,
                                                                             const CallOptions& options) const {
  return Change(*stub_, &Stub::AcceptInvitation, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::GrantAccessResponse> CompanyClient::GrantAccess(v1::GrantAccessRequest request,
                                                                   const CallOptions& options) const {
  return Change(*stub_, &Stub::GrantAccess, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::RevokeAccessResponse> CompanyClient::RevokeAccess(v1::RevokeAccessRequest request,
                                                                     const CallOptions& options) const {
  return Change(*stub_, &Stub::RevokeAccess, timeouts_.call, std::move(request), options);
}

absl::StatusOr<v1::GetAccessResponse> CompanyClient::GetAccess(const v1::GetAccessRequest& request,
                                                               const CallOptions& options) const {
  return Call(*stub_, &Stub::GetAccess, timeouts_.call, request, options);
}

PagedRange<v1::ListAccessesResponse, v1::Access> CompanyClient::ListAccesses(v1::ListAccessesRequest request,
                                                                             const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListAccesses, timeouts_.call, &v1::ListAccessesResponse::mutable_accesses,
                std::move(request), options);
}

absl::StatusOr<v1::RecordTransactionsResponse> CompanyClient::RecordTransactions(
    const v1::RecordTransactionsRequest& request, const CallOptions& options) const {
  return Call(*stub_, &Stub::RecordTransactions, timeouts_.call, request, options);
}

absl::StatusOr<v1::CancelTransactionsResponse> CompanyClient::CancelTransactions(
    const v1::CancelTransactionsRequest& request, const CallOptions& options) const {
  return Call(*stub_, &Stub::CancelTransactions, timeouts_.call, request, options);
}

absl::StatusOr<v1::GetTransactionResponse> CompanyClient::GetTransaction(const v1::GetTransactionRequest& request,
                                                                         const CallOptions& options) const {
  return Call(*stub_, &Stub::GetTransaction, timeouts_.call, request, options);
}

PagedRange<v1::ListTransactionsResponse, v1::Transaction> CompanyClient::ListTransactions(
    v1::ListTransactionsRequest request, const CallOptions& options) const {
  return ListOf(stub_, &Stub::ListTransactions, timeouts_.call, &v1::ListTransactionsResponse::mutable_transactions,
                std::move(request), options);
}

}  // namespace agreements
