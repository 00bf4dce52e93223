// The service on a real database, as tests call it: in this process, or over the network (Wire).
#ifndef AGREEMENTS_TESTS_TESTING_SERVICE_H_
#define AGREEMENTS_TESTS_TESTING_SERVICE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/errors.h"
#include "server/operations/operations.h"
#include "server/operations/run.h"
#include "server/requests/page_tokens.h"
#include "server/requests/request_hash.h"
#include "server/requests/validate.h"
#include "tests/testing/test_context.h"
#include "tests/testing/test_database.h"

namespace agreements::testing {

inline constexpr char kAccount[] = "acct-1";

// "AGREEMENT_DELETED", or "OK", or the status if it has no reason.
template <typename StatusOr>
std::string Outcome(const StatusOr& result) {
  absl::Status status;
  if constexpr (std::is_same_v<StatusOr, absl::Status>) {
    status = result;
  } else {
    status = result.status();
  }
  if (status.ok()) return "OK";
  if (const auto info = DetailOf<google::rpc::ErrorInfo>(status)) return info->reason();
  return status.ToString();
}

// Of "2026-11-07T10:00:00Z".
google::protobuf::Timestamp Instant(absl::string_view text);

// A request's fields by their names; a repeated field is named for each of its values.
using Fields = std::vector<std::pair<std::string, std::string>>;

// The value of a field with that instant.
std::string InstantField(absl::string_view text);

void SetFields(const Fields& fields, google::protobuf::Message& request);

// A schema of its own, a clock that stands still, and calls in this process. Thread-safe.
class Service {
 public:
  explicit Service(const storage::TestHooks* hooks = nullptr) : test_database_(hooks) {}
  virtual ~Service() = default;

  storage::Database& database() { return test_database_.database(); }
  Context& context() { return context_; }
  TestClock& clock() { return clock_; }
  TestDatabase& test_database() { return test_database_; }
  void set_timeout(absl::Duration timeout) { timeout_ = timeout; }
  // Where the calls that are made in this process count what they use. May be null.
  void set_figures(storage::CallFigures* figures) { caller_.figures = figures; }
  storage::CallFigures* figures() const { return caller_.figures; }
  // Of the calls that are made in this process.
  void set_caller(const std::string& caller, const std::string& actor, const std::string& trace_id) {
    caller_.caller = caller;
    caller_.actor = actor;
    caller_.trace_id = trace_id;
  }
  std::string Sql(const std::string& sql) { return test_database_.Sql(sql); }

