// What ends a statement before its time: its caller goes away, or its deadline passes; and what does not.
#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "proto/status.h"
#include "tests/testing/metric_text.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(1);

// A row is locked, and the only calls that change it wait for that much longer than the test.
class WireCancelTest : public ::testing::Test {
 protected:
  WireCancelTest() {
    wire_.Sql("START TRANSACTION");
    wire_.Sql(absl::StrCat("SELECT agreement_id FROM agreements WHERE account_id = 'acct-1' AND agreement_id = '",
                           names_.at("$agreement"), "' FOR UPDATE"));
  }

  // Changes the row.
  absl::Status Update(grpc::ClientContext& context) {
    v1::UpdateAgreementRequest request;
    request.set_account_id("acct-1");
    request.set_agreement_id(names_.at("$agreement"));
    request.set_customer_number("00417");
    v1::UpdateAgreementResponse response;
    return FromGrpcStatus(wire_.agreements().UpdateAgreement(&context, request, &response));
  }

  double Metric(const std::string& series) { return MetricIn(wire_.server().metrics().Text(), series); }

  // Whether the server ends the call while the row is still locked, since it has stopped its statement.
  void ExpectStopped() {
    const absl::Time deadline = absl::Now() + kPatience;
    while (Metric("agreements_queue_running{kind=\"change\"}") > 0 && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    EXPECT_EQ(Metric("agreements_queue_running{kind=\"change\"}"), 0) << "a worker still waits for the row";
    EXPECT_GE(Metric("agreements_database_statements_killed_total"), 1);
    wire_.Sql("ROLLBACK");
    // The connection's own end is no other call's.
    EXPECT_TRUE(
        wire_.Call(&Agreements::UpdateAgreement, "agreement_id: '$agreement' customer_number: '1'", names_).ok());
  }

  Statements statements_;
  Wire wire_{{.max_call = 3 * kPatience, .row_wait = 2 * kPatience, .max_statement = 3 * kPatience},
             statements_.hooks()};
  const Names names_ = wire_.Populate("acct-1");
};

TEST_F(WireCancelTest, ACallerThatGoesAwayStopsItsStatement) {
  const int before = statements_.Count("update_agreement");
  grpc::ClientContext context;
  auto update = std::async(std::launch::async, [&] { return Update(context); });
  while (statements_.Count("update_agreement") == before) std::this_thread::yield();
  context.TryCancel();
  EXPECT_TRUE(absl::IsCancelled(update.get()));
  ExpectStopped();
}

TEST_F(WireCancelTest, ADeadlineThatPassesStopsItsStatement) {
  // The first one may pass before the call waits for the row, on a machine that is busy.
  for (const int seconds : {1, 4, 16}) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(seconds)));
    EXPECT_TRUE(absl::IsDeadlineExceeded(Update(context)));
    if (Metric("agreements_database_statements_killed_total") > 0) break;
  }
  ExpectStopped();
}

// However much an agreement has: each counts for two seconds, where other calls' statements have one.
TEST(WireLongStatementsTest, AnOrderBasisTakesAsLongAsItNeeds) {
  Statements statements;
  statements.Edit("count_user_days", "COUNT(*)", "COUNT(*) + SLEEP(2)");
  Wire wire({.max_statement = absl::Seconds(1)}, statements.hooks());
  const Names names = wire.Populate("acct-1");
  const std::string text = "agreement_id: '$billed' from_day: '2026-11-11' until_day: '2026-11-12'";
  const auto preview = wire.Call(&Agreements::PreviewOrderBasis, text, names);
  ASSERT_TRUE(preview.ok()) << preview.status();
  const auto created = wire.Call(&Agreements::CreateOrderBasis, text, names);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->order_basis().digest(), preview->order_basis().digest());
}

}  // namespace
}  // namespace agreements::testing
