// The sockets that the server listens on, and the thread that accepts connections.
//
// gRPC's own listener has no limit of connections, and it never accepts again once there was no file descriptor for
// one.
#ifndef AGREEMENTS_SERVER_RPC_LISTENER_H_
#define AGREEMENTS_SERVER_RPC_LISTENER_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/rpc/open_connections.h"

namespace agreements {

// Thread-safe but for Start() and Stop().
class Listener {
 public:
  // Listens on "HOST:PORT" or "unix:PATH". HOST is an IPv4 address, an IPv6 address in brackets, or a name, which
  // stands for each of its addresses. 0.0.0.0 and [::] both mean all addresses. Port 0 takes a free one. UNAVAILABLE if
  // it cannot listen.
  static absl::StatusOr<std::unique_ptr<Listener>> Listen(const std::string& address);

  ~Listener();

  // Where it listens, with the port that it took.
  const std::string& address() const { return address_; }

  // Accepts connections from now on, and passes each one to `take`, which then owns it, and is told whether it is one
  // that Connect() made. Closes those beyond `max_connections` at once, so that their callers go elsewhere.
  void Start(int max_connections, std::function<void(int fd, bool is_own)> take);

  // Stops listening. Idempotent.
  void Stop();

  // Connects to itself. The caller closes the descriptor. The limit does not apply to this connection. Call it in one
  // thread at a time.
  absl::StatusOr<int> Connect(absl::Time deadline);

 private:
  Listener() = default;

  absl::Status ListenOnPath(const std::string& path);
  absl::Status ListenOnHost(std::string host, const std::string& port);
  void Accept();
  void AcceptFrom(int socket);
  bool IsOwn(int fd);
  void Warn(const std::string& text);
  // Returns after a moment, or when it is stopped.
  void Pause() const;

  std::string address_;
  std::string path_;  // Of a Unix socket.
  std::vector<int> sockets_;
  int stop_event_ = -1;
  int max_connections_ = 0;
  std::function<void(int fd, bool is_own)> take_;
  OpenConnections open_;                      // Of the thread.
  absl::Time warned_ = absl::InfinitePast();  // Of the thread.
  std::mutex mutex_;
  std::string own_address_;  // From which Connect() connects, until it is accepted.
  std::thread thread_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_LISTENER_H_
