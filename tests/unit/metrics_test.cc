#include "server/ops/metrics.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/testing/metric_text.h"

namespace agreements {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::Not;

std::vector<std::string> Lines(const Metrics& metrics) { return absl::StrSplit(metrics.Text(), '\n'); }

// The value of a series, written as the text writes it; -1 if it is not there.
double Value(const Metrics& metrics, const std::string& series) { return testing::MetricIn(metrics.Text(), series); }

// How many lines begin so.
int CountOf(const Metrics& metrics, const std::string& begin) {
  int count = 0;
  for (const std::string& line : Lines(metrics)) count += line.rfind(begin, 0) == 0 ? 1 : 0;
  return count;
}

constexpr char kPlace[] = R"({grpc_method="GetAgreement",grpc_service="agreements.v1.AgreementService")";

std::string Series(const std::string& name, const std::string& more) { return absl::StrCat(name, kPlace, more, "}"); }

TEST(MetricsTest, CallsHaveTheNamesThatDashboardsOfGrpcServicesExpect) {
  Metrics metrics("NOK");
  MethodMetrics& method = metrics.ForMethod("agreements.v1.AgreementService", "GetAgreement", /*is_stream=*/false);
  method.Began();
  method.Began();
  method.Ended(grpc::StatusCode::NOT_FOUND, absl::Milliseconds(7));
  EXPECT_EQ(Value(metrics, Series("grpc_server_started_total", R"(,grpc_type="unary")")), 2);
  EXPECT_EQ(Value(metrics, R"(grpc_server_handled_total{grpc_code="NotFound",grpc_method="GetAgreement",)"
                           R"(grpc_service="agreements.v1.AgreementService",grpc_type="unary"})"),
            1);
  EXPECT_EQ(Value(metrics, Series("agreements_calls_in_flight", "")), 1);
  EXPECT_EQ(Value(metrics, Series("grpc_server_handling_seconds_count", R"(,grpc_type="unary")")), 1);
  EXPECT_EQ(Value(metrics, Series("grpc_server_handling_seconds_sum", R"(,grpc_type="unary")")), 0.007);
  EXPECT_EQ(Value(metrics, Series("grpc_server_handling_seconds_bucket", R"(,grpc_type="unary",le="0.005")")), 0);
  EXPECT_EQ(Value(metrics, Series("grpc_server_handling_seconds_bucket", R"(,grpc_type="unary",le="0.01")")), 1);
}

TEST(MetricsTest, EveryCodeOfAMethodIsThereBeforeItsFirstCall) {
  Metrics metrics("NOK");
  metrics.ForMethod("agreements.v1.CompanyService", "ListCompanies", /*is_stream=*/true);
  std::set<std::string> codes;
  for (const std::string& line : Lines(metrics)) {
    if (line.rfind("grpc_server_handled_total{", 0) != 0) continue;
    EXPECT_THAT(line, HasSubstr(R"(grpc_type="server_stream"} 0)"));
    codes.insert(line.substr(37, line.find('"', 37) - 37));
  }
  EXPECT_THAT(codes,
              ElementsAre("Aborted", "AlreadyExists", "Canceled", "DataLoss", "DeadlineExceeded", "FailedPrecondition",
                          "Internal", "InvalidArgument", "NotFound", "OK", "OutOfRange", "PermissionDenied",
                          "ResourceExhausted", "Unauthenticated", "Unavailable", "Unimplemented", "Unknown"));
}

TEST(MetricsTest, EachCodeIsCountedUnderItsOwnName) {
  for (int code = 0; code <= grpc::StatusCode::UNAUTHENTICATED; ++code) {
    Metrics metrics("NOK");
    MethodMetrics& method = metrics.ForMethod("s", "m", /*is_stream=*/false);
    method.Began();
    method.Ended(static_cast<grpc::StatusCode>(code), absl::ZeroDuration());
    const std::vector<std::string> names = {
        "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
        "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
        "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
        "DataLoss", "Unauthenticated"};
    EXPECT_EQ(Value(metrics, absl::StrCat("grpc_server_handled_total{grpc_code=\"", names.at(code),
                                          R"(",grpc_method="m",grpc_service="s",grpc_type="unary"})")),
              1)
        << code;
  }
}

TEST(MetricsTest, ACodeOfAnotherVersionIsUnknown) {
  Metrics metrics("NOK");
  MethodMetrics& method = metrics.ForMethod("s", "m", /*is_stream=*/false);
  for (const int code : {-1, 17}) {
    method.Began();
    method.Ended(static_cast<grpc::StatusCode>(code), absl::ZeroDuration());
  }
  EXPECT_EQ(Value(metrics, R"(grpc_server_handled_total{grpc_code="Unknown",grpc_method="m",grpc_service="s",)"
                           R"(grpc_type="unary"})"),
            2);
}

TEST(MetricsTest, ErrorsAreCountedByReason) {
  Metrics metrics("NOK");
  EXPECT_EQ(CountOf(metrics, "agreements_errors_total{"), v1::ErrorReason_descriptor()->value_count());
  EXPECT_EQ(Value(metrics, R"(agreements_errors_total{reason="PRICE_MISSING"})"), 0);
  metrics.Failed(v1::ERROR_REASON_PRICE_MISSING);
  EXPECT_EQ(Value(metrics, R"(agreements_errors_total{reason="PRICE_MISSING"})"), 1);
  metrics.Failed(static_cast<v1::ErrorReason>(9999));
  EXPECT_EQ(CountOf(metrics, "agreements_errors_total{"), v1::ErrorReason_descriptor()->value_count());
}

TEST(MetricsTest, TheQueueShowsHowLongItsKindsWaitAndWhyItRefuses) {
  Metrics metrics("NOK");
  metrics.QueueWaited(TaskKind::kBackground, absl::Milliseconds(20));
  metrics.Refused(Refusal::kStandingQueue);
  metrics.Refused(Refusal::kStopping);
  EXPECT_EQ(Value(metrics, R"(agreements_queue_wait_seconds_count{kind="read"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_queue_wait_seconds_count{kind="change"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_queue_wait_seconds_sum{kind="background"})"), 0.02);
  EXPECT_EQ(Value(metrics, R"(agreements_queue_refusals_total{cause="full"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_queue_refusals_total{cause="share"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_queue_refusals_total{cause="expected_wait"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_queue_refusals_total{cause="standing_queue"})"), 1);
  EXPECT_EQ(Value(metrics, R"(agreements_queue_refusals_total{cause="stopping"})"), 1);
}

TEST(MetricsTest, DenialsAreCountedByCause) {
  Metrics metrics("NOK");
  metrics.Denied(Denial::kActor);
  EXPECT_EQ(Value(metrics, R"(agreements_denials_total{cause="caller_unknown"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_denials_total{cause="not_allowed"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_denials_total{cause="actor"})"), 1);
}

TEST(MetricsTest, WhatCallsUsedOfTheDatabaseAddsUp) {
  Metrics metrics("NOK");
  storage::CallFigures first;
  first.round_trips = 5;
  first.database_time = absl::Milliseconds(40);
  storage::CallFigures second;
  second.round_trips = 9;
  second.database_time = absl::Milliseconds(60);
  second.reruns.at(static_cast<size_t>(storage::RerunCause::kConflict)) = 2;
  second.reruns.at(static_cast<size_t>(storage::RerunCause::kDuplicate)) = 1;
  second.replayed = true;
  for (const auto& figures : {first, second}) metrics.Used(figures);
  EXPECT_EQ(Value(metrics, "agreements_database_round_trips_total"), 14);
  EXPECT_DOUBLE_EQ(Value(metrics, "agreements_database_seconds_total"), 0.1);
  EXPECT_EQ(Value(metrics, R"(agreements_database_reruns_total{cause="conflict"})"), 2);
  EXPECT_EQ(Value(metrics, R"(agreements_database_reruns_total{cause="row_locked"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_database_reruns_total{cause="transaction_lost"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_database_reruns_total{cause="connection_lost"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_database_reruns_total{cause="server_refuses"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_database_reruns_total{cause="duplicate"})"), 1);
  EXPECT_EQ(Value(metrics, "agreements_idempotent_replays_total"), 1);
}

TEST(MetricsTest, BillingShowsWhatItCreatedAndWhyItRefused) {
  Metrics metrics("SEK");
  metrics.CreatedOrderBasis(218'32);
  metrics.CreatedOrderBasis(100);
  metrics.Billed(v1::BILLING_OUTCOME_CREATED);
  metrics.Billed(v1::BILLING_OUTCOME_REFUSED, v1::ERROR_REASON_PRICE_MISSING);
  EXPECT_EQ(Value(metrics, "agreements_order_bases_total"), 2);
  EXPECT_DOUBLE_EQ(Value(metrics, R"(agreements_order_basis_amount_total{currency="SEK"})"), 219.32);
  EXPECT_EQ(Value(metrics, R"(agreements_billing_outcomes_total{outcome="created"})"), 1);
  EXPECT_EQ(Value(metrics, R"(agreements_billing_outcomes_total{outcome="refused"})"), 1);
  EXPECT_EQ(Value(metrics, R"(agreements_billing_outcomes_total{outcome="in_arrears"})"), 0);
  EXPECT_EQ(Value(metrics, R"(agreements_billing_refusals_total{reason="PRICE_MISSING"})"), 1);
  EXPECT_EQ(Value(metrics, R"(agreements_billing_refusals_total{reason="AMOUNT_TOO_LARGE"})"), 0);
}

TEST(MetricsTest, AddedValuesAreAskedForAtEachScrape) {
  Metrics metrics("NOK");
  double length = 1;
  metrics.AddGauge("agreements_queue_length", "Tasks that wait.", {{"kind", "read"}}, [&] { return length; });
  metrics.AddCounter("agreements_files_refused_total", "Refused.", {{"file", "policy"}}, [] { return 3; });
  metrics.AddGauge("agreements_queue_length", "Tasks that wait.", {{"kind", "change"}}, [] { return 7; });
  EXPECT_EQ(Value(metrics, R"(agreements_queue_length{kind="read"})"), 1);
  length = 2;
  EXPECT_THAT(metrics.Text(), HasSubstr("# HELP agreements_queue_length Tasks that wait.\n"
                                        "# TYPE agreements_queue_length gauge\n"
                                        "agreements_queue_length{kind=\"read\"} 2\n"
                                        "agreements_queue_length{kind=\"change\"} 7\n"));
  EXPECT_THAT(metrics.Text(), HasSubstr("# TYPE agreements_files_refused_total counter\n"
                                        "agreements_files_refused_total{file=\"policy\"} 3\n"));
}

TEST(MetricsTest, AddedValuesMayHaveLabelsThatAreNotKnownBefore) {
  Metrics metrics("NOK");
  std::vector<Metrics::Sample> samples;
  metrics.AddCounters("agreements_statement_executions_total", "Executions.", [&] { return samples; });
  EXPECT_EQ(CountOf(metrics, "agreements_statement_executions_total"), 0);
  samples = {{{{"statement", "get_agreement"}}, 4}, {{{"statement", "say \"x\\y\""}}, 5}};
  EXPECT_EQ(Value(metrics, R"(agreements_statement_executions_total{statement="get_agreement"})"), 4);
  EXPECT_EQ(Value(metrics, R"(agreements_statement_executions_total{statement="say \"x\\y\""})"), 5);
}

TEST(MetricsTest, EachNameHasOneHeading) {
  Metrics metrics("NOK");
  metrics.ForMethod("s", "a", /*is_stream=*/false);
  metrics.ForMethod("s", "b", /*is_stream=*/true);
  std::set<std::string> names;
  for (const std::string& line : Lines(metrics)) {
    if (line.rfind("# TYPE ", 0) != 0) continue;
    EXPECT_TRUE(names.insert(line).second) << line;
  }
  EXPECT_THAT(names.size(), Gt(20));
}

TEST(MetricsTest, SaysWhichVersionRuns) {
  const Metrics metrics("NOK");
  EXPECT_THAT(metrics.Text(), HasSubstr(absl::StrCat("agreements_build_info{grpc=\"", grpc::Version())));
  EXPECT_THAT(metrics.Text(), HasSubstr(",version=\"1."));
}

TEST(MetricsTest, SaysWhatTheProcessUses) {
  const Metrics metrics("NOK");
  EXPECT_THAT(Value(metrics, "process_resident_memory_bytes"), AllOf(Gt(1e6), Lt(1e10)));
  EXPECT_THAT(Value(metrics, "process_virtual_memory_bytes"), Gt(Value(metrics, "process_resident_memory_bytes")));
  EXPECT_THAT(Value(metrics, "agreements_memory_limit_bytes"), Gt(Value(metrics, "process_resident_memory_bytes")));
  EXPECT_EQ(Value(metrics, "process_max_fds"), static_cast<double>(sysconf(_SC_OPEN_MAX)));

  const double descriptors = Value(metrics, "process_open_fds");
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(Value(metrics, "process_open_fds"), descriptors + 1);
  close(fd);

  const double cpu = Value(metrics, "process_cpu_seconds_total");
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (Value(metrics, "process_cpu_seconds_total") < cpu + 0.05 && absl::Now() < deadline) {
  }
  EXPECT_THAT(Value(metrics, "process_cpu_seconds_total"), AllOf(Gt(cpu + 0.04), Lt(cpu + 20)));
}

TEST(MetricsTest, KnowsWhenTheProcessStarted) {
  const Metrics metrics("NOK");
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  // A test process is minutes old at the most; the clock of ticks is coarse.
  EXPECT_THAT(Value(metrics, "process_start_time_seconds"), AllOf(Gt(now - 3600), Lt(now + 2)));
}

TEST(MetricsTest, ManyThreadsCountWhileOthersRead) {
  Metrics metrics("NOK");
  MethodMetrics& method = metrics.ForMethod("s", "m", /*is_stream=*/false);
  constexpr int kThreads = 4;
  constexpr int kCalls = 2000;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      storage::CallFigures figures;
      figures.round_trips = 1;
      for (int call = 0; call < kCalls; ++call) {
        method.Began();
        metrics.Used(figures);
        method.Ended(grpc::StatusCode::OK, absl::Milliseconds(1));
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_THAT(metrics.Text(), Not(HasSubstr("handled_total{} ")));
  for (std::jthread& thread : threads) thread.join();
  EXPECT_EQ(Value(metrics, R"(grpc_server_started_total{grpc_method="m",grpc_service="s",grpc_type="unary"})"),
            kThreads * kCalls);
  EXPECT_EQ(Value(metrics, "agreements_database_round_trips_total"), kThreads * kCalls);
  EXPECT_EQ(Value(metrics, R"(agreements_calls_in_flight{grpc_method="m",grpc_service="s"})"), 0);
}

}  // namespace
}  // namespace agreements
