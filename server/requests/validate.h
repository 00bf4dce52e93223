// What a request must look like, whatever the state: pure, and before the database is touched. Each function brings the
// request into the form that the rest works with (white space at the ends of texts removed) and reports every bad field
// at once, as INVALID_ARGUMENT FIELD_INVALID. Thread-safe.
#ifndef AGREEMENTS_SERVER_REQUESTS_VALIDATE_H_
#define AGREEMENTS_SERVER_REQUESTS_VALIDATE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"

namespace agreements {

inline constexpr int kMaxDisplayNameLength = 200;    // Unicode code points
inline constexpr int kMaxCustomerNumberLength = 32;  // ASCII characters
inline constexpr int kMaxCallersIdLength = 64;       // account_id, request_id, user_id, product_id, transaction_id
inline constexpr int kMaxPageSize = 1000;
inline constexpr int kMaxBatch = 100;          // Ids in one call
inline constexpr int kMaxProductIds = 100;     // In one call
inline constexpr int kMaxTransactions = 1000;  // In one call
inline constexpr int64_t kMaxQuantity = 1'000'000'000;

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

// An item of RecordTransactions and CancelTransactions, each of which is refused alone: the fields are named from the
// request, e.g. "transactions[3].quantity".
absl::Status ValidateItem(const v1::TransactionReport& report, int index);
absl::Status ValidateItem(const v1::TransactionKey& key, int index);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_REQUESTS_VALIDATE_H_
