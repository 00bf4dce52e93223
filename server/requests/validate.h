// Checks requests before the database is used. Each function removes white space at the ends of the request's texts,
// and reports all bad fields together, as INVALID_ARGUMENT FIELD_INVALID. Where all are good, days that do not lie in
// one month are PERIOD_SPANS_MONTHS. Pure. Thread-safe.
#ifndef AGREEMENTS_SERVER_REQUESTS_VALIDATE_H_
#define AGREEMENTS_SERVER_REQUESTS_VALIDATE_H_

#include "absl/status/status.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "server/requests/limits.h"

namespace agreements {

// validate.cc
absl::Status Validate(v1::CreateAgreementRequest& request);
absl::Status Validate(v1::GetAgreementRequest& request);
absl::Status Validate(v1::BatchGetAgreementsRequest& request);
absl::Status Validate(v1::ListAgreementsRequest& request);
absl::Status Validate(v1::ListAgreementUsersRequest& request);
absl::Status Validate(v1::UpdateAgreementRequest& request);
absl::Status Validate(v1::DeleteAgreementRequest& request);
absl::Status Validate(v1::UndeleteAgreementRequest& request);

absl::Status Validate(v1::CreateCompanyRequest& request);
absl::Status Validate(v1::GetCompanyRequest& request);
absl::Status Validate(v1::BatchGetCompaniesRequest& request);
absl::Status Validate(v1::ListCompaniesRequest& request);
absl::Status Validate(v1::UpdateCompanyRequest& request);
absl::Status Validate(v1::DeleteCompanyRequest& request);
absl::Status Validate(v1::UndeleteCompanyRequest& request);

absl::Status Validate(v1::CreateCompanyDraftRequest& request);
absl::Status Validate(v1::GetCompanyDraftRequest& request);
absl::Status Validate(v1::ListCompanyDraftsRequest& request);
absl::Status Validate(v1::UpdateCompanyDraftRequest& request);
absl::Status Validate(v1::CompleteCompanyDraftRequest& request);
absl::Status Validate(v1::DeleteCompanyDraftRequest& request);

absl::Status Validate(v1::MoveCompanyRequest& request);
absl::Status Validate(v1::MoveCompanyToNewAgreementRequest& request);
absl::Status Validate(v1::ListPlacementsRequest& request);

// validate_billing.cc
absl::Status Validate(v1::CreateProductRequest& request);
absl::Status Validate(v1::GetProductRequest& request);
absl::Status Validate(v1::ListProductsRequest& request);
absl::Status Validate(v1::UpdateProductRequest& request);
absl::Status Validate(v1::SetPriceRequest& request);
absl::Status Validate(v1::ListPricesRequest& request);

absl::Status Validate(v1::PreviewOrderBasisRequest& request);
absl::Status Validate(v1::CreateOrderBasisRequest& request);
absl::Status Validate(v1::GetOrderBasisRequest& request);
absl::Status Validate(v1::ListOrderBasisLinesRequest& request);
absl::Status Validate(v1::ListOrderBasesRequest& request);
absl::Status Validate(v1::RunBillingRequest& request);
absl::Status Validate(v1::ExplainOrderBasisRequest& request);
absl::Status Validate(v1::VerifyOrderBasisRequest& request);

// validate_usage.cc
absl::Status Validate(v1::InviteUserRequest& request);
absl::Status Validate(v1::AcceptInvitationRequest& request);
absl::Status Validate(v1::GrantAccessRequest& request);
absl::Status Validate(v1::RevokeAccessRequest& request);
absl::Status Validate(v1::GetAccessRequest& request);
absl::Status Validate(v1::ListAccessesRequest& request);

absl::Status Validate(v1::RecordTransactionsRequest& request);
absl::Status Validate(v1::CancelTransactionsRequest& request);
absl::Status Validate(v1::GetTransactionRequest& request);
absl::Status Validate(v1::ListTransactionsRequest& request);

// validate_changes.cc
absl::Status Validate(v1::ListChangesRequest& request);

// Checks one item of RecordTransactions or CancelTransactions. Each item is refused alone. Fields are named from the
// request, e.g. "transactions[3].quantity".
absl::Status ValidateItem(const v1::TransactionReport& report, int index);
absl::Status ValidateItem(const v1::TransactionKey& key, int index);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_REQUESTS_VALIDATE_H_
