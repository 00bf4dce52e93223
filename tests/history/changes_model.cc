#include "tests/history/changes_model.h"

#include "absl/strings/str_cat.h"

namespace agreements::testing {
namespace {

// What one kind is called, another one may be called too.
const std::vector<std::string> kCallers = {"", "spiffe://example.org/portal", "billing.example.org", "MoveCompany"};
const std::vector<std::string> kActors = {"", "anna", "spiffe://example.org/portal"};

}  // namespace

std::string TextOf(const Entry& entry) {
  std::string text =
      absl::StrCat(entry.method, " by '", entry.caller, "' for '", entry.actor, "' as '", entry.request_id, "':");
  for (const auto& [resource, changed] : entry.resources) {
    absl::StrAppend(&text, " ", v1::ResourceKind_Name(resource.first).substr(14), changed ? "! " : " ",
                    resource.second);
  }
  return text;
}

ChangesModel::ChangesModel(Service& service, std::string account_id, std::mt19937& random)
    : service_(service), account_id_(std::move(account_id)), random_(random) {
  service_.clock().SetDay("2026-11-01");
  for (int i = 0; i < 3; ++i) CreateAgreement();
  for (int i = 0; i < 3; ++i) CreateCompany();
  while (products_.size() < 3) CreateProduct();
}

void ChangesModel::Step() {
  using Adder = void (ChangesModel::*)();
  static const std::vector<std::pair<int, Adder>> kWeights = {
      {3, &ChangesModel::TurnClock},
      {2, &ChangesModel::CreateAgreement},
      {2, &ChangesModel::UpdateAgreement},
      {1, &ChangesModel::DeleteAgreement},
      {2, &ChangesModel::UndeleteAgreement},
      {2, &ChangesModel::CreateCompany},
      {2, &ChangesModel::UpdateCompany},
      {5, &ChangesModel::MoveCompany},
      {1, &ChangesModel::MoveCompanyToNewAgreement},
      {2, &ChangesModel::DeleteCompany},
      {3, &ChangesModel::UndeleteCompany},
      {2, &ChangesModel::CreateDraft},
      {2, &ChangesModel::UpdateDraft},
      {2, &ChangesModel::CompleteDraft},
      {1, &ChangesModel::DeleteDraft},
      {14, &ChangesModel::ChangeAccess},
      {1, &ChangesModel::CreateProduct},
      {1, &ChangesModel::UpdateProduct},
      {3, &ChangesModel::SetPrice},
      {3, &ChangesModel::CreateOrderBasis},
      {1, &ChangesModel::RunBilling},
      {6, &ChangesModel::RecordTransactions},
      {3, &ChangesModel::CancelTransactions},
  };
  std::vector<Adder> all;
  for (const auto& [weight, adder] : kWeights) all.insert(all.end(), static_cast<size_t>(weight), adder);
  (this->*OneOf(all))();
}

void ChangesModel::PickCaller() {
  caller_ = OneOf(kCallers);
  actor_ = OneOf(kActors);
  service_.set_caller(caller_, actor_, "");
}

std::string ChangesModel::RequestId() {
  if (Pick(3) == 0) return "";
  if (last_request_id_.empty() || Pick(4) > 0) last_request_id_ = absl::StrCat("r-", used_.size());
  return used_.emplace(caller_, last_request_id_).second ? last_request_id_ : "";
}

void ChangesModel::Add(Entry entry, const Resources& resources) {
  entry.caller = caller_;
  entry.actor = actor_;
  entry.resources = resources;
  entry.end = absl::Now();
  entries_.push_back(std::move(entry));
}

void ChangesModel::TurnClock() { service_.clock().Set(service_.clock().Now() + absl::Hours(24 * Pick(12))); }

void ChangesModel::CreateAgreement() {
  const std::string name = Name();
  Fields fields = {{"display_name", name}, {"customer_number", "00417"}};
  if (Pick(3) == 0) fields.emplace_back("first_company_draft", "{}");
  Call<v1::CreateAgreementResponse>(agreements::CreateAgreement, fields, [&](const auto& response) {
    const std::string& id = response.agreement().agreement_id();
    agreements_[id] = name;
    if (!response.has_first_company_draft()) return Resources{{{kAgreement, id}, true}};
    const std::string& draft_id = response.first_company_draft().draft_id();
    drafts_[draft_id] = {.name = "", .agreement_id = id};
    return Resources{{{kAgreement, id}, true}, {{kDraft, draft_id}, true}};
  });
}

void ChangesModel::UpdateAgreement() {
  const std::string id = Agreement();
  const std::string name = Name();
  Call<v1::UpdateAgreementResponse>(agreements::UpdateAgreement, {{"agreement_id", id}, {"display_name", name}},
                                    [&](const auto&) {
                                      const bool changed = std::exchange(agreements_[id], name) != name;
                                      return Resources{{{kAgreement, id}, changed}};
                                    });
}

// Drafts that it discards are counted, not named.
void ChangesModel::DeleteAgreement() {
  const std::string id = Agreement();
  Call<v1::DeleteAgreementResponse>(agreements::DeleteAgreement, {{"agreement_id", id}, {"discard_drafts", "true"}},
                                    [&](const auto&) {
                                      return Resources{{{kAgreement, id}, true}};
                                    });
}

void ChangesModel::UndeleteAgreement() {
  const std::string id = Agreement();
  Call<v1::UndeleteAgreementResponse>(agreements::UndeleteAgreement, {{"agreement_id", id}}, [&](const auto&) {
    return Resources{{{kAgreement, id}, true}};
  });
}

void ChangesModel::CreateCompany() {
  const std::string agreement_id = Agreement();
  const std::string name = Name();
  Call<v1::CreateCompanyResponse>(agreements::CreateCompany, {{"agreement_id", agreement_id}, {"display_name", name}},
                                  [&](const auto& response) {
                                    const std::string& id = response.company().company_id();
                                    companies_[id] = {.name = name, .agreement_id = agreement_id};
                                    return Resources{{{kAgreement, agreement_id}, true}, {{kCompany, id}, true}};
                                  });
}

void ChangesModel::UpdateCompany() {
  const std::string id = CompanyId();
  const std::string name = Name();
  Call<v1::UpdateCompanyResponse>(
      agreements::UpdateCompany, {{"company_id", id}, {"display_name", name}}, [&](const auto&) {
        const bool changed = std::exchange(companies_[id].name, name) != name;
        return Resources{{{kAgreement, companies_[id].agreement_id}, false}, {{kCompany, id}, changed}};
      });
}

void ChangesModel::MoveCompany() {
  const std::string id = CompanyId();
  const std::string target = Agreement();
  Call<v1::MoveCompanyResponse>(
      agreements::MoveCompany, {{"company_id", id}, {"agreement_id", target}}, [&](const auto&) {
        const std::string source = std::exchange(companies_[id].agreement_id, target);
        return Resources{{{kAgreement, source}, true}, {{kAgreement, target}, true}, {{kCompany, id}, true}};
      });
}

void ChangesModel::MoveCompanyToNewAgreement() {
  const std::string id = CompanyId();
  const std::string name = Name();
  Call<v1::MoveCompanyToNewAgreementResponse>(
      agreements::MoveCompanyToNewAgreement, {{"company_id", id}, {"display_name", name}}, [&](const auto& response) {
        const std::string& target = response.agreement().agreement_id();
        agreements_[target] = name;
        const std::string source = std::exchange(companies_[id].agreement_id, target);
        return Resources{{{kAgreement, source}, true}, {{kAgreement, target}, true}, {{kCompany, id}, true}};
      });
}

// Accesses that it ends are counted, not named.
void ChangesModel::DeleteCompany() {
  const std::string id = CompanyId();
  Call<v1::DeleteCompanyResponse>(agreements::DeleteCompany, {{"company_id", id}}, [&](const auto&) {
    std::erase_if(live_, [&](const auto& access) { return std::get<0>(access.first) == id; });
    return Resources{{{kAgreement, companies_[id].agreement_id}, true}, {{kCompany, id}, true}};
  });
}

void ChangesModel::UndeleteCompany() {
  const std::string id = CompanyId();
  const std::string named = Pick(2) == 0 ? "" : Agreement();
  Call<v1::UndeleteCompanyResponse>(agreements::UndeleteCompany, {{"company_id", id}, {"agreement_id", named}},
                                    [&](const auto&) {
                                      const std::string last = companies_[id].agreement_id;
                                      const std::string target = named.empty() ? last : named;
                                      companies_[id].agreement_id = target;
                                      Resources resources = {{{kAgreement, last}, false}, {{kCompany, id}, true}};
                                      resources[{kAgreement, target}] = true;
                                      return resources;
                                    });
}

void ChangesModel::CreateDraft() {
  const std::string agreement_id = Agreement();
  const std::string name = Name();
  Call<v1::CreateCompanyDraftResponse>(agreements::CreateCompanyDraft,
                                       {{"agreement_id", agreement_id}, {"display_name", name}},
                                       [&](const auto& response) {
                                         const std::string& id = response.draft().draft_id();
                                         drafts_[id] = {.name = name, .agreement_id = agreement_id};
                                         return Resources{{{kAgreement, agreement_id}, true}, {{kDraft, id}, true}};
                                       });
}

}  // namespace agreements::testing
