// What is told of calls: to their callers in metadata, in the log, and in the metrics.
#include <rapidjson/document.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/errors.h"
#include "proto/status.h"
#include "server/ops/call_log.h"
#include "spdlog/sinks/ostream_sink.h"
#include "spdlog/spdlog.h"
#include "tests/testing/metric_text.h"
#include "tests/testing/wire.h"

namespace agreements::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";

class ReportsTest : public ::testing::Test {
 protected:
  ReportsTest() {
    // Where the log of calls writes, too.
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(log_);
    sink->set_pattern("%v");
    before_ = spdlog::default_logger();
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", std::move(sink)));
    call_log_ = std::make_unique<CallLog>(LogOptions{.format = LogFormat::kJson, .successes_per_second = 1'000'000});
  }
  ~ReportsTest() override { spdlog::set_default_logger(before_); }

  // A call of GetAgreement, with what it is told in metadata.
  grpc::Status Get(Wire& wire, const std::string& account_id, const std::string& agreement_id,
                   grpc::ClientContext& context) {
    v1::GetAgreementRequest request;
    request.set_account_id(account_id);
    request.set_agreement_id(agreement_id);
    v1::GetAgreementResponse response;
    return wire.agreements().GetAgreement(&context, request, &response);
  }

  // The line of the only call of this method. The server must have ended.
  rapidjson::Document LineOf(const std::string& method) {
    rapidjson::Document found;
    for (const absl::string_view line : absl::StrSplit(log_.str(), '\n')) {
      rapidjson::Document object;
      object.Parse(line.data(), line.size());
      if (object.HasParseError() || !object.HasMember("method")) continue;
      if (absl::EndsWith(object["method"].GetString(), absl::StrCat("/", method))) found.Swap(object);
    }
    EXPECT_TRUE(found.IsObject()) << method << " has no line in " << log_.str();
    return found;
  }

  // A metric's value, by its name and labels as /metrics has them.
  static double Metric(Wire& wire, const std::string& series) {
    const double value = MetricIn(wire.server().metrics().Text(), series);
    EXPECT_GE(value, 0) << "there is no " << series;
    return value;
  }

  std::ostringstream log_;
  std::shared_ptr<spdlog::logger> before_;
  std::unique_ptr<CallLog> call_log_;
};

std::string ValueOf(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

TEST_F(ReportsTest, ACallersXRequestIdComesBackAndElseOneIsMade) {
  Wire wire;
  grpc::ClientContext with;
  with.AddMetadata("x-request-id", "mine-1");
  EXPECT_EQ(Get(wire, "acct-1", "agr-0000000000000000", with).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ValueOf(with.GetServerTrailingMetadata(), "x-request-id"), "mine-1");
  grpc::ClientContext without;
  EXPECT_EQ(Get(wire, "", "", without).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(ValueOf(without.GetServerTrailingMetadata(), "x-request-id"), MatchesRegex("[0-9a-z]{16}"));
  EXPECT_EQ(ValueOf(without.GetServerTrailingMetadata(), "grpc-retry-pushback-ms"), "");
}

TEST_F(ReportsTest, WhoIsToTryAgainIsToldWhenInTheTrailersOfGrpc) {
  Wire wire({.workers = 1, .max_queue = 0});
  std::vector<int64_t> delays;
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext context;
    const absl::Status status = FromGrpcStatus(Get(wire, "acct-1", "agr-0000000000000000", context));
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_SERVER_BUSY);
    int64_t milliseconds = 0;
    ASSERT_TRUE(
        absl::SimpleAtoi(ValueOf(context.GetServerTrailingMetadata(), "grpc-retry-pushback-ms"), &milliseconds));
    EXPECT_EQ(milliseconds, absl::ToInt64Milliseconds(*RetryDelayOf(status)));
    EXPECT_GE(milliseconds, 50);
    EXPECT_LE(milliseconds, 150);
    delays.push_back(milliseconds);
  }
  // Those who were refused together do not come back together.
  EXPECT_NE(*std::min_element(delays.begin(), delays.end()), *std::max_element(delays.begin(), delays.end()));
  EXPECT_EQ(Metric(wire, R"(agreements_queue_refusals_total{cause="full"})"), 20);
  EXPECT_EQ(Metric(wire, R"(agreements_errors_total{reason="SERVER_BUSY"})"), 20);
}

