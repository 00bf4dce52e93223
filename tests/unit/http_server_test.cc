#include "server/ops/http_server.h"

#include <gmock/gmock.h>

#include <chrono>
#include <deque>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/testing/raw_connection.h"

namespace agreements {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::RawConnection;
using ::testing::StartsWith;

absl::Status Ready() { return absl::OkStatus(); }

HttpServer::Pages SomePages(std::function<absl::Status()> readiness = Ready) {
  return {.metrics = [] { return "agreements_up 1\n"; }, .readiness = std::move(readiness)};
}

std::unique_ptr<HttpServer> Serve(HttpServer::Pages pages = SomePages(), const HttpServerOptions& options = {}) {
  auto server = HttpServer::Start(options, std::move(pages));
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

// The whole answer, with its headers.
std::string Ask(const std::string& address, const std::string& method, const std::string& path,
                const std::string& body = "") {
  RawConnection connection(address);
  connection.Say(absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ",
                              body.size(), "\r\n\r\n", body));
  return connection.ReadToEnd();
}

std::string Get(const HttpServer& server, const std::string& path) { return Ask(server.address(), "GET", path); }

TEST(HttpServerTest, MetricsAreInTheFormatThatPrometheusReads) {
  const auto server = Serve();
  EXPECT_THAT(Get(*server, "/metrics"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                    HasSubstr("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
                    EndsWith("\r\n\r\nagreements_up 1\n")));
  EXPECT_THAT(Get(*server, "/metrics?name=x"), EndsWith("\r\n\r\nagreements_up 1\n"));
}

TEST(HttpServerTest, MetricsOfAMegabyteArriveWhole) {
  std::string text(1 << 20, 'x');
  const auto server = Serve({.metrics = [&] { return text; }, .readiness = Ready});
  EXPECT_THAT(Get(*server, "/metrics"), EndsWith("\r\n\r\n" + text));
}

TEST(HttpServerTest, TheProcessIsHealthyWhileItAnswers) {
  const auto server = Serve(SomePages([] { return absl::UnavailableError("draining"); }));
  EXPECT_THAT(Get(*server, "/healthz"), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nok\n")));
}

TEST(HttpServerTest, ReadinessSaysWhyNot) {
  absl::Status readiness;
  const auto server = Serve(SomePages([&] { return readiness; }));
  EXPECT_THAT(Get(*server, "/readyz"), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nok\n")));
  readiness = absl::UnavailableError("the server stops\nno database for 31s");
  EXPECT_THAT(Get(*server, "/readyz"), AllOf(StartsWith("HTTP/1.1 503 Service Unavailable\r\n"),
                                             EndsWith("\r\n\r\nthe server stops\nno database for 31s\n")));
}

TEST(HttpServerTest, HeadIsAnsweredWithoutABody) {
  const auto server = Serve(SomePages([] { return absl::UnavailableError("draining"); }));
  EXPECT_THAT(Ask(server->address(), "HEAD", "/metrics"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("\r\nContent-Length: 16\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_THAT(Ask(server->address(), "HEAD", "/readyz"), AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("\r\n\r\n")));
}

TEST(HttpServerTest, OtherPathsAndMethodsAreRefused) {
  const auto server = Serve();
  for (const char* path : {"/", "/metrics/", "/healthz/x", "/../etc/passwd", "/METRICS"}) {
    EXPECT_THAT(Get(*server, path), StartsWith("HTTP/1.1 404 Not Found\r\n")) << path;
  }
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    EXPECT_THAT(Ask(server->address(), method, "/metrics", "body"),
                AllOf(StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"), HasSubstr("\r\nAllow: GET, HEAD\r\n")))
        << method;
  }
}

TEST(HttpServerTest, WhatIsNotHttpDisturbsNobody) {
  const auto server = Serve();
  RawConnection connection(server->address());
  connection.BeginHttp2();
  EXPECT_TRUE(connection.IsClosedByPeer());
  EXPECT_THAT(Ask(server->address(), "GET", "/" + std::string(100'000, 'x')), Not(HasSubstr(" 200 ")));
  EXPECT_THAT(Get(*server, "/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerTest, APageThatThrowsIsAnInternalError) {
  const auto server = Serve({.metrics = []() -> std::string { throw std::runtime_error("no"); }, .readiness = Ready});
  EXPECT_THAT(Get(*server, "/metrics"), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(Get(*server, "/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerTest, APortThatIsTakenIsAnError) {
  const auto server = Serve();
  const auto second = HttpServer::Start({.listen = server->address()}, SomePages());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(second.status().message(),
            absl::StrCat("cannot serve HTTP on ", server->address(), ": Address already in use"));
}

TEST(HttpServerTest, APortIsFreeAgainOnceItsServerHasEnded) {
  auto server = Serve();
  const std::string address = server->address();
  server.reset();
  EXPECT_EQ(Serve(SomePages(), {.listen = address})->address(), address);
}

TEST(HttpServerTest, WhatIsNoAddressIsAnError) {
  for (const char* listen : {"", ":", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                             "127.0.0.1:94x", "localhost:9464", "::1:9464", "[::1]", "[]:9464", "[127.0.0.1]:9464",
                             "127.0.0.1:9464,127.0.0.1:9465", "127.0.0.1 :9464", "127.0.0.1: 9464"}) {
    const auto server = HttpServer::Start({.listen = listen}, SomePages());
    EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument) << listen;
    EXPECT_THAT(server.status().message(), HasSubstr(absl::StrCat("'", listen, "' is not an IPv4 address")));
  }
  // An address for documentation, which no machine has.
  EXPECT_EQ(HttpServer::Start({.listen = "192.0.2.1:0"}, SomePages()).status().code(), absl::StatusCode::kUnavailable);
}

TEST(HttpServerTest, ListensOnEveryAddress) {
  EXPECT_THAT(Serve(SomePages(), {.listen = "0.0.0.0:0"})->address(), StartsWith("0.0.0.0:"));
  if (!testing::HasIpv6()) GTEST_SKIP() << "this machine has no ::1";
  const auto server = Serve(SomePages(), {.listen = "[::]:0"});
  EXPECT_THAT(server->address(), StartsWith("[::]:"));
  const std::string port = server->address().substr(server->address().rfind(':'));
  EXPECT_THAT(Ask("127.0.0.1" + port, "GET", "/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerTest, SilentClientsKeepNobodyWaitingAndAreClosed) {
  const auto server = Serve(SomePages(), {.max_idle = absl::Seconds(1), .max_connections = 100});
  std::deque<RawConnection> silent;
  for (int i = 0; i < 50; ++i) silent.emplace_back(server->address());
  silent.back().Say("GET /met");
  EXPECT_THAT(Get(*server, "/healthz"), StartsWith("HTTP/1.1 200 "));
  for (RawConnection& connection : silent) ASSERT_TRUE(connection.IsClosedByPeer());
}

TEST(HttpServerTest, ClientsBeyondTheLimitCloseTheOldest) {
  // The idle ones would stay for an hour.
  const auto server = Serve(SomePages(), {.max_idle = absl::Hours(1), .max_connections = 8});
  std::deque<RawConnection> silent;
  for (int i = 0; i < 100; ++i) silent.emplace_back(server->address());
  EXPECT_THAT(Get(*server, "/healthz"), StartsWith("HTTP/1.1 200 "));
  for (int i = 0; i < 92; ++i) ASSERT_TRUE(silent[i].IsClosedByPeer()) << i;
  silent.back().Say("GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_THAT(silent.back().ReadToEnd(), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerTest, EndsAtOnceWhateverItsClientsDo) {
  auto server = Serve(SomePages(), {.max_idle = absl::Hours(1)});
  RawConnection silent(server->address());
  RawConnection slow(server->address());
  slow.Say("GET /met");
  EXPECT_THAT(Get(*server, "/healthz"), StartsWith("HTTP/1.1 200 "));  // So the two were accepted.
  const absl::Time began = absl::Now();
  server.reset();
  EXPECT_LT(absl::Now() - began, absl::Seconds(1));
  EXPECT_TRUE(silent.IsClosedByPeer());
  EXPECT_TRUE(slow.IsClosedByPeer());
}

}  // namespace
}  // namespace agreements
