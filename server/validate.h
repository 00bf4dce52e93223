// What a request must look like, whatever the state: pure, and before the database is touched. Each function brings the
// request into the form that the rest works with (white space at the ends of texts removed) and reports every bad field
// at once, as INVALID_ARGUMENT FIELD_INVALID. Thread-safe.
#ifndef AGREEMENTS_SERVER_VALIDATE_H_
#define AGREEMENTS_SERVER_VALIDATE_H_

#include "absl/status/status.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"

namespace agreements {

inline constexpr int kMaxDisplayNameLength = 200;    // Unicode code points
inline constexpr int kMaxCustomerNumberLength = 32;  // ASCII characters
inline constexpr int kMaxCallersIdLength = 64;       // account_id, request_id
inline constexpr int kMaxPageSize = 1000;

absl::Status Validate(v1::CreateAgreementRequest& request);
absl::Status Validate(v1::GetAgreementRequest& request);
absl::Status Validate(v1::ListAgreementsRequest& request);
absl::Status Validate(v1::UpdateAgreementRequest& request);
absl::Status Validate(v1::DeleteAgreementRequest& request);
absl::Status Validate(v1::UndeleteAgreementRequest& request);

absl::Status Validate(v1::CreateCompanyRequest& request);
absl::Status Validate(v1::GetCompanyRequest& request);
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

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_VALIDATE_H_
