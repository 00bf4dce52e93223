// What the callers of a Load call.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agreements/errors.h"
#include "tests/clusters/load.h"

namespace agreements::testing {
namespace {

constexpr const char* kLicenses[] = {"accounting", "payroll"};

std::shared_ptr<const Connection> Connect(const std::string& server, absl::Duration timeout) {
  ClientOptions options;
  options.endpoint = server;
  options.insecure = true;
  options.timeouts = {.call = timeout, .long_call = timeout};
  options.max_attempts = 1;
  options.wait_for_ready = false;
  return Connection::Open(options).value();
}

// Only what the service itself says is certain. These reasons are of a call that may have been done in part, or of one
// that came before.
Attempt::Answer AnswerOf(const absl::Status& status) {
  if (status.ok()) return Attempt::Answer::kDone;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return ReasonOf(status) == v1::ERROR_REASON_UNSPECIFIED ? Attempt::Answer::kUnknown : Attempt::Answer::kRefused;
    default:
      return Attempt::Answer::kUnknown;
  }
}

// "agreements.v1.MoveCompanyRequest": "MoveCompany".
std::string MethodOf(const google::protobuf::Message& request) {
  const std::string& name = request.GetDescriptor()->name();
  return name.substr(0, name.size() - 7);
}

}  // namespace

Caller::Caller(Load& load, const std::string& server, unsigned seed)
    : load_(load),
      random_(seed),
      agreements_(Connect(server, load.options().timeout)),
      companies_(Connect(server, load.options().timeout)) {}

const std::vector<Caller::Weighted>& Caller::Actions() {
  static const auto* const kActions = new std::vector<Weighted>{
      {.weight = 25, .action = &Caller::Move},
      {.weight = 8, .action = &Caller::Grant},
      {.weight = 6, .action = &Caller::Revoke},
      {.weight = 4, .action = &Caller::Invite},
      {.weight = 4, .action = &Caller::Accept},
      {.weight = 6, .action = &Caller::CreateCompany},
      {.weight = 5, .action = &Caller::UpdateCompany},
      {.weight = 3, .action = &Caller::DeleteCompany},
      {.weight = 3, .action = &Caller::UndeleteCompany},
      {.weight = 5, .action = &Caller::CreateDraft},
      {.weight = 3, .action = &Caller::UpdateDraft},
      {.weight = 3, .action = &Caller::CompleteDraft},
      {.weight = 2, .action = &Caller::DeleteDraft},
      {.weight = 1, .action = &Caller::CreateAgreement},
      {.weight = 4, .action = &Caller::UpdateAgreement},
      {.weight = 3, .action = &Caller::DeleteAgreement},
      {.weight = 2, .action = &Caller::UndeleteAgreement},
      {.weight = 1, .action = &Caller::MoveToNewAgreement},
      {.weight = 2, .action = &Caller::UpdateProduct},
      {.weight = 2, .action = &Caller::SetPrice},
      {.weight = 7, .action = &Caller::Record},
      {.weight = 2, .action = &Caller::Cancel},
      {.weight = 4, .action = &Caller::CreateOrderBasis},
      {.weight = 1, .action = &Caller::RunBilling},
  };
  return *kActions;
}

void Caller::CallOne() {
  static const int kTotal = [] {
    int total = 0;
    for (const Weighted& weighted : Actions()) total += weighted.weight;
    return total;
  }();
  account_id_ = load_.options().accounts[Below(static_cast<int>(load_.options().accounts.size()))];
  int chosen = Below(kTotal);
  for (const Weighted& weighted : Actions()) {
    chosen -= weighted.weight;
    if (chosen < 0) {
      (this->*weighted.action)();
      return;
    }
  }
}

