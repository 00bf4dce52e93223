#include "server/rpc/company_service.h"

#include "server/operations/operations.h"

namespace agreements {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

ServerUnaryReactor* CompanyServiceImpl::CreateCompany(CallbackServerContext* context,
                                                      const v1::CreateCompanyRequest* request,
                                                      v1::CreateCompanyResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::CreateCompany);
}

ServerUnaryReactor* CompanyServiceImpl::GetCompany(CallbackServerContext* context, const v1::GetCompanyRequest* request,
                                                   v1::GetCompanyResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::GetCompany);
}

ServerUnaryReactor* CompanyServiceImpl::ListCompanies(CallbackServerContext* context,
                                                      const v1::ListCompaniesRequest* request,
                                                      v1::ListCompaniesResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListCompanies);
}

ServerUnaryReactor* CompanyServiceImpl::UpdateCompany(CallbackServerContext* context,
                                                      const v1::UpdateCompanyRequest* request,
                                                      v1::UpdateCompanyResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::UpdateCompany);
}

ServerUnaryReactor* CompanyServiceImpl::DeleteCompany(CallbackServerContext* context,
                                                      const v1::DeleteCompanyRequest* request,
                                                      v1::DeleteCompanyResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::DeleteCompany);
}

ServerUnaryReactor* CompanyServiceImpl::UndeleteCompany(CallbackServerContext* context,
                                                        const v1::UndeleteCompanyRequest* request,
                                                        v1::UndeleteCompanyResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::UndeleteCompany);
}

ServerUnaryReactor* CompanyServiceImpl::CreateCompanyDraft(CallbackServerContext* context,
                                                           const v1::CreateCompanyDraftRequest* request,
                                                           v1::CreateCompanyDraftResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::CreateCompanyDraft);
}

ServerUnaryReactor* CompanyServiceImpl::GetCompanyDraft(CallbackServerContext* context,
                                                        const v1::GetCompanyDraftRequest* request,
                                                        v1::GetCompanyDraftResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::GetCompanyDraft);
}

ServerUnaryReactor* CompanyServiceImpl::ListCompanyDrafts(CallbackServerContext* context,
                                                          const v1::ListCompanyDraftsRequest* request,
                                                          v1::ListCompanyDraftsResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListCompanyDrafts);
}

ServerUnaryReactor* CompanyServiceImpl::UpdateCompanyDraft(CallbackServerContext* context,
                                                           const v1::UpdateCompanyDraftRequest* request,
                                                           v1::UpdateCompanyDraftResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::UpdateCompanyDraft);
}

ServerUnaryReactor* CompanyServiceImpl::CompleteCompanyDraft(CallbackServerContext* context,
                                                             const v1::CompleteCompanyDraftRequest* request,
                                                             v1::CompleteCompanyDraftResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::CompleteCompanyDraft);
}

ServerUnaryReactor* CompanyServiceImpl::DeleteCompanyDraft(CallbackServerContext* context,
                                                           const v1::DeleteCompanyDraftRequest* request,
                                                           v1::DeleteCompanyDraftResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::DeleteCompanyDraft);
}

ServerUnaryReactor* CompanyServiceImpl::MoveCompany(CallbackServerContext* context,
                                                    const v1::MoveCompanyRequest* request,
                                                    v1::MoveCompanyResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::MoveCompany);
}

ServerUnaryReactor* CompanyServiceImpl::MoveCompanyToNewAgreement(CallbackServerContext* context,
                                                                  const v1::MoveCompanyToNewAgreementRequest* request,
                                                                  v1::MoveCompanyToNewAgreementResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::MoveCompanyToNewAgreement);
}

ServerUnaryReactor* CompanyServiceImpl::ListPlacements(CallbackServerContext* context,
                                                       const v1::ListPlacementsRequest* request,
                                                       v1::ListPlacementsResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListPlacements);
}

ServerUnaryReactor* CompanyServiceImpl::InviteUser(CallbackServerContext* context, const v1::InviteUserRequest* request,
                                                   v1::InviteUserResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::InviteUser);
}

ServerUnaryReactor* CompanyServiceImpl::AcceptInvitation(CallbackServerContext* context,
                                                         const v1::AcceptInvitationRequest* request,
                                                         v1::AcceptInvitationResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::AcceptInvitation);
}

ServerUnaryReactor* CompanyServiceImpl::GrantAccess(CallbackServerContext* context,
                                                    const v1::GrantAccessRequest* request,
                                                    v1::GrantAccessResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::GrantAccess);
}

ServerUnaryReactor* CompanyServiceImpl::RevokeAccess(CallbackServerContext* context,
                                                     const v1::RevokeAccessRequest* request,
                                                     v1::RevokeAccessResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::RevokeAccess);
}

ServerUnaryReactor* CompanyServiceImpl::GetAccess(CallbackServerContext* context, const v1::GetAccessRequest* request,
                                                  v1::GetAccessResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::GetAccess);
}

ServerUnaryReactor* CompanyServiceImpl::ListAccesses(CallbackServerContext* context,
                                                     const v1::ListAccessesRequest* request,
                                                     v1::ListAccessesResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListAccesses);
}

ServerUnaryReactor* CompanyServiceImpl::RecordTransactions(CallbackServerContext* context,
                                                           const v1::RecordTransactionsRequest* request,
                                                           v1::RecordTransactionsResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::RecordTransactions);
}

ServerUnaryReactor* CompanyServiceImpl::CancelTransactions(CallbackServerContext* context,
                                                           const v1::CancelTransactionsRequest* request,
                                                           v1::CancelTransactionsResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::CancelTransactions);
}

ServerUnaryReactor* CompanyServiceImpl::GetTransaction(CallbackServerContext* context,
                                                       const v1::GetTransactionRequest* request,
                                                       v1::GetTransactionResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::GetTransaction);
}

ServerUnaryReactor* CompanyServiceImpl::ListTransactions(CallbackServerContext* context,
                                                         const v1::ListTransactionsRequest* request,
                                                         v1::ListTransactionsResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::ListTransactions);
}

ServerUnaryReactor* CompanyServiceImpl::BatchGetCompanies(CallbackServerContext* context,
                                                          const v1::BatchGetCompaniesRequest* request,
                                                          v1::BatchGetCompaniesResponse* response) {
  return dispatcher_.Run(context, request, response, agreements::BatchGetCompanies);
}

}  // namespace agreements
