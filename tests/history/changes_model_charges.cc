// Calls about drafts, accesses, products, order bases and transactions.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/days.h"
#include "proto/timestamps.h"
#include "tests/history/changes_model.h"

namespace agreements::testing {
namespace {

// What one kind is called, another one may be called too.
const std::vector<std::string> kUsers = {"anna", "scan"};
const std::vector<std::string> kLicences = {"accounting", "anna"};
constexpr char kPiece[] = "scan";

}  // namespace

void ChangesModel::UpdateDraft() {
  const std::string id = IdIn(drafts_, "dft-0000000000000000");
  const std::string name = Name();
  Call<v1::UpdateCompanyDraftResponse>(
      agreements::UpdateCompanyDraft, {{"draft_id", id}, {"display_name", name}}, [&](const auto&) {
        const bool changed = std::exchange(drafts_[id].name, name) != name;
        return Resources{{{kAgreement, drafts_[id].agreement_id}, false}, {{kDraft, id}, changed}};
      });
}

void ChangesModel::CompleteDraft() {
  const std::string id = IdIn(drafts_, "dft-0000000000000000");
  Call<v1::CompleteCompanyDraftResponse>(
      agreements::CompleteCompanyDraft, {{"draft_id", id}}, [&](const auto& response) {
        Draft& draft = drafts_[id];
        if (std::exchange(draft.completed, true)) return Resources();  // An entry without resources.
        const std::string& company_id = response.company().company_id();
        companies_[company_id] = {.name = draft.name, .agreement_id = draft.agreement_id};
        return Resources{
            {{kAgreement, draft.agreement_id}, true}, {{kCompany, company_id}, true}, {{kDraft, id}, true}};
      });
}

void ChangesModel::DeleteDraft() {
  const std::string id = IdIn(drafts_, "dft-0000000000000000");
  Call<v1::DeleteCompanyDraftResponse>(agreements::DeleteCompanyDraft, {{"draft_id", id}}, [&](const auto&) {
    return Resources{{{kAgreement, drafts_[id].agreement_id}, true}, {{kDraft, id}, true}};
  });
}

// The agreement is touched even if everything is as the call wants it.
template <typename Response>
Resources ChangesModel::Accesses(const std::string& company_id, const std::string& user_id, const Response& response) {
  Resources resources = {{{kAgreement, companies_[company_id].agreement_id}, false}};
  const absl::Time now = service_.clock().Now();
  for (const v1::Access& access : response.accesses()) {
    const std::tuple key(company_id, user_id, access.product_id());
    const auto before = live_.find(key);
    if (before == live_.end() || before->second.access_id() != access.access_id() ||
        before->second.state() != access.state()) {
      resources[{kCompany, company_id}] = false;
      resources[{kUser, user_id}] = false;
      resources[{kAccess, access.access_id()}] = true;
      // An invitation that the access replaces. If it has expired, it had ended by itself.
      if (before != live_.end() && before->second.access_id() != access.access_id()) {
        resources[{kAccess, before->second.access_id()}] = now < ToTime(before->second.expire_time());
      }
    }
    live_[key] = access;
    if (access.state() == v1::ACCESS_STATE_ENDED) live_.erase(key);
  }
  return resources;
}

void ChangesModel::ChangeAccess() {
  const std::string company_id = CompanyId();
  const std::string user_id = OneOf(kUsers);
  Fields fields = {{"company_id", company_id}, {"user_id", user_id}};
  for (const std::string& product : kLicences) {
    if (Pick(3) > 0) fields.emplace_back("product_ids", product);
  }
  const auto touched = [&](const auto& response) { return Accesses(company_id, user_id, response); };
  switch (Pick(5)) {
    case 0:
      return Call<v1::InviteUserResponse>(agreements::InviteUser, fields, touched);
    case 1:
      return Call<v1::AcceptInvitationResponse>(agreements::AcceptInvitation, fields, touched);
    case 2:
      return Call<v1::RevokeAccessResponse>(agreements::RevokeAccess, fields, touched);
    default:
      return Call<v1::GrantAccessResponse>(agreements::GrantAccess, fields, touched);
  }
}

void ChangesModel::CreateProduct() {
  const std::string id = Pick(2) == 0 ? kPiece : OneOf(kLicences);
  const std::string name = Name();
  Call<v1::CreateProductResponse>(agreements::CreateProduct,
                                  {{"product_id", id},
                                   {"display_name", name},
                                   {"kind", id == kPiece ? "PRODUCT_KIND_TRANSACTION" : "PRODUCT_KIND_LICENSE"}},
                                  [&](const auto&) {
                                    products_[id] = {.name = name};
                                    return Resources{{{kProduct, id}, true}};
                                  });
}

void ChangesModel::UpdateProduct() {
  const std::string id = IdIn(products_, "unknown");
  const std::string name = Name();
  Call<v1::UpdateProductResponse>(agreements::UpdateProduct, {{"product_id", id}, {"display_name", name}},
                                  [&](const auto&) {
                                    const bool changed = std::exchange(products_[id].name, name) != name;
                                    return Resources{{{kProduct, id}, changed}};
                                  });
}

void ChangesModel::SetPrice() {
  const std::string id = IdIn(products_, "unknown");
  const std::string from = Pick(3) == 0 ? "2026-12-01" : "2026-01-01";
  const std::string price = Pick(2) == 0 ? "423.00" : "450.00";
  Call<v1::SetPriceResponse>(agreements::SetPrice, {{"product_id", id}, {"valid_from", from}, {"unit_price", price}},
                             [&](const auto&) {
                               const bool changed = std::exchange(products_[id].prices[from], price) != price;
                               return Resources{{{kProduct, id}, changed}};
                             });
}

ChangesModel::Priced ChangesModel::PricedProducts() {
  Priced priced;
  const auto products = service_.List(ListProducts, {{"account_id", account_id_}});
  for (const v1::Product& product : products.products()) priced[product.product_id()] = product.priced_until();
  return priced;
}

Resources ChangesModel::Document(const v1::OrderBasis& document, const Priced& before) {
  Resources resources = {{{kAgreement, document.agreement_id()}, true}, {{kDocument, document.order_basis_id()}, true}};
  documents_.insert(document.order_basis_id());
  for (const auto& [product, until] : PricedProducts()) {
    if (before.at(product) != until) resources[{kProduct, product}] = true;
  }
  return resources;
}

// The next days of an agreement, or now and then the days of a document.
void ChangesModel::CreateOrderBasis() {
  Fields period;
  if (!periods_.empty() && Pick(4) == 0) {
    period = OneOf(periods_);
  } else if (!agreements_.empty()) {
    const std::string id = Agreement();
    const auto agreement = service_.Do(GetAgreement, {{"account_id", account_id_}, {"agreement_id", id}}).value();
    const absl::CivilDay from = ParseDay(agreement.agreement().settled_until());
    const absl::CivilDay until = std::min(from + 1 + Pick(20), absl::CivilDay(absl::CivilMonth(from) + 1));
    period = {{"agreement_id", id}, {"from_day", FormatDay(from)}, {"until_day", FormatDay(until)}};
  } else {
    return;
  }
  const Priced before = PricedProducts();
  Call<v1::CreateOrderBasisResponse>(agreements::CreateOrderBasis, period, [&](const auto& response) {
    if (response.existed()) return Resources();  // An entry without resources.
    periods_.push_back(period);
    return Document(response.order_basis(), before);
  });
}

// An entry for each new document. One at a time, since what each has changed is seen when it is told: that entries of a
// page are the same, billing_pages_property_test shows.
void ChangesModel::RunBilling() {
  PickCaller();
  storage::Call call;
  call.account_id = account_id_;
  call.caller = caller_;
  call.actor = actor_;
  v1::RunBillingRequest request;
  request.set_account_id(account_id_);
  request.set_include_arrears(Pick(2) == 0);
  auto stream = agreements::RunBillingInPages(service_.database(), service_.context(), request, /*max_page=*/1);
  for (;;) {
    const Priced before = PricedProducts();
    Entry entry{.method = "RunBilling", .begin = absl::Now()};
    const auto message = stream(call);
    if (!message.ok()) difference_ = message.status().ToString();
    if (!message.ok() || !*message || (*message)->agreement_id().empty()) return;
    const v1::OrderBasis& document = (*message)->order_basis();
    if (document.order_basis_id().empty() || documents_.contains(document.order_basis_id())) continue;
    Add(std::move(entry), Document(document, before));
  }
}

std::vector<std::pair<std::string, std::string>> ChangesModel::Batch() {
  std::vector<std::pair<std::string, std::string>> batch;
  for (int i = 1 + Pick(4); i > 0; --i) batch.emplace_back(CompanyId(), absl::StrCat("t", Pick(6)));
  return batch;
}

// An entry only if an item changed something.
template <typename Response, typename First, typename... Rest>
void ChangesModel::CallBatch(absl::StatusOr<Response> (*operation)(First&, Rest...), const RequestOf<Rest...>& request,
                             const std::function<bool(const v1::TransactionResult&)>& is_change) {
  PickCaller();
  Entry entry{.method = std::string(absl::StripSuffix(request.GetDescriptor()->name(), "Request")),
              .begin = absl::Now()};
  const absl::StatusOr<Response> response = service_.Do(operation, request);
  if (!response.ok()) return;
  Resources resources;
  for (const v1::TransactionResult& result : response->results()) {
    if (!is_change(result)) continue;
    const std::string& company_id = result.transaction().company_id();
    resources[{kCompany, company_id}] = true;
    resources[{kAgreement, companies_[company_id].agreement_id}] = false;
  }
  if (!resources.empty()) Add(std::move(entry), resources);
}

void ChangesModel::RecordTransactions() {
  v1::RecordTransactionsRequest request;
  request.set_account_id(account_id_);
  for (const auto& [company_id, transaction_id] : Batch()) {
    v1::TransactionReport& report = *request.add_transactions();
    report.set_company_id(company_id);
    report.set_transaction_id(transaction_id);
    report.set_product_id(kPiece);
    report.set_quantity(1);
    // On some days companies are not held.
    *report.mutable_occur_time() = Instant(
        OneOf(std::vector<std::string>{"2026-10-31T10:00:00Z", "2026-11-01T11:00:00Z", "2026-11-10T10:00:00Z"}));
  }
  CallBatch(agreements::RecordTransactions, request, [&](const v1::TransactionResult& result) {
    if (result.outcome() != v1::TRANSACTION_OUTCOME_RECORDED) return false;
    recorded_.emplace(result.transaction().company_id(), result.transaction().transaction_id());
    return true;
  });
}

void ChangesModel::CancelTransactions() {
  v1::CancelTransactionsRequest request;
  request.set_account_id(account_id_);
  for (const auto& [company_id, transaction_id] : Batch()) {
    v1::TransactionKey& key = *request.add_transactions();
    key.set_company_id(company_id);
    key.set_transaction_id(transaction_id);
  }
  CallBatch(agreements::CancelTransactions, request, [&](const v1::TransactionResult& result) {
    return result.outcome() == v1::TRANSACTION_OUTCOME_CANCELLED &&
           recorded_.erase({result.transaction().company_id(), result.transaction().transaction_id()}) == 1;
  });
}

}  // namespace agreements::testing
