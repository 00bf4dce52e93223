// A fixture for tests that call operations on a real database.
#ifndef AGREEMENTS_TESTS_TESTING_OPERATIONS_TEST_H_
#define AGREEMENTS_TESTS_TESTING_OPERATIONS_TEST_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "proto/errors.h"
#include "server/operations.h"
#include "server/request_hash.h"
#include "server/validate.h"
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

// The service's operations on a schema of their own, without the network. Thread-safe but for SetUp.
class Service {
 public:
  explicit Service(const storage::TestHooks* hooks = nullptr) : test_database_(hooks) {
    absl::LoadTimeZone("Europe/Oslo", &env_.time_zone);
  }

  Environment& env() { return env_; }
  TestClock& clock() { return clock_; }
  TestDatabase& test_database() { return test_database_; }
  void set_timeout(absl::Duration timeout) { timeout_ = timeout; }
  std::string Sql(const std::string& sql) { return test_database_.Sql(sql); }

  // Runs an operation as the dispatcher does: validated, with the request's own deadline and hash. A request without an
  // account is kAccount's.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Do(absl::StatusOr<Response> (*operation)(Environment&, const storage::Call&, const Request&),
                              Request request) {
    if (request.account_id().empty()) request.set_account_id(kAccount);
    if (absl::Status status = Validate(request); !status.ok()) return status;
    storage::Call call;
    call.account_id = request.account_id();
    call.deadline = absl::Now() + timeout_;
    if constexpr (requires { request.request_id(); }) {
      call.request_id = request.request_id();
      call.validate_only = request.validate_only();
      call.request_hash = RequestHash(request);
    }
    return operation(env_, call, request);
  }

  // Each makes one in the account, and returns its id.
  std::string NewAgreement(const std::string& name, const std::string& account_id = kAccount);
  std::string NewCompany(const std::string& agreement_id, const std::string& name,
                         const std::string& organization_number = "", const std::string& account_id = kAccount);
  std::string NewDraft(const std::string& agreement_id, const std::string& name,
                       const std::string& organization_number = "", const std::string& account_id = kAccount);

  absl::StatusOr<v1::MoveCompanyResponse> Move(const std::string& company_id, const std::string& agreement_id,
                                               const std::string& account_id = kAccount);
  absl::StatusOr<v1::DeleteAgreementResponse> Delete(const std::string& agreement_id, bool discard_drafts = false,
                                                     const std::string& account_id = kAccount);

  // As the next issue's settling will: days before `day` are in order bases.
  void SettleUntil(const std::string& agreement_id, const std::string& day);

  // "A 2026-11-01 - 2026-11-16, B 2026-11-16 -", oldest first, with the agreements' names; "nobody" while deleted. From
  // ListPlacements.
  std::string PlacementsOf(const std::string& company_id, const std::string& account_id = kAccount);

  // Everything stored, without ids, times and requests: to compare two ways to the same state.
  std::string State();

  // What no history may ever break, each breach on a line: "" is good. Over the whole schema.
  std::string Breaches();

 private:
  absl::Duration timeout_ = absl::Seconds(30);
  TestClock clock_;
  TestDatabase test_database_;
  Environment env_{.database = test_database_.database(), .now = [this] { return clock_.Now(); }, .time_zone = {}};
};

class OperationsTest : public ::testing::Test {
 protected:
  ~OperationsTest() override { EXPECT_EQ(service_.Breaches(), ""); }

  Service service_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_OPERATIONS_TEST_H_
