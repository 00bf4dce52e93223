#include "server/ops/call_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "spdlog/spdlog.h"

namespace agreements {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

// What `write` writes, by lines.
std::vector<std::string> Lines(LogFormat format, const std::function<void()>& write) {
  CaptureStderr();
  SetUpLog(format);
  write();
  std::vector<std::string> lines = absl::StrSplit(GetCapturedStderr(), '\n');
  EXPECT_EQ(lines.back(), "");
  lines.pop_back();
  SetUpLog(LogFormat::kText);
  return lines;
}

rapidjson::Document Parse(const std::string& line) {
  rapidjson::Document object;
  EXPECT_FALSE(object.Parse(line.c_str()).HasParseError()) << line;
  return object;
}

CallLine SomeCall(absl::StatusCode code = absl::StatusCode::kOk) {
  return {.method = "agreements.v1.CompanyService/MoveCompany",
          .code = code,
          .caller = "spiffe://example.org/portal",
          .account_id = "acct-1",
          .x_request_id = "x-1",
          .trace_id = "4bf92f3577b34da6a3ce929d0e0e4736",
          .span_id = "00f067aa0ba902b7",
          .duration = absl::Microseconds(12345),
          .queue_time = absl::Microseconds(50),
          .database_time = absl::Milliseconds(11),
          .round_trips = 9};
}

// `log` may be a temporary one.
template <typename Log>
void Write(Log&& log, const CallLine& line) {
  log.Write(line.code, [&line] { return line; });
}

TEST(CallLogTest, ALineIsAnObjectWithWhatIsKnown) {
  const auto lines = Lines(LogFormat::kJson, [] {
    CallLine failed = SomeCall(absl::StatusCode::kUnavailable);
    failed.reason = "ROW_LOCKED";
    failed.actor = "user-1";
    failed.request_id = "r-1";
    failed.parent_span_id = "aaaaaaaaaaaaaaaa";
    failed.reruns = {"conflict", "row_locked"};
    Write(CallLog(LogOptions{.format = LogFormat::kJson}), failed);
    Write(CallLog(LogOptions{.format = LogFormat::kJson}), SomeCall());
  });
  ASSERT_EQ(lines.size(), 2U);
  const rapidjson::Document failed = Parse(lines[0]);
  const std::pair<const char*, const char*> texts[] = {{"level", "warning"},
                                                       {"message", "call"},
                                                       {"method", "agreements.v1.CompanyService/MoveCompany"},
                                                       {"code", "UNAVAILABLE"},
                                                       {"reason", "ROW_LOCKED"},
                                                       {"caller", "spiffe://example.org/portal"},
                                                       {"actor", "user-1"},
                                                       {"account_id", "acct-1"},
                                                       {"request_id", "r-1"},
                                                       {"x_request_id", "x-1"},
                                                       {"trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"},
                                                       {"span_id", "00f067aa0ba902b7"},
                                                       {"parent_span_id", "aaaaaaaaaaaaaaaa"},
                                                       {"reruns", "conflict,row_locked"}};
  for (const auto& [name, value] : texts) EXPECT_STREQ(failed[name].GetString(), value);
  EXPECT_DOUBLE_EQ(failed["duration_ms"].GetDouble(), 12.345);
  EXPECT_DOUBLE_EQ(failed["queue_ms"].GetDouble(), 0.05);
  EXPECT_DOUBLE_EQ(failed["database_ms"].GetDouble(), 11);
  EXPECT_EQ(failed["round_trips"].GetInt64(), 9);
  absl::Time time;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, failed["time"].GetString(), &time, nullptr));
  EXPECT_LT(absl::AbsDuration(absl::Now() - time), absl::Minutes(1));

  const rapidjson::Document succeeded = Parse(lines[1]);
  EXPECT_STREQ(succeeded["level"].GetString(), "info");
  for (const char* name : {"reason", "fields", "actor", "request_id", "reruns", "replay", "messages"}) {
    EXPECT_FALSE(succeeded.HasMember(name)) << name;
  }
}