void Caller::Prepare(const std::string& account_id) {
  account_id_ = account_id;
  for (const char* product_id : {"accounting", "payroll", "scan"}) {
    v1::CreateProductRequest request;
    request.set_product_id(product_id);
    request.set_display_name(product_id);
    request.set_kind(product_id == std::string("scan") ? v1::PRODUCT_KIND_TRANSACTION : v1::PRODUCT_KIND_LICENSE);
    Call(agreements_, &AgreementClient::CreateProduct, request).IgnoreError();
    v1::SetPriceRequest price;
    price.set_product_id(product_id);
    price.set_valid_from(Day(absl::CivilMonth(load_.day())));
    price.set_unit_price("42.00");
    Call(agreements_, &AgreementClient::SetPrice, price).IgnoreError();
  }
  for (int i = 0; i < 4; ++i) CreateAgreement();
  for (int i = 0; i < 6; ++i) CreateCompany();
}

template <typename Client, typename Request, typename Response>
absl::StatusOr<Response> Caller::Call(const Client& client,
                                      absl::StatusOr<Response> (Client::*method)(Request, const CallOptions&) const,
                                      Request request) {
  request.set_account_id(account_id_);
  request.set_request_id(absl::StrCat("r", Number()));
  const absl::Time begin = absl::Now();
  absl::StatusOr<Response> response = (client.*method)(request, {});
  const absl::Time end = absl::Now();
  load_.Count(response.status(), end - begin);
  load_.Note({.account_id = account_id_,
              .id = request.request_id(),
              .method = MethodOf(request),
              .answer = AnswerOf(response.status()),
              .answered = end});
  return response;
}

std::string Caller::Pick(KnownIds::Kind kind) {
  const std::string id = load_.known_.at(account_id_).Pick(kind, random_);
  return id.empty() ? "agr-0000000000000000" : id;
}

void Caller::Know(KnownIds::Kind kind, const std::string& id) { load_.known_.at(account_id_).Add(kind, id); }

std::string Caller::Day(absl::CivilDay day) const { return absl::FormatCivilTime(day); }

void Caller::CreateAgreement() {
  v1::CreateAgreementRequest request;
  const std::string number = Number();
  request.set_display_name("Agreement " + number);
  request.set_customer_number(number);
  if (const auto made = Call(agreements_, &AgreementClient::CreateAgreement, request); made.ok()) {
    Know(KnownIds::kAgreement, made->agreement().agreement_id());
  }
}

void Caller::UpdateAgreement() {
  v1::UpdateAgreementRequest request;
  request.set_agreement_id(Pick(KnownIds::kAgreement));
  request.set_display_name("Agreement " + Number());
  Call(agreements_, &AgreementClient::UpdateAgreement, request).IgnoreError();
}

void Caller::DeleteAgreement() {
  v1::DeleteAgreementRequest request;
  request.set_agreement_id(Pick(KnownIds::kAgreement));
  request.set_discard_drafts(true);
  Call(agreements_, &AgreementClient::DeleteAgreement, request).IgnoreError();
}

void Caller::UndeleteAgreement() {
  v1::UndeleteAgreementRequest request;
  request.set_agreement_id(Pick(KnownIds::kAgreement));
  Call(agreements_, &AgreementClient::UndeleteAgreement, request).IgnoreError();
}

void Caller::CreateCompany() {
  v1::CreateCompanyRequest request;
  request.set_agreement_id(Pick(KnownIds::kAgreement));
  request.set_display_name("Company " + Number());
  if (const auto made = Call(companies_, &CompanyClient::CreateCompany, request); made.ok()) {
    Know(KnownIds::kCompany, made->company().company_id());
  }
}

void Caller::UpdateCompany() {
  v1::UpdateCompanyRequest request;
  request.set_company_id(Pick(KnownIds::kCompany));
  request.set_display_name("Company " + Number());
  Call(companies_, &CompanyClient::UpdateCompany, request).IgnoreError();
}

void Caller::DeleteCompany() {
  v1::DeleteCompanyRequest request;
  request.set_company_id(Pick(KnownIds::kCompany));
  Call(companies_, &CompanyClient::DeleteCompany, request).IgnoreError();
}

