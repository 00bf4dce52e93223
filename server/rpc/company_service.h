// CompanyService on the wire: each method runs its operation.
#ifndef AGREEMENTS_SERVER_RPC_COMPANY_SERVICE_H_
#define AGREEMENTS_SERVER_RPC_COMPANY_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "agreements/v1/company_service.grpc.pb.h"
#include "server/rpc/dispatcher.h"

namespace agreements {

// Thread-safe.
class CompanyServiceImpl final : public v1::CompanyService::CallbackService {
 public:
  explicit CompanyServiceImpl(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  grpc::ServerUnaryReactor* CreateCompany(grpc::CallbackServerContext* context, const v1::CreateCompanyRequest* request,
                                          v1::CreateCompanyResponse* response) override;
  grpc::ServerUnaryReactor* GetCompany(grpc::CallbackServerContext* context, const v1::GetCompanyRequest* request,
                                       v1::GetCompanyResponse* response) override;
  grpc::ServerUnaryReactor* BatchGetCompanies(grpc::CallbackServerContext* context,
                                              const v1::BatchGetCompaniesRequest* request,
                                              v1::BatchGetCompaniesResponse* response) override;
  grpc::ServerUnaryReactor* ListCompanies(grpc::CallbackServerContext* context, const v1::ListCompaniesRequest* request,
                                          v1::ListCompaniesResponse* response) override;
  grpc::ServerUnaryReactor* UpdateCompany(grpc::CallbackServerContext* context, const v1::UpdateCompanyRequest* request,
                                          v1::UpdateCompanyResponse* response) override;
  grpc::ServerUnaryReactor* DeleteCompany(grpc::CallbackServerContext* context, const v1::DeleteCompanyRequest* request,
                                          v1::DeleteCompanyResponse* response) override;
  grpc::ServerUnaryReactor* UndeleteCompany(grpc::CallbackServerContext* context,
                                            const v1::UndeleteCompanyRequest* request,
                                            v1::UndeleteCompanyResponse* response) override;
  grpc::ServerUnaryReactor* CreateCompanyDraft(grpc::CallbackServerContext* context,
                                               const v1::CreateCompanyDraftRequest* request,
                                               v1::CreateCompanyDraftResponse* response) override;
  grpc::ServerUnaryReactor* GetCompanyDraft(grpc::CallbackServerContext* context,
                                            const v1::GetCompanyDraftRequest* request,
                                            v1::GetCompanyDraftResponse* response) override;
  grpc::ServerUnaryReactor* ListCompanyDrafts(grpc::CallbackServerContext* context,
                                              const v1::ListCompanyDraftsRequest* request,
                                              v1::ListCompanyDraftsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateCompanyDraft(grpc::CallbackServerContext* context,
                                               const v1::UpdateCompanyDraftRequest* request,
                                               v1::UpdateCompanyDraftResponse* response) override;
  grpc::ServerUnaryReactor* CompleteCompanyDraft(grpc::CallbackServerContext* context,
                                                 const v1::CompleteCompanyDraftRequest* request,
                                                 v1::CompleteCompanyDraftResponse* response) override;
  grpc::ServerUnaryReactor* DeleteCompanyDraft(grpc::CallbackServerContext* context,
                                               const v1::DeleteCompanyDraftRequest* request,
                                               v1::DeleteCompanyDraftResponse* response) override;
  grpc::ServerUnaryReactor* MoveCompany(grpc::CallbackServerContext* context, const v1::MoveCompanyRequest* request,
                                        v1::MoveCompanyResponse* response) override;
  grpc::ServerUnaryReactor* MoveCompanyToNewAgreement(grpc::CallbackServerContext* context,
                                                      const v1::MoveCompanyToNewAgreementRequest* request,
                                                      v1::MoveCompanyToNewAgreementResponse* response) override;
  grpc::ServerUnaryReactor* ListPlacements(grpc::CallbackServerContext* context,
                                           const v1::ListPlacementsRequest* request,
                                           v1::ListPlacementsResponse* response) override;
  grpc::ServerUnaryReactor* InviteUser(grpc::CallbackServerContext* context, const v1::InviteUserRequest* request,
                                       v1::InviteUserResponse* response) override;
  grpc::ServerUnaryReactor* AcceptInvitation(grpc::CallbackServerContext* context,
                                             const v1::AcceptInvitationRequest* request,
                                             v1::AcceptInvitationResponse* response) override;
  grpc::ServerUnaryReactor* GrantAccess(grpc::CallbackServerContext* context, const v1::GrantAccessRequest* request,
                                        v1::GrantAccessResponse* response) override;
  grpc::ServerUnaryReactor* RevokeAccess(grpc::CallbackServerContext* context, const v1::RevokeAccessRequest* request,
                                         v1::RevokeAccessResponse* response) override;
  grpc::ServerUnaryReactor* GetAccess(grpc::CallbackServerContext* context, const v1::GetAccessRequest* request,
                                      v1::GetAccessResponse* response) override;
  grpc::ServerUnaryReactor* ListAccesses(grpc::CallbackServerContext* context, const v1::ListAccessesRequest* request,
                                         v1::ListAccessesResponse* response) override;
  grpc::ServerUnaryReactor* RecordTransactions(grpc::CallbackServerContext* context,
                                               const v1::RecordTransactionsRequest* request,
                                               v1::RecordTransactionsResponse* response) override;
  grpc::ServerUnaryReactor* CancelTransactions(grpc::CallbackServerContext* context,
                                               const v1::CancelTransactionsRequest* request,
                                               v1::CancelTransactionsResponse* response) override;
  grpc::ServerUnaryReactor* GetTransaction(grpc::CallbackServerContext* context,
                                           const v1::GetTransactionRequest* request,
                                           v1::GetTransactionResponse* response) override;
  grpc::ServerUnaryReactor* ListTransactions(grpc::CallbackServerContext* context,
                                             const v1::ListTransactionsRequest* request,
                                             v1::ListTransactionsResponse* response) override;

 private:
  Dispatcher& dispatcher_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_COMPANY_SERVICE_H_
