#include "tests/consistency/load.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "google/protobuf/descriptor.h"
#include "proto/days.h"

namespace agreements::testing {

using google::protobuf::Message;

namespace {

constexpr int kHot = 8;  // Things of a kind that callers know.
constexpr int kRepeatOneIn = 20;
constexpr int kCheckOneIn = 25;
constexpr int kRounds = 20;

// Some with valid check digits.
const std::vector<std::string> kOrganizationNumbers = {"974760673", "974760681", "974760703", "974760711"};

}  // namespace

const std::vector<KindOfCall>& KindsOfCalls() {
  static const std::vector<KindOfCall> kKinds = {
      {3, "CreateAgreement", "display_name: '{name}' customer_number: '{customer}'"},
      {1, "CreateAgreement", "display_name: '{name}' first_company_draft { display_name: '{name}' }"},
      {4, "UpdateAgreement", "agreement_id: '{agreement}' display_name: '{name}'"},
      {2, "UpdateAgreement", "agreement_id: '{agreement}' customer_number: '{customer}' revision: {revision}"},
      {2, "DeleteAgreement", "agreement_id: '{agreement}' discard_drafts: true"},
      {1, "DeleteAgreement", "agreement_id: '{agreement}' revision: {revision}"},
      {3, "UndeleteAgreement", "agreement_id: '{agreement}'"},
      {3, "CreateCompany", "agreement_id: '{agreement}' display_name: '{name}'"},
      {1, "CreateCompany", "agreement_id: '{agreement}' display_name: '{name}' organization_number: '{number}'"},
      {4, "UpdateCompany", "company_id: '{company}' display_name: '{name}'"},
      {1, "UpdateCompany", "company_id: '{company}' organization_number: '{number}' revision: {revision}"},
      {1, "DeleteCompany", "company_id: '{company}'"},
      {1, "DeleteCompany", "company_id: '{company}' revision: {revision}"},
      {5, "UndeleteCompany", "company_id: '{company}'"},
      {1, "UndeleteCompany", "company_id: '{company}' agreement_id: '{agreement}'"},
      {6, "MoveCompany", "company_id: '{company}' agreement_id: '{agreement}'"},
      {2, "MoveCompany", "company_id: '{company}' agreement_id: '{agreement}' revision: {revision}"},
      {1, "MoveCompanyToNewAgreement", "company_id: '{company}' display_name: '{name}' customer_number: '{customer}'"},
      {3, "CreateCompanyDraft", "agreement_id: '{agreement}' display_name: '{name}'"},
      {3, "UpdateCompanyDraft", "draft_id: '{draft}' display_name: '{name}'"},
      {3, "CompleteCompanyDraft", "draft_id: '{draft}'"},
      {1, "DeleteCompanyDraft", "draft_id: '{draft}'"},
      {3, "InviteUser", "company_id: '{company}' user_id: '{user}' product_ids: ['license-1', 'license-2']"},
      {3, "AcceptInvitation", "company_id: '{company}' user_id: '{user}' product_ids: '{license}'"},
      {5, "GrantAccess", "company_id: '{company}' user_id: '{user}' product_ids: '{license}'"},
      {3, "RevokeAccess", "company_id: '{company}' user_id: '{user}' product_ids: '{license}'"},
      {1, "CreateProduct", "product_id: '{new_product}' display_name: '{name}' kind: PRODUCT_KIND_LICENSE"},
      {2, "UpdateProduct", "product_id: '{product}' display_name: '{name}'"},
      {2, "SetPrice", "product_id: '{product}' valid_from: '{day_to_come}' unit_price: '{price}'"},
      {6, "RecordTransactions", "transactions { {report} } transactions { {report} } transactions { {report} }"},
      {2, "CancelTransactions", "transactions { {transaction} } transactions { {transaction} }"},
      {6, "CreateOrderBasis", "agreement_id: '{agreement}' {period}"},
      {1, "RunBilling", "until_day: '{today}' include_arrears: true"},

      {6, "GetAgreement", "agreement_id: '{agreement}'"},
      {2, "BatchGetAgreements", "agreement_ids: ['{agreement}', 'agr-0000000000000001']"},
      {1, "ListAgreements", "show_deleted: true"},
      {1, "ListAgreements", "order: LIST_ORDER_DISPLAY_NAME"},
      {1, "ListAgreements", "customer_number: '{customer}'"},
      {1, "ListAgreements", "display_name_prefix: 'N1' show_deleted: true"},
      {1, "ListAgreementUsers", "agreement_id: '{agreement}'"},
      {6, "GetCompany", "company_id: '{company}'"},
      {2, "BatchGetCompanies", "company_ids: ['{company}', 'cmp-0000000000000001']"},
      {2, "ListCompanies", "agreement_id: '{agreement}'"},
      {1, "ListCompanies", "show_deleted: true"},
      {1, "ListCompanies", "order: LIST_ORDER_DISPLAY_NAME display_name_contains: '7'"},
      {1, "ListCompanies", "organization_number: '{number}' show_deleted: true"},
      {3, "GetCompanyDraft", "draft_id: '{draft}'"},
      {1, "ListCompanyDrafts", "agreement_id: '{agreement}'"},
      {1, "ListCompanyDrafts", "show_closed: true"},
      {2, "ListPlacements", "company_id: '{company}'"},
      {2, "GetProduct", "product_id: '{product}'"},
      {1, "ListProducts", "kind: PRODUCT_KIND_LICENSE"},
      {2, "ListPrices", "product_id: '{product}'"},
      {2, "GetAccess", "access_id: '{access}'"},
      {2, "ListAccesses", "company_id: '{company}' show_ended: true"},
      {1, "ListAccesses", "user_id: '{user}' state: ACCESS_STATE_ACTIVE"},
      {2, "GetTransaction", "{transaction}"},
      {1, "ListTransactions", "company_id: '{company}'"},
      {1, "ListTransactions", "company_id: '{company}' state: TRANSACTION_STATE_RECORDED"},
      {1, "PreviewOrderBasis", "agreement_id: '{agreement}' estimate: true"},
      {2, "GetOrderBasis", "order_basis_id: '{document}'"},
      {1, "ListOrderBasisLines", "order_basis_id: '{document}'"},
      {1, "ListOrderBases", "agreement_id: '{agreement}' show_empty: true show_lines: true"},
      {1, "ExplainOrderBasis", "order_basis_id: '{document}' line_number: 1"},
      {1, "VerifyOrderBasis", "order_basis_id: '{document}'"},
      {1, "ListChanges", "company_id: '{company}'"},
      {1, "ListChanges", "agreement_id: '{agreement}'"},
  };
  return kKinds;
}

void Names::Learn(const Message& answer) {
  const std::lock_guard lock(mutex_);
  Walk(answer, [this](const Message& message) {
    for (const char* field :
         {"transaction_id", "access_id", "draft_id", "company_id", "order_basis_id", "agreement_id"}) {
      std::string id = Field(message, field);
      if (id.empty()) continue;
      if (const std::string revision = Field(message, "revision"); !revision.empty()) revisions_[id] = revision;
      if (const std::string day = Field(message, "settled_until"); !day.empty()) settled_until_[id] = day;
      if (field == std::string("order_basis_id")) {
        settled_until_[Field(message, "agreement_id")] = Field(message, "until_day");
      }
      if (field == std::string("transaction_id")) {
        id = absl::StrCat("company_id: '", Field(message, "company_id"), "' transaction_id: '", id, "'");
      }
      std::vector<std::string>& known = ids_[field];
      if (std::find(known.begin(), known.end(), id) == known.end()) {
        if (static_cast<int>(known.size()) < kHot) {
          known.push_back(id);
        } else {
          known[static_cast<size_t>(Pick(kHot))] = id;
        }
      }
      return;  // The message is about the first of these that it has.
    }
  });
}

std::string Names::OneOf(const std::string& kind) {
  static const std::map<std::string, std::string> kNone = {{"agreement_id", "agr-0000000000000000"},
                                                           {"company_id", "cmp-0000000000000000"},
                                                           {"draft_id", "dft-0000000000000000"},
                                                           {"access_id", "acc-0000000000000000"},
                                                           {"order_basis_id", "ord-0000000000000000"},
                                                           {"transaction_id",
                                                            "company_id: 'cmp-0000000000000000'"
                                                            "transaction_id: 'none'"}};
  const std::vector<std::string>& known = ids_[kind];
  last_ = known.empty() ? kNone.at(kind) : known[static_cast<size_t>(Pick(static_cast<int>(known.size())))];
  return last_;
}

std::string Names::Fill(absl::string_view name, absl::CivilDay today) {
  if (name == "agreement" || name == "company" || name == "draft" || name == "access") {
    return OneOf(absl::StrCat(name, "_id"));
  }
  if (name == "document") return OneOf("order_basis_id");
  if (name == "transaction") return OneOf("transaction_id");
  if (name == "revision") return revisions_.count(last_) > 0 ? revisions_[last_] : "1";
  if (name == "name") return absl::StrCat("N", ++made_);
  if (name == "customer") return absl::StrCat("0", Pick(3));
  if (name == "number") return kOrganizationNumbers[static_cast<size_t>(Pick(4))];
  if (name == "user") return absl::StrCat("user-", Pick(4));
  if (name == "license") return absl::StrCat("license-", 1 + Pick(2));
  if (name == "product") return absl::StrCat(Pick(2) == 0 ? "license-" : "usage-", 1 + Pick(2));
  if (name == "new_product") return absl::StrCat("product-", Pick(8));
  if (name == "price") return absl::StrCat(++made_, ".00");
  if (name == "today") return FormatDay(today);
  if (name == "day_to_come") return FormatDay(today + Pick(4));
  if (name == "report") {
    // Few ids, so that some are repeated with other content; often for a day that may be settled.
    const absl::Time time = absl::FromCivil(absl::CivilHour(today - Pick(3)) + 8, absl::UTCTimeZone());
    return absl::StrCat("company_id: '", OneOf("company_id"), "' transaction_id: 't-", Pick(2000),
                        "' product_id: 'usage-", 1 + Pick(2), "' quantity: ", 1 + Pick(9),
                        " occur_time { seconds: ", absl::ToUnixSeconds(time), " }");
  }
  if (name == "period") {
    const std::string& known = settled_until_[last_];
    const absl::CivilDay from = known.empty() ? today - 1 : ParseDay(known);
    const absl::CivilDay until = std::min({from + 1 + Pick(3), MonthOf(from).until, std::max(today, from + 1)});
    return absl::StrCat("from_day: '", FormatDay(from), "' until_day: '", FormatDay(until), "'");
  }
  throw std::runtime_error(absl::StrCat("no such thing: {", name, "}"));
}

std::shared_ptr<Message> Names::NewRequest(const KindOfCall& kind, absl::CivilDay today) {
  const std::lock_guard lock(mutex_);
  std::string fields;
  for (absl::string_view rest = kind.fields; !rest.empty();) {
    const size_t open = rest.find('{');
    const size_t close = rest.find('}', open);
    // "{name}" is a name, "{ name }" are braces of protobuf's.
    if (open == absl::string_view::npos || rest[open + 1] == ' ') {
      const size_t end = open == absl::string_view::npos ? rest.size() : open + 1;
      absl::StrAppend(&fields, rest.substr(0, end));
      rest.remove_prefix(end);
      continue;
    }
    absl::StrAppend(&fields, rest.substr(0, open), Fill(rest.substr(open + 1, close - open - 1), today));
    rest.remove_prefix(close + 1);
  }
  auto request = testing::NewRequest(kind.method, absl::StrCat("account_id: '", account_id_, "' ", fields));
  if (HasField(*request, "request_id")) SetField(*request, "request_id", absl::StrCat("r-", ++made_));
  if (HasField(*request, "page_size")) SetField(*request, "page_size", 3 + Pick(60));
  if (const auto* field = request->GetDescriptor()->FindFieldByName("validate_only"); field != nullptr) {
    request->GetReflection()->SetBool(request.get(), field, Pick(kCheckOneIn) == 0);
  }
  return request;
}

Load::Load(Caller& caller, Recorder& recorder, LoadOptions options)
    : caller_(caller), recorder_(recorder), options_(std::move(options)) {
  for (int i = 1; i <= options_.accounts; ++i) {
    const std::string account = absl::StrCat("acct-", i);
    names_.push_back(std::make_unique<Names>(account));
    for (const auto& [product, kind] : {std::pair<std::string, std::string>{"license-1", "LICENSE"},
                                        {"license-2", "LICENSE"},
                                        {"usage-1", "TRANSACTION"},
                                        {"usage-2", "TRANSACTION"}}) {
      const std::string fields =
          absl::StrCat("account_id: '", account, "' product_id: '", product, "' request_id: 'r-");
      for (const auto& [method, rest] :
           {std::pair<std::string, std::string>{
                "CreateProduct", absl::StrCat("new-", product, "' display_name: 'P' kind: PRODUCT_KIND_", kind)},
            {"SetPrice", absl::StrCat("price-", product, "' valid_from: '2026-01-01' unit_price: '423.00'")}}) {
        const Call call = Send(caller_, *names_.back(), method, NewRequest(method, absl::StrCat(fields, rest)), 0);
        if (call.outcome() != Outcome::kDone) throw std::runtime_error(TextOf(call));
      }
    }
  }
  for (int i = 0; i < options_.callers; ++i) {
    callers_.emplace_back([this, i](const std::stop_token& stop) { Run(stop, static_cast<unsigned>(i)); });
  }
}

void Load::End() {
  for (std::jthread& caller : callers_) caller.request_stop();
  callers_.clear();
}

Call Load::Send(Caller& caller, Names& names, const std::string& method, const std::shared_ptr<const Message>& request,
                int64_t operation) {
  Call call = caller.Send(method, request, operation);
  if (call.outcome() == Outcome::kDone) ++successes_;
  if (IsChange(call)) {
    for (const Answer& answer : call.answers) names.Learn(*answer.message);
    if (call.outcome() == Outcome::kUnknown) {
      const std::lock_guard lock(mutex_);
      unknown_.emplace(call.operation, call);
    }
  }
  recorder_.Add(call);
  return call;
}

void Load::Run(const std::stop_token& stop, unsigned seed) {
  std::mt19937 random(std::random_device{}() + seed);
  const auto pick = [&random](size_t count) { return random() % count; };
  std::vector<const KindOfCall*> kinds;
  for (const KindOfCall& kind : KindsOfCalls()) kinds.insert(kinds.end(), static_cast<size_t>(kind.weight), &kind);
  while (!stop.stop_requested()) {
    Names& names = *names_[pick(names_.size())];
    const KindOfCall& kind = *kinds[pick(kinds.size())];
    Call call = Send(caller_, names, kind.method, names.NewRequest(kind, options_.today()), 0);
    if (IsChange(call) && call.outcome() != Outcome::kUnknown && pick(kRepeatOneIn) == 0) {
      call = Send(caller_, names, call.method, call.request, call.operation);
    }
    if (call.outcome() != Outcome::kUnknown) continue;
    absl::SleepFor(absl::Milliseconds(50));  // As a caller does who tries again.
    std::optional<Call> again;
    if (const std::lock_guard lock(mutex_); pick(4) == 0 && !unknown_.empty()) {
      again = std::next(unknown_.begin(), static_cast<int64_t>(pick(unknown_.size())))->second;
    }
    if (again) Send(caller_, names, again->method, again->request, again->operation);
  }
}

// All that was unknown once: a repetition may have been refused while the first call was still under way.
bool Load::Settle(Caller& patient) {
  for (int round = 0; round < kRounds; ++round) {
    const std::map<int64_t, Call> unknown = std::exchange(unknown_, {});
    if (unknown.empty()) return true;
    for (const auto& [operation, call] : unknown) {
      const Call settled = Send(patient, *names_.front(), call.method, call.request, operation);
      // From now on the answer stays the same.
      if (settled.outcome() == Outcome::kDone) Send(patient, *names_.front(), call.method, call.request, operation);
    }
  }
  return false;
}

void Load::ReadAll(Caller& patient, Recorder& recorder) {
  const auto read = [&](const std::string& account, const std::string& method, const std::string& fields) {
    auto request = NewRequest(method, absl::StrCat("account_id: '", account, "' ", fields));
    if (HasField(*request, "page_size")) SetField(*request, "page_size", 1000);
    Call call = patient.Send(method, request);
    recorder.Add(call);
    std::vector<std::string> ids;
    const std::string own = method == "ListAgreements"  ? "agreement_id"
                            : method == "ListCompanies" ? "company_id"
                                                        : "product_id";
    for (const Answer& answer : call.answers) {
      Walk(*answer.message, [&](const Message& message) {
        if (const std::string id = Field(message, own); !id.empty()) ids.push_back(id);
      });
    }
    return ids;
  };
  for (int i = 1; i <= options_.accounts; ++i) {
    const std::string account = absl::StrCat("acct-", i);
    for (const std::string& id : read(account, "ListAgreements", "show_deleted: true")) {
      read(account, "ListAgreementUsers", absl::StrCat("agreement_id: '", id, "'"));
      read(account, "PreviewOrderBasis", absl::StrCat("estimate: true agreement_id: '", id, "'"));
    }
    for (const std::string& id : read(account, "ListCompanies", "show_deleted: true")) {
      read(account, "ListPlacements", absl::StrCat("company_id: '", id, "'"));
      read(account, "ListAccesses", absl::StrCat("show_ended: true company_id: '", id, "'"));
      read(account, "ListTransactions", absl::StrCat("company_id: '", id, "'"));
    }
    for (const std::string& id : read(account, "ListProducts", "")) {
      read(account, "ListPrices", absl::StrCat("product_id: '", id, "'"));
    }
    read(account, "ListCompanyDrafts", "show_closed: true");
    read(account, "ListOrderBases", "show_empty: true show_lines: true");
    read(account, "ListChanges", "");
  }
}

}  // namespace agreements::testing