void Caller::UndeleteCompany() {
  v1::UndeleteCompanyRequest request;
  request.set_company_id(Pick(KnownIds::kCompany));
  if (Below(2) == 0) request.set_agreement_id(Pick(KnownIds::kAgreement));
  Call(companies_, &CompanyClient::UndeleteCompany, request).IgnoreError();
}

void Caller::CreateDraft() {
  v1::CreateCompanyDraftRequest request;
  request.set_agreement_id(Pick(KnownIds::kAgreement));
  request.set_display_name("Draft " + Number());
  if (const auto made = Call(companies_, &CompanyClient::CreateCompanyDraft, request); made.ok()) {
    Know(KnownIds::kDraft, made->draft().draft_id());
  }
}

void Caller::UpdateDraft() {
  v1::UpdateCompanyDraftRequest request;
  request.set_draft_id(Pick(KnownIds::kDraft));
  request.set_display_name("Draft " + Number());
  Call(companies_, &CompanyClient::UpdateCompanyDraft, request).IgnoreError();
}

void Caller::CompleteDraft() {
  v1::CompleteCompanyDraftRequest request;
  request.set_draft_id(Pick(KnownIds::kDraft));
  if (const auto made = Call(companies_, &CompanyClient::CompleteCompanyDraft, request); made.ok()) {
    Know(KnownIds::kCompany, made->company().company_id());
  }
}

void Caller::DeleteDraft() {
  v1::DeleteCompanyDraftRequest request;
  request.set_draft_id(Pick(KnownIds::kDraft));
  Call(companies_, &CompanyClient::DeleteCompanyDraft, request).IgnoreError();
}

void Caller::Move() {
  v1::MoveCompanyRequest request;
  request.set_company_id(Pick(KnownIds::kCompany));
  request.set_agreement_id(Pick(KnownIds::kAgreement));
  Call(companies_, &CompanyClient::MoveCompany, request).IgnoreError();
}

void Caller::MoveToNewAgreement() {
  v1::MoveCompanyToNewAgreementRequest request;
  request.set_company_id(Pick(KnownIds::kCompany));
  const std::string number = Number();
  request.set_display_name("Agreement " + number);
  request.set_customer_number(number);
  if (const auto made = Call(companies_, &CompanyClient::MoveCompanyToNewAgreement, request); made.ok()) {
    Know(KnownIds::kAgreement, made->agreement().agreement_id());
  }
}

// Of one of few users, so that callers meet.
template <typename Request>
Request Caller::Access() {
  Request request;
  request.set_company_id(Pick(KnownIds::kCompany));
  request.set_user_id(absl::StrCat("user-", Below(5)));
  request.add_product_ids(kLicenses[Below(2)]);
  return request;
}

void Caller::Invite() { Call(companies_, &CompanyClient::InviteUser, Access<v1::InviteUserRequest>()).IgnoreError(); }

void Caller::Accept() {
  Call(companies_, &CompanyClient::AcceptInvitation, Access<v1::AcceptInvitationRequest>()).IgnoreError();
}

void Caller::Grant() { Call(companies_, &CompanyClient::GrantAccess, Access<v1::GrantAccessRequest>()).IgnoreError(); }

void Caller::Revoke() {
  Call(companies_, &CompanyClient::RevokeAccess, Access<v1::RevokeAccessRequest>()).IgnoreError();
}

void Caller::UpdateProduct() {
  v1::UpdateProductRequest request;
  request.set_product_id(kLicenses[Below(2)]);
  request.set_display_name("Product " + Number());
  Call(agreements_, &AgreementClient::UpdateProduct, request).IgnoreError();
}

void Caller::SetPrice() {
  v1::SetPriceRequest request;
  request.set_product_id(kLicenses[Below(2)]);
  request.set_valid_from(Day(load_.day() + Below(30)));
  request.set_unit_price(absl::StrCat(1 + Below(500), ".00"));
  Call(agreements_, &AgreementClient::SetPrice, request).IgnoreError();
}