TEST(CallLogTest, EveryLineIsAnObjectWhateverIsInIt) {
  const std::string bad = "a \"quoted\"\nline\t\\ \x01 \xc3\xa5";
  const auto lines = Lines(LogFormat::kJson, [&] {
    spdlog::error("{}", bad);
    CallLine line = SomeCall();
    line.x_request_id = bad;
    Write(CallLog(LogOptions{.format = LogFormat::kJson}), line);
  });
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(Parse(lines[0])["message"].GetString(), bad);
  EXPECT_STREQ(Parse(lines[0])["level"].GetString(), "error");
  EXPECT_EQ(Parse(lines[1])["x_request_id"].GetString(), bad);
}

TEST(CallLogTest, TextIsForPeople) {
  const auto lines = Lines(LogFormat::kText, [] {
    CallLine failed = SomeCall(absl::StatusCode::kInvalidArgument);
    failed.reason = "FIELD_INVALID";
    failed.fields = "agreement_id,page_size";
    Write(CallLog(LogOptions{}), failed);
  });
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("[info] agreements.v1.CompanyService/MoveCompany INVALID_ARGUMENT FIELD_INVALID "
                                  "12.3 ms (queue 0.1, database 11.0, 9 round trips) fields=agreement_id,page_size "
                                  "account=acct-1 caller=spiffe://example.org/portal x_request_id=x-1"));
}

TEST(CallLogTest, WhatSomebodyMustLookAtIsAnError) {
  const auto lines = Lines(LogFormat::kJson, [] {
    CallLog log(LogOptions{.format = LogFormat::kJson});
    for (const auto code : {absl::StatusCode::kInternal, absl::StatusCode::kPermissionDenied,
                            absl::StatusCode::kNotFound, absl::StatusCode::kCancelled}) {
      Write(log, SomeCall(code));
    }
  });
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_STREQ(Parse(lines[0])["level"].GetString(), "error");
  EXPECT_STREQ(Parse(lines[1])["level"].GetString(), "warning");
  EXPECT_STREQ(Parse(lines[2])["level"].GetString(), "info");
  EXPECT_STREQ(Parse(lines[3])["level"].GetString(), "info");
}

// However the seconds fall, a failure always has its line, and no success is forgotten in the count.
TEST(CallLogTest, SuccessesAreSampledAndFailuresAreNot) {
  const auto lines = Lines(LogFormat::kJson, [] {
    CallLog log(LogOptions{.format = LogFormat::kJson, .successes_per_second = 3});
    for (int i = 0; i < 1000; ++i) Write(log, SomeCall());
    Write(log, SomeCall(absl::StatusCode::kInternal));
    Write(log, SomeCall(absl::StatusCode::kInternal));
  });
  int64_t successes = 0;
  for (const std::string& line : lines) {
    const rapidjson::Document object = Parse(line);
    if (object["code"] == "OK") ++successes;
    if (object.HasMember("successes_not_logged")) successes += object["successes_not_logged"].GetInt64();
  }
  EXPECT_EQ(successes, 1000);
  EXPECT_LT(lines.size(), 30U);
  EXPECT_TRUE(Parse(lines.at(lines.size() - 2)).HasMember("successes_not_logged"));
  EXPECT_FALSE(Parse(lines.back()).HasMember("successes_not_logged"));
}

TEST(CallLogTest, NoLineIsMadeThatIsNotWritten) {
  int made = 0;
  Lines(LogFormat::kJson, [&made] {
    CallLog log(LogOptions{.format = LogFormat::kJson, .successes_per_second = 0});
    for (int i = 0; i < 10; ++i) {
      log.Write(absl::StatusCode::kOk, [&made] {
        ++made;
        return SomeCall();
      });
    }
  });
  EXPECT_EQ(made, 0);
}

TEST(CallLogTest, FormatsHaveNames) {
  EXPECT_EQ(LogFormatNamed("text").value(), LogFormat::kText);
  EXPECT_EQ(LogFormatNamed("json").value(), LogFormat::kJson);
  EXPECT_TRUE(LogFormatNamed("auto").ok());
  EXPECT_FALSE(LogFormatNamed("yaml").ok());
}

}  // namespace
}  // namespace agreements
