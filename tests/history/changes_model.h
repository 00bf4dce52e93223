// Random calls in one account, and a model that writes down what the trail must say of each.
#ifndef AGREEMENTS_TESTS_HISTORY_CHANGES_MODEL_H_
#define AGREEMENTS_TESTS_HISTORY_CHANGES_MODEL_H_

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "agreements/v1/change.pb.h"
#include "tests/testing/service.h"

namespace agreements::testing {

inline constexpr v1::ResourceKind kAgreement = v1::RESOURCE_KIND_AGREEMENT;
inline constexpr v1::ResourceKind kCompany = v1::RESOURCE_KIND_COMPANY;
inline constexpr v1::ResourceKind kDraft = v1::RESOURCE_KIND_COMPANY_DRAFT;
inline constexpr v1::ResourceKind kAccess = v1::RESOURCE_KIND_ACCESS;
inline constexpr v1::ResourceKind kProduct = v1::RESOURCE_KIND_PRODUCT;
inline constexpr v1::ResourceKind kDocument = v1::RESOURCE_KIND_ORDER_BASIS;
inline constexpr v1::ResourceKind kUser = v1::RESOURCE_KIND_USER;

// What a call touched, and whether a field of it changed.
using Resources = std::map<std::pair<v1::ResourceKind, std::string>, bool>;

struct Entry {
  std::string method;
  std::string caller = {};
  std::string actor = {};
  std::string request_id = {};
  Resources resources = {};
  absl::Time begin = {};  // Of the call.
  absl::Time end = {};
  absl::Time time = {};  // As the service told it.
};

std::string TextOf(const Entry& entry);

// It knows who holds what, and takes the service's word for whether a call succeeds.
class ChangesModel {
 public:
  ChangesModel(Service& service, std::string account_id, std::mt19937& random);

  // Makes a call, or turns the clock. Some calls are checked first, or repeated, by their request_id.
  void Step();

  // Of the calls that changed something, in their order.
  std::vector<Entry>& entries() { return entries_; }

  // A repeated call that was answered in another way, or "".
  const std::string& difference() const { return difference_; }

 private:
  struct Company {
    std::string name;
    std::string agreement_id;  // The one that holds it or, deleted, held it last.
  };
  struct Draft {
    std::string name;
    std::string agreement_id;
    bool completed = false;
  };
  struct Product {
    std::string name;
    std::map<std::string, std::string> prices = {};  // By their first day.
  };
  using Priced = std::map<std::string, std::string>;  // Products and their priced_until.

  int Pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  template <typename Values>
  auto OneOf(const Values& values) {
    return *std::next(values.begin(), Pick(static_cast<int>(values.size())));
  }
  // Of a map that may be empty.
  template <typename Values>
  std::string IdIn(const Values& values, const char* none) {
    return values.empty() ? none : OneOf(values).first;
  }
  std::string Agreement() { return IdIn(agreements_, "agr-0000000000000000"); }
  std::string CompanyId() { return IdIn(companies_, "cmp-0000000000000000"); }
  std::string Name() { return OneOf(std::vector<std::string>{"Nordlys", "Fjord", "Vidda"}); }

  // A call by some caller. If it succeeds, `touched` says what it touched, and has the model follow.
  template <typename Response, typename First, typename... Rest>
  void Call(absl::StatusOr<Response> (*operation)(First&, Rest...), const Fields& fields,
            const std::function<Resources(const Response&)>& touched);
  void PickCaller();
  // Empty, new, or that of another caller.
  std::string RequestId();
  void Add(Entry entry, const Resources& resources);

  void TurnClock();
  void CreateAgreement();
  void UpdateAgreement();
  void DeleteAgreement();
  void UndeleteAgreement();
  void CreateCompany();
  void UpdateCompany();
  void MoveCompany();
  void MoveCompanyToNewAgreement();
  void DeleteCompany();
  void UndeleteCompany();
  void CreateDraft();
  void UpdateDraft();
  void CompleteDraft();
  void DeleteDraft();
  void ChangeAccess();
  void CreateProduct();
  void UpdateProduct();
  void SetPrice();
  void CreateOrderBasis();
  void RunBilling();
  void RecordTransactions();
  void CancelTransactions();

  template <typename Response>
  Resources Accesses(const std::string& company_id, const std::string& user_id, const Response& response);
  Priced PricedProducts();
  // Of a document that may have been there before.
  Resources Document(const v1::OrderBasis& document, const Priced& before);
  // What is in a batch: some transactions of some companies.
  std::vector<std::pair<std::string, std::string>> Batch();
  // Makes a call that has no request_id.
  template <typename Response, typename First, typename... Rest>
  void CallBatch(absl::StatusOr<Response> (*operation)(First&, Rest...), const RequestOf<Rest...>& request,
                 const std::function<bool(const v1::TransactionResult&)>& is_change);

  Service& service_;
  const std::string account_id_;
  std::mt19937& random_;
  std::vector<Entry> entries_;
  std::string difference_;
  std::string caller_;
  std::string actor_;
  std::string last_request_id_;
  std::set<std::pair<std::string, std::string>> used_;  // Callers and their request_ids.

  std::map<std::string, std::string> agreements_;  // And their names.
  std::map<std::string, Company> companies_;
  std::map<std::string, Draft> drafts_;
  std::map<std::string, Product> products_;
  // Accesses that have not ended, by company, user and product. An expired invitation has not been ended yet.
  std::map<std::tuple<std::string, std::string, std::string>, v1::Access> live_;
  std::set<std::pair<std::string, std::string>> recorded_;  // Transactions that are not cancelled, with their company.
  std::set<std::string> documents_;
  std::vector<Fields> periods_;  // Of documents.
};

template <typename Response, typename First, typename... Rest>
void ChangesModel::Call(absl::StatusOr<Response> (*operation)(First&, Rest...), const Fields& fields,
                        const std::function<Resources(const Response&)>& touched) {
  RequestOf<Rest...> request;
  SetFields(fields, request);
  request.set_account_id(account_id_);
  PickCaller();
  if (Pick(6) == 0) {
    auto check = request;
    check.set_validate_only(true);
    service_.Do(operation, check).IgnoreError();
  }
  request.set_request_id(RequestId());
  Entry entry{.method = std::string(absl::StripSuffix(request.GetDescriptor()->name(), "Request")),
              .request_id = request.request_id(),
              .begin = absl::Now()};
  const absl::StatusOr<Response> response = service_.Do(operation, request);
  if (!response.ok()) return;
  Add(std::move(entry), touched(*response));
  if (request.request_id().empty() || Pick(3) > 0) return;
  const absl::StatusOr<Response> again = service_.Do(operation, request);
  if (!again.ok() || again->SerializeAsString() != response->SerializeAsString()) {
    difference_ = absl::StrCat("answered in another way: ", request.ShortDebugString(), "\n");
  }
}

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_HISTORY_CHANGES_MODEL_H_