void Caller::CreateOrderBasis() {
  v1::GetAgreementRequest get;
  get.set_account_id(account_id_);
  get.set_agreement_id(Pick(KnownIds::kAgreement));
  const auto agreement = agreements_.GetAgreement(get);
  absl::CivilDay from_day;
  if (!agreement.ok() || !absl::ParseCivilTime(agreement->agreement().settled_until(), &from_day)) return;
  const absl::CivilDay until_day = std::min(load_.day(), absl::CivilDay(absl::CivilMonth(from_day) + 1));
  if (until_day <= from_day) return;
  v1::CreateOrderBasisRequest request;
  request.set_agreement_id(get.agreement_id());
  request.set_from_day(Day(from_day));
  request.set_until_day(Day(until_day));
  Call(agreements_, &AgreementClient::CreateOrderBasis, request).IgnoreError();
}

// Each document is a change of its own.
void Caller::RunBilling() {
  v1::RunBillingRequest request;
  request.set_account_id(account_id_);
  request.set_until_day(Day(load_.day()));
  request.set_include_arrears(true);
  const absl::Time begin = absl::Now();
  absl::Status status;
  for (const auto& result : agreements_.RunBilling(request)) {
    status = result.status();
    if (!result.ok() || result->outcome() != v1::BILLING_OUTCOME_CREATED) continue;
    load_.Note({.account_id = account_id_,
                .id = result->order_basis().order_basis_id(),
                .method = "RunBilling",
                .answer = Attempt::Answer::kDone,
                .answered = absl::Now()});
  }
  load_.Count(status, absl::Now() - begin);
}

// Each transaction is a change of its own.
void Caller::Record() {
  v1::RecordTransactionsRequest request;
  request.set_account_id(account_id_);
  for (int i = 0; i < 3; ++i) {
    v1::TransactionReport& report = *request.add_transactions();
    report.set_company_id(Pick(KnownIds::kCompany));
    report.set_transaction_id(absl::StrCat("t", Number()));
    report.set_product_id("scan");
    report.set_quantity(1 + Below(9));
    report.mutable_occur_time()->set_seconds(
        absl::ToUnixSeconds(absl::FromCivil(absl::CivilHour(load_.day()) + 8, absl::UTCTimeZone())));
  }
  const absl::Time begin = absl::Now();
  const auto response = companies_.RecordTransactions(request);
  load_.Count(response.status(), absl::Now() - begin);
  for (int i = 0; i < request.transactions_size(); ++i) {
    const v1::TransactionReport& report = request.transactions(i);
    const bool done = response.ok() && !response->results(i).has_error();
    load_.Note({.account_id = account_id_,
                .id = absl::StrCat(report.company_id(), " ", report.transaction_id()),
                .method = "RecordTransactions",
                .answer = done            ? Attempt::Answer::kDone
                          : response.ok() ? Attempt::Answer::kRefused
                                          : Attempt::Answer::kUnknown,
                .answered = absl::Now()});
    if (done) Know(KnownIds::kTransaction, absl::StrCat(report.company_id(), " ", report.transaction_id()));
  }
}

// Its effect shows in the counts of the trail.
void Caller::Cancel() {
  const std::string known = load_.known_.at(account_id_).Pick(KnownIds::kTransaction, random_);
  if (known.empty()) return;
  v1::CancelTransactionsRequest request;
  request.set_account_id(account_id_);
  v1::TransactionKey& key = *request.add_transactions();
  key.set_company_id(known.substr(0, known.find(' ')));
  key.set_transaction_id(known.substr(known.find(' ') + 1));
  const absl::Time begin = absl::Now();
  load_.Count(companies_.CancelTransactions(request).status(), absl::Now() - begin);
}

}  // namespace agreements::testing
