// Accesses and transactions: what companies use.
#include "absl/strings/str_cat.h"
#include "proto/id_prefixes.h"
#include "server/requests/fields.h"
#include "server/requests/validate.h"

namespace agreements {
namespace {

// Invite, accept, grant and revoke name the same.
template <typename Request>
absl::Status ValidateAccesses(Request& request) {
  return Fields()
      .Common(request)
      .Id("company_id", request.company_id(), kCompanyPrefix)
      .UserId("user_id", request.user_id())
      .ProductIds("product_ids", request.product_ids())
      .status();
}

constexpr absl::string_view kStateUnknown = "must be a state of the API";
constexpr absl::string_view kStateUnknownSentence = "Statusen finnes ikke.";

}  // namespace

absl::Status Validate(v1::InviteUserRequest& request) { return ValidateAccesses(request); }

absl::Status Validate(v1::AcceptInvitationRequest& request) { return ValidateAccesses(request); }

absl::Status Validate(v1::GrantAccessRequest& request) { return ValidateAccesses(request); }

absl::Status Validate(v1::RevokeAccessRequest& request) { return ValidateAccesses(request); }

absl::Status Validate(v1::GetAccessRequest& request) {
  return Fields().Common(request).Id("access_id", request.access_id(), kAccessPrefix).status();
}

absl::Status Validate(v1::ListAccessesRequest& request) {
  return Fields()
      .Common(request)
      .OptionalId("company_id", request.company_id(), kCompanyPrefix)
      .OptionalUserId("user_id", request.user_id())
      .OptionalProductId("product_id", request.product_id())
      .OptionalId("agreement_id", request.agreement_id(), kAgreementPrefix)
      .Check(v1::AccessState_IsValid(request.state()), "state", kStateUnknown, kStateUnknownSentence)
      .status();
}

absl::Status Validate(v1::RecordTransactionsRequest& request) {
  return Fields().Common(request).Count("transactions", request.transactions_size(), kMaxTransactions).status();
}

absl::Status ValidateItem(const v1::TransactionReport& report, int index) {
  const std::string path = absl::StrCat("transactions[", index, "].");
  return Fields()
      .Id(path + "company_id", report.company_id(), kCompanyPrefix)
      .TransactionId(path + "transaction_id", report.transaction_id())
      .ProductId(path + "product_id", report.product_id())
      .Quantity(path + "quantity", report.quantity())
      .Check(report.has_occur_time(), path + "occur_time", "is required", "Tidspunktet må oppgis.")
      .Time(path + "occur_time", report.occur_time())
      .status();
}

absl::Status Validate(v1::CancelTransactionsRequest& request) {
  return Fields().Common(request).Count("transactions", request.transactions_size(), kMaxTransactions).status();
}

absl::Status ValidateItem(const v1::TransactionKey& key, int index) {
  const std::string path = absl::StrCat("transactions[", index, "].");
  return Fields()
      .Id(path + "company_id", key.company_id(), kCompanyPrefix)
      .TransactionId(path + "transaction_id", key.transaction_id())
      .status();
}

absl::Status Validate(v1::GetTransactionRequest& request) {
  return Fields()
      .Common(request)
      .Id("company_id", request.company_id(), kCompanyPrefix)
      .TransactionId("transaction_id", request.transaction_id())
      .status();
}

absl::Status Validate(v1::ListTransactionsRequest& request) {
  return Fields()
      .Common(request)
      .Id("company_id", request.company_id(), kCompanyPrefix)
      .OptionalProductId("product_id", request.product_id())
      .Check(v1::TransactionState_IsValid(request.state()), "state", kStateUnknown, kStateUnknownSentence)
      .OptionalId("order_basis_id", request.order_basis_id(), kOrderBasisPrefix)
      .OptionalDays(request)
      .status();
}

}  // namespace agreements
