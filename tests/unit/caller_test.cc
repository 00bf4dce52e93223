#include "server/access/caller.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace agreements {
namespace {

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";

constexpr char kSpanId[] = "00f067aa0ba902b7";

Trace Read(const std::string& traceparent) { return TraceOf(Metadata{{"traceparent", traceparent}}); }

TEST(TraceTest, IsThatOfAValidTraceparent) {
  for (const std::string& traceparent : {absl::StrCat("00-", kTraceId, "-", kSpanId, "-01"),
                                         absl::StrCat("cc-", kTraceId, "-", kSpanId, "-01-what-comes")}) {
    EXPECT_EQ(Read(traceparent).trace_id, kTraceId);
    EXPECT_EQ(Read(traceparent).span_id, kSpanId);
  }
  EXPECT_EQ(TraceOf(Metadata{}).trace_id, "");
  for (const std::string& traceparent :
       {std::string(), std::string("00"), absl::StrCat("00-", kTraceId), absl::StrCat("00-", kTraceId, "-01"),
        absl::StrCat("ff-", kTraceId, "-00f067aa0ba902b7-01"), absl::StrCat("0-", kTraceId, "-00f067aa0ba902b7-01"),
        absl::StrCat("0g-", kTraceId, "-00f067aa0ba902b7-01"), absl::StrCat("00-", kTraceId, "0-00f067aa0ba902b7-01"),
        std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
        absl::StrCat("00-", kTraceId, "-0000000000000000-01"), absl::StrCat("00-", kTraceId, "-00f067aa0ba902b-01"),
        std::string("00-00000000000000000000000000000000-00f067aa0ba902b7-01")}) {
    EXPECT_EQ(Read(traceparent).trace_id, "") << traceparent;
    EXPECT_EQ(Read(traceparent).span_id, "") << traceparent;
  }
}

TEST(XRequestIdTest, IsTakenIfItCanBeLogged) {
  const std::string longest(64, 'a');
  const std::string too_long(65, 'a');
  EXPECT_EQ(XRequestIdOf({{"x-request-id", "7f/2 \n"}}), "");
  EXPECT_EQ(XRequestIdOf({{"x-request-id", "a-1/b:2"}}), "a-1/b:2");
  EXPECT_EQ(XRequestIdOf({{"x-request-id", longest}}), longest);
  EXPECT_EQ(XRequestIdOf({{"x-request-id", too_long}}), "");
  EXPECT_EQ(XRequestIdOf({}), "");
}

TEST(ActorTest, HasTheFormatOfAUserId) {
  EXPECT_EQ(ActorOf({}).value(), "");
  EXPECT_EQ(ActorOf({{"x-actor", "user-1"}, {"x-other", "2"}}).value(), "user-1");
  const std::string longest(64, 'a');
  EXPECT_EQ(ActorOf({{"x-actor", longest}}).value(), longest);
  const std::string too_long(65, 'a');
  for (const std::string& actor : {std::string(), too_long, std::string("Kari Nordmann"), std::string("kari\n")}) {
    EXPECT_EQ(ActorOf({{"x-actor", actor}}).status().code(), absl::StatusCode::kInvalidArgument) << actor;
  }
  EXPECT_FALSE(ActorOf({{"x-actor", "user-1"}, {"x-actor", "user-1"}}).ok());
}

}  // namespace
}  // namespace agreements