  // Calls the method of an operation. A request without an account is kAccount's.
  template <typename Response, typename First, typename... Rest>
  absl::StatusOr<Response> Do(absl::StatusOr<Response> (*operation)(First&, Rest...), RequestOf<Rest...> request) {
    if (request.account_id().empty()) request.set_account_id(kAccount);
    Response response;
    const absl::Status status = Send(request, response, [&]() -> absl::Status {
      auto result = RunHere(operation, request);
      if (!result.ok()) return result.status();
      response = *std::move(result);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return response;
  }

  template <typename Response, typename First, typename... Rest>
  absl::StatusOr<Response> Do(absl::StatusOr<Response> (*operation)(First&, Rest...), const Fields& fields) {
    RequestOf<Rest...> request;
    SetFields(fields, request);
    return Do(operation, std::move(request));
  }

  // The pages of a list, from the first to the last. A page size of 0 is the server's own.
  template <typename Response, typename First, typename... Rest>
  std::vector<Response> Pages(absl::StatusOr<Response> (*operation)(First&, Rest...), const Fields& fields,
                              int page_size = kMaxPageSize) {
    RequestOf<Rest...> request;
    SetFields(fields, request);
    request.set_page_size(page_size);
    std::vector<Response> pages;
    do {
      pages.push_back(Do(operation, request).value());
      request.set_page_token(pages.back().next_page_token());
    } while (!request.page_token().empty());
    return pages;
  }

  // A whole list, read in pages.
  template <typename Response, typename First, typename... Rest>
  Response List(absl::StatusOr<Response> (*operation)(First&, Rest...), const Fields& fields,
                int page_size = kMaxPageSize) {
    Response list;
    for (const Response& page : Pages(operation, fields, page_size)) list.MergeFrom(page);
    return list;
  }

  // Each makes one in the account, and returns its id.
  std::string NewAgreement(const std::string& name, const std::string& account_id = kAccount);
  std::string NewCompany(const std::string& agreement_id, const std::string& name,
                         const std::string& organization_number = "", const std::string& account_id = kAccount);
  std::string NewAgreementWithNumber(const std::string& name, const std::string& customer_number,
                                     const std::string& account_id = kAccount);
  std::string NewDraft(const std::string& agreement_id, const std::string& name,
                       const std::string& organization_number = "", const std::string& account_id = kAccount);

  absl::StatusOr<v1::MoveCompanyResponse> Move(const std::string& company_id, const std::string& agreement_id,
                                               const std::string& account_id = kAccount);
  absl::StatusOr<v1::DeleteAgreementResponse> Delete(const std::string& agreement_id, bool discard_drafts = false,
                                                     const std::string& account_id = kAccount);

  // Into the agreement that it was in, unless another one is named.
  absl::StatusOr<v1::UndeleteCompanyResponse> Undelete(const std::string& company_id,
                                                       const std::string& agreement_id = "",
                                                       const std::string& account_id = kAccount);

  // A product named like its id.
  void NewProduct(const std::string& product_id, v1::ProductKind kind = v1::PRODUCT_KIND_LICENSE,
                  const std::string& account_id = kAccount);
  absl::StatusOr<v1::SetPriceResponse> SetPriceOf(const std::string& product_id, const std::string& valid_from,
                                                  const std::string& unit_price,
                                                  const std::string& account_id = kAccount);
  // One transaction, that happened at a time like "2026-11-07T10:00:00Z".
  absl::StatusOr<v1::RecordTransactionsResponse> Record(const std::string& company_id,
                                                        const std::string& transaction_id,
                                                        const std::string& product_id, int64_t quantity,
                                                        const std::string& occur_time,
                                                        const std::string& account_id = kAccount);
  absl::StatusOr<v1::CancelTransactionsResponse> Cancel(const std::string& company_id,
                                                        const std::string& transaction_id,
                                                        const std::string& account_id = kAccount);
  absl::StatusOr<v1::CreateOrderBasisResponse> CreateOrder(const std::string& agreement_id, const std::string& from_day,
                                                           const std::string& until_day,
                                                           const std::string& account_id = kAccount);
  absl::StatusOr<v1::PreviewOrderBasisResponse> Preview(const std::string& agreement_id,
                                                        const std::string& from_day = "",
                                                        const std::string& until_day = "",
                                                        const std::string& account_id = kAccount);

  absl::StatusOr<v1::DeleteCompanyResponse> RemoveCompany(const std::string& company_id,
                                                          const std::string& account_id = kAccount);
  absl::StatusOr<v1::InviteUserResponse> Invite(const std::string& company_id, const std::string& user_id,
                                                const std::vector<std::string>& product_ids,
                                                const std::string& account_id = kAccount);
  absl::StatusOr<v1::AcceptInvitationResponse> Accept(const std::string& company_id, const std::string& user_id,
                                                      const std::vector<std::string>& product_ids,
                                                      const std::string& account_id = kAccount);
  absl::StatusOr<v1::GrantAccessResponse> Grant(const std::string& company_id, const std::string& user_id,
                                                const std::vector<std::string>& product_ids,
                                                const std::string& account_id = kAccount);
  absl::StatusOr<v1::RevokeAccessResponse> Revoke(const std::string& company_id, const std::string& user_id,
                                                  const std::vector<std::string>& product_ids,
                                                  const std::string& account_id = kAccount);

  // As if order bases had the agreement's days before `day`, without making any.
  void SettleUntil(const std::string& agreement_id, const std::string& day);

  // "A 2026-11-01 - 2026-11-16, B 2026-11-16 -", oldest first, with the agreements' names; "nobody" while deleted. From
  // ListPlacements.
  std::string PlacementsOf(const std::string& company_id, const std::string& account_id = kAccount);

  // "anna accounting ACTIVE 2026-11-01 -, anna payroll ENDED 2026-11-01 - 2026-11-16", oldest first. From ListAccesses.
  std::string AccessesOf(const std::string& company_id, const std::string& account_id = kAccount);

  // Everything stored, without ids, times and requests: to compare two ways to the same state.
  std::string State();

  // How many entries of the trail each account and method has.
  std::string Entries();

  // What verify finds in an account, or in all of them: "" is good.
  std::string Findings(const std::string& account_id = "");

  // For tests that break a rule of verify's, with SQL or a clock that steps back: Findings() leaves it out. `rule` is
  // its beginning.
  void LeaveOut(const std::string& rule) { left_out_.insert(rule); }

 protected:
  // Sends the request of a method, whose operation `here` runs in this process, and fills in the response.
  virtual absl::Status Send(const google::protobuf::Message& request, google::protobuf::Message& response,
                            absl::FunctionRef<absl::Status()> here);

 private:
  // Runs an operation as a server does: validated, with the request's own deadline and hash.
  template <typename Response, typename Request, typename First, typename... Rest>
  absl::StatusOr<Response> RunHere(absl::StatusOr<Response> (*operation)(First&, Rest...), Request& request) {
    if (absl::Status status = Validate(request); !status.ok()) return status;
    if constexpr (requires { request.page_token(); }) {
      if (absl::Status status = CheckPageToken(request, request.page_token()); !status.ok()) return status;
    }
    storage::Call call = caller_;
    call.account_id = request.account_id();
    call.deadline = absl::Now() + timeout_;
    if constexpr (requires { request.request_id(); }) {
      call.request_id = request.request_id();
      call.validate_only = request.validate_only();
      call.request_hash = RequestHash(request);
      call.method = std::string(request.GetDescriptor()->full_name());
    }
    return RunOperation(operation, database(), context_, call, request);
  }

  absl::Duration timeout_ = absl::Seconds(30);
  storage::Call caller_;
  std::set<std::string> left_out_;
  TestClock clock_;
  TestDatabase test_database_;
  Context context_ = TestContext(clock_);
};

class OperationsTest : public ::testing::Test {
 protected:
  ~OperationsTest() override { EXPECT_EQ(service_.Findings(), ""); }

  Service service_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_SERVICE_H_
