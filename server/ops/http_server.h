// The pages for monitoring, over HTTP on a port of their own:
//
//   /metrics   what Prometheus scrapes
//   /healthz   200 while the process answers
//   /readyz    200 while the server can serve; 503 while it cannot, and the body says why not
//
// libmicrohttpd serves all connections in one thread by epoll: it answers while all workers are busy, and a client that
// is silent or slow holds no thread. The Exposer of prometheus-cpp gives each connection a thread, so that a few silent
// clients keep the others waiting, and it needs up to two seconds to stop.
#ifndef AGREEMENTS_SERVER_OPS_HTTP_SERVER_H_
#define AGREEMENTS_SERVER_OPS_HTTP_SERVER_H_

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

struct MHD_Daemon;
struct MHD_Connection;

namespace agreements {

struct HttpServerOptions {
  // "HOST:PORT": an IPv4 address, or an IPv6 address in brackets. Port 0 takes a free one.
  std::string listen = "127.0.0.1:0";
  // A connection on which nothing moves for so long is closed. Whole seconds.
  absl::Duration max_idle = absl::Seconds(5);
  // Open at once. One more closes the oldest, so that clients that never finish cannot keep others out.
  int max_connections = 32;
};

class HttpServer {
 public:
  struct Pages {
    std::function<std::string()> metrics;     // The text of /metrics.
    std::function<absl::Status()> readiness;  // OK if ready. Its message is the body of /readyz, a reason each line.
  };

  // Starts to serve. The pages are asked in the server's thread and hold up all clients, so they must be quick.
  // INVALID_ARGUMENT if `listen` is no address, UNAVAILABLE if it cannot be listened on, e.g. since it is taken.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options, Pages pages);

  // Closes all connections, whatever their clients do. The pages are not asked afterwards.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Where it listens, with the port that it took, e.g. "127.0.0.1:9464".
  const std::string& address() const { return address_; }

 private:
  struct Callbacks;

  HttpServer(int max_connections, Pages pages) : max_connections_(max_connections), pages_(std::move(pages)) {}

  const int max_connections_;
  const Pages pages_;
  std::string address_;
  // Sockets of the open connections, the oldest first. The server's thread has them.
  std::list<int> open_;
  MHD_Daemon* daemon_ = nullptr;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_HTTP_SERVER_H_
