// A fixture for tests of the database's transactions, on a real server whose answers a test can break.
#ifndef AGREEMENTS_TESTS_STORAGE_DATABASE_FIXTURE_H_
#define AGREEMENTS_TESTS_STORAGE_DATABASE_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "agreements/v1/agreement_service.pb.h"
#include "proto/id_prefixes.h"
#include "proto/status_macros.h"
#include "storage/connection/database.h"
#include "storage/tables/agreements.h"
#include "tests/testing/test_database.h"

namespace agreements::storage {

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() {
    hooks_.on_statement = [this](const StatementEvent& event) { return on_statement_ ? on_statement_(event) : 0; };
  }

  DatabaseOptions Options() {
    DatabaseOptions options = test_database_.options();
    options.hooks = &hooks_;
    return options;
  }

  static Call NewCall(absl::Duration timeout = absl::Seconds(10)) {
    Call call;
    call.account_id = "acct-1";
    call.request_hash = "h";
    call.deadline = absl::Now() + timeout;
    return call;
  }

  // A transaction that stores an agreement.
  static absl::StatusOr<v1::CreateAgreementResponse> Insert(Transaction& tx) {
    v1::CreateAgreementResponse response;
    auto& agreement = *response.mutable_agreement();
    agreement.set_agreement_id(tx.NewId(kAgreementPrefix));
    agreement.set_settled_until("2026-11-01");
    RETURN_IF_ERROR(InsertAgreement(tx, agreement));
    return response;
  }

  std::string Count() { return test_database_.Sql("SELECT COUNT(*) FROM agreements"); }

  testing::TestDatabase test_database_;
  TestHooks hooks_;
  std::function<int(const StatementEvent&)> on_statement_;
  Database database_{Options(), test_database_.ids(), absl::Now};
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_TESTS_STORAGE_DATABASE_FIXTURE_H_
