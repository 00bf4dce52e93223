#include "server/ops/http_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "proto/status_macros.h"
#include "spdlog/spdlog.h"

namespace agreements {
namespace {

constexpr int kBacklog = 128;
constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kPrometheusText[] = "text/plain; version=0.0.4; charset=utf-8";

// An IPv4 or IPv6 address with a port.
struct Address {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  sockaddr_in& ipv4() { return reinterpret_cast<sockaddr_in&>(storage); }
  sockaddr_in6& ipv6() { return reinterpret_cast<sockaddr_in6&>(storage); }
};

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  const absl::Status invalid = absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not an IPv4 address, or an IPv6 address in brackets, and a port"));
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return invalid;
  const absl::string_view digits = text.substr(colon + 1);
  uint32_t port = 0;
  if (digits.empty() || digits.find_first_not_of("0123456789") != absl::string_view::npos ||
      !absl::SimpleAtoi(digits, &port) || port > 65535) {
    return invalid;
  }
  std::string host(text.substr(0, colon));
  Address address;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    address.ipv6().sin6_family = AF_INET6;
    address.ipv6().sin6_port = htons(static_cast<uint16_t>(port));
    address.size = sizeof(sockaddr_in6);
    return inet_pton(AF_INET6, host.c_str(), &address.ipv6().sin6_addr) == 1 ? address
                                                                             : absl::StatusOr<Address>(invalid);
  }
  address.ipv4().sin_family = AF_INET;
  address.ipv4().sin_port = htons(static_cast<uint16_t>(port));
  address.size = sizeof(sockaddr_in);
  return inet_pton(AF_INET, host.c_str(), &address.ipv4().sin_addr) == 1 ? address : absl::StatusOr<Address>(invalid);
}

std::string AddressOf(int listener) {
  Address address;
  getsockname(listener, address.get(), &address.size);
  char host[INET6_ADDRSTRLEN] = {};
  if (address.storage.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &address.ipv6().sin6_addr, host, sizeof(host));
    return absl::StrCat("[", host, "]:", ntohs(address.ipv6().sin6_port));
  }
  inet_ntop(AF_INET, &address.ipv4().sin_addr, host, sizeof(host));
  return absl::StrCat(host, ":", ntohs(address.ipv4().sin_port));
}

// A socket that listens. [::] takes IPv4 connections, too.
absl::StatusOr<int> Listen(const std::string& where) {
  ASSIGN_OR_RETURN(Address address, ParseAddress(where));
  const int listener = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  const int off = 0;
  if (listener >= 0) {
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (address.storage.ss_family == AF_INET6) setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    if (bind(listener, address.get(), address.size) == 0 && listen(listener, kBacklog) == 0) return listener;
  }
  const absl::Status status =
      absl::UnavailableError(absl::StrCat("cannot serve HTTP on ", where, ": ", strerror(errno)));
  if (listener >= 0) close(listener);
  return status;
}

struct Answer {
  unsigned int code = MHD_HTTP_OK;
  std::string body;
  const char* type = kText;
};

Answer AnswerTo(const HttpServer::Pages& pages, absl::string_view method, absl::string_view path) {
  if (path != "/metrics" && path != "/healthz" && path != "/readyz") {
    return {.code = MHD_HTTP_NOT_FOUND, .body = "there are /metrics, /healthz and /readyz\n"};
  }
  if (method != MHD_HTTP_METHOD_GET && method != MHD_HTTP_METHOD_HEAD) {
    return {.code = MHD_HTTP_METHOD_NOT_ALLOWED, .body = "only GET and HEAD\n"};
  }
  // What is thrown must not pass through the library, which is C.
  try {
    if (path == "/metrics") return {.body = pages.metrics(), .type = kPrometheusText};
    if (path == "/healthz") return {.body = "ok\n"};
    const absl::Status readiness = pages.readiness();
    if (readiness.ok()) return {.body = "ok\n"};
    return {.code = MHD_HTTP_SERVICE_UNAVAILABLE, .body = absl::StrCat(readiness.message(), "\n")};
  } catch (const std::exception& error) {
    spdlog::error("HTTP {}: {}", std::string(path), error.what());
    return {.code = MHD_HTTP_INTERNAL_SERVER_ERROR, .body = "internal error\n"};
  }
}

}  // namespace

// libmicrohttpd calls these in its thread. `self` is the HttpServer.
struct HttpServer::Callbacks {
  // Answers once the headers are there. A body is not waited for; the connection is closed after the answer.
  static MHD_Result Handle(void* self, MHD_Connection* connection, const char* url, const char* method,
                           const char* /*version*/, const char* /*upload*/, size_t* /*upload_size*/,
                           void** /*request*/) {
    Answer answer = AnswerTo(static_cast<HttpServer*>(self)->pages_, method, url);
    MHD_Response* response =
        MHD_create_response_from_buffer(answer.body.size(), answer.body.data(), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (answer.code == MHD_HTTP_METHOD_NOT_ALLOWED) {
      MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    }
    const MHD_Result result = MHD_queue_response(connection, answer.code, response);
    MHD_destroy_response(response);
    return result;
  }

  static void ConnectionChanged(void* self, MHD_Connection* connection, void** /*context*/,
                                MHD_ConnectionNotificationCode code) {
    auto* server = static_cast<HttpServer*>(self);
    const int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
      server->open_.remove(fd);
      return;
    }
    server->open_.push_back(fd);
    if (static_cast<int>(server->open_.size()) <= server->max_connections_) return;
    // The library then finds that the client has gone, and closes it.
    shutdown(server->open_.front(), SHUT_RDWR);
    server->open_.pop_front();
  }
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& options, Pages pages) {
  auto server = std::unique_ptr<HttpServer>(new HttpServer(options.max_connections, std::move(pages)));
  ASSIGN_OR_RETURN(const int listener, Listen(options.listen));
  server->address_ = AddressOf(listener);
  const auto max_idle = static_cast<unsigned int>(std::max<int64_t>(1, absl::ToInt64Seconds(options.max_idle)));
  // The library's own limit stops accepting, so it is out of reach. It owns the listener, if it starts.
  server->daemon_ = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, /*port=*/0, nullptr, nullptr, Callbacks::Handle, server.get(),
      MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT,
      static_cast<unsigned int>(2 * options.max_connections + kBacklog), MHD_OPTION_CONNECTION_TIMEOUT, max_idle,
      MHD_OPTION_NOTIFY_CONNECTION, Callbacks::ConnectionChanged, server.get(), MHD_OPTION_END);
  if (server->daemon_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot serve HTTP on ", options.listen, ": ", strerror(errno)));
  }
  return server;
}

HttpServer::~HttpServer() {
  if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
}

}  // namespace agreements