TEST_F(ReportsTest, EachCallHasItsLine) {
  {
    Wire wire({.call_log = call_log_.get()});
    const Names names = wire.Populate("acct-1");
    grpc::ClientContext context;
    context.AddMetadata("traceparent", absl::StrCat("00-", kTraceId, "-00f067aa0ba902b7-01"));
    context.AddMetadata("x-request-id", "mine-1");
    context.AddMetadata("x-actor", "user-7");
    EXPECT_TRUE(Get(wire, "acct-1", names.at("$agreement"), context).ok());
    EXPECT_FALSE(wire.Call(&Companies::GetCompany, "company_id: '$no_company'", names).ok());
    EXPECT_FALSE(wire.Call(&Companies::ListCompanies, "page_size: -1", names).ok());
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(wire.Call(&Agreements::DeleteAgreement, "agreement_id: '$empty' request_id: 'r-1'", names).ok());
    }
  }
  const auto got = LineOf("GetAgreement");
  EXPECT_STREQ(got["code"].GetString(), "OK");
  EXPECT_STREQ(got["account_id"].GetString(), "acct-1");
  EXPECT_STREQ(got["actor"].GetString(), "user-7");
  EXPECT_STREQ(got["trace_id"].GetString(), kTraceId);
  EXPECT_STREQ(got["parent_span_id"].GetString(), "00f067aa0ba902b7");
  EXPECT_THAT(got["span_id"].GetString(), AllOf(MatchesRegex("[0-9a-f]{16}"), Not("00f067aa0ba902b7")));
  EXPECT_STREQ(got["x_request_id"].GetString(), "mine-1");
  EXPECT_GE(got["round_trips"].GetInt64(), 1);  // One more if the connection had other settings.
  EXPECT_GT(got["database_ms"].GetDouble(), 0);
  EXPECT_GE(got["duration_ms"].GetDouble(), got["database_ms"].GetDouble());

  const auto missed = LineOf("GetCompany");
  EXPECT_STREQ(missed["code"].GetString(), "NOT_FOUND");
  EXPECT_STREQ(missed["reason"].GetString(), "COMPANY_NOT_FOUND");
  EXPECT_THAT(missed["trace_id"].GetString(), MatchesRegex("[0-9a-f]{32}"));
  EXPECT_FALSE(missed.HasMember("parent_span_id"));

  EXPECT_STREQ(LineOf("ListCompanies")["fields"].GetString(), "page_size");
  const auto replayed = LineOf("DeleteAgreement");
  EXPECT_EQ(replayed["replay"].GetInt(), 1);
  EXPECT_STREQ(replayed["request_id"].GetString(), "r-1");
}

TEST_F(ReportsTest, LinesHaveNoNames) {
  {
    Wire wire({.call_log = call_log_.get()});
    const Names names = wire.Populate("acct-1");
    EXPECT_FALSE(
        wire.Call(&Agreements::UpdateAgreement, "agreement_id: '$nowhere' display_name: 'Hemmelig Navn'", names).ok());
    EXPECT_TRUE(wire.Call(&Agreements::ListAgreements, "display_name_contains: 'Hemmelig Navn'", names).ok());
  }
  EXPECT_THAT(log_.str(), AllOf(HasSubstr("ListAgreements"), Not(HasSubstr("Hemmelig")), Not(HasSubstr("SELECT"))));
}

TEST_F(ReportsTest, MetricsCountCallsByMethodAndCode) {
  Wire wire;
  const Names names = wire.Populate("acct-1");
  const std::string labels =
      R"(grpc_method="GetCompany",grpc_service="agreements.v1.CompanyService",grpc_type="unary")";
  const double before = Metric(wire, absl::StrCat("grpc_server_started_total{", labels, "}"));
  EXPECT_TRUE(wire.Call(&Companies::GetCompany, "company_id: '$company'", names).ok());
  EXPECT_FALSE(wire.Call(&Companies::GetCompany, "company_id: '$no_company'", names).ok());
  wire.Stop();  // Calls are counted as ended a moment after their callers have the answers.
  EXPECT_EQ(Metric(wire, absl::StrCat("grpc_server_started_total{", labels, "}")), before + 2);
  EXPECT_EQ(Metric(wire, absl::StrCat(R"(grpc_server_handled_total{grpc_code="NotFound",)", labels, "}")), 1);
  EXPECT_EQ(Metric(wire, absl::StrCat("grpc_server_handling_seconds_count{", labels, "}")), before + 2);
  EXPECT_EQ(
      Metric(wire,
             R"(agreements_calls_in_flight{grpc_method="GetCompany",grpc_service="agreements.v1.CompanyService"})"),
      0);
  EXPECT_EQ(Metric(wire, R"(agreements_errors_total{reason="COMPANY_NOT_FOUND"})"), 1);
  EXPECT_GT(Metric(wire, "agreements_database_round_trips_total"), 10);
  EXPECT_GE(Metric(wire, R"(agreements_statement_executions_total{statement="get_company"})"), 2);
  EXPECT_GT(Metric(wire, R"(agreements_database_connections{state="idle"})"), 0);
  EXPECT_EQ(Metric(wire, R"(agreements_database_connections{state="in_use"})"), 0);
}

// What is validated only, repeated or had been there is not billed again.
TEST_F(ReportsTest, MetricsCountWhatIsBilledOnce) {
  Wire wire;
  const Names names = wire.Populate("acct-1");
  const double bases = Metric(wire, "agreements_order_bases_total");
  const double amount = Metric(wire, R"(agreements_order_basis_amount_total{currency="NOK"})");
  const std::string text = "agreement_id: '$billed' from_day: '2026-11-11' until_day: '2026-11-12' ";
  absl::StatusOr<v1::CreateOrderBasisResponse> created;
  for (const char* more : {"validate_only: true", "request_id: 'r-1'", "request_id: 'r-1'", "request_id: 'r-2'"}) {
    created = wire.Call(&Agreements::CreateOrderBasis, absl::StrCat(text, more), names);
    ASSERT_TRUE(created.ok()) << created.status();
  }
  double total = 0;
  ASSERT_TRUE(absl::SimpleAtod(created->order_basis().total_amount(), &total));
  EXPECT_GT(total, 0);
  EXPECT_EQ(Metric(wire, "agreements_order_bases_total"), bases + 1);
  EXPECT_DOUBLE_EQ(Metric(wire, R"(agreements_order_basis_amount_total{currency="NOK"})"), amount + total);
  EXPECT_EQ(Metric(wire, "agreements_idempotent_replays_total"), 1);
}

}  // namespace
}  // namespace agreements::testing
