// The sockets that the server listens on, and the thread that accepts connections.
//
// It is not gRPC's own listener, since that accepts nothing ever again once a connection has come for which there was
// no file descriptor, and knows no limit that would keep it from coming to that.
#ifndef AGREEMENTS_SERVER_RPC_LISTENER_H_
#define AGREEMENTS_SERVER_RPC_LISTENER_H_

#include <atomic>
#include <functional>
#include <memory>
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
  // Listens on "HOST:PORT", where HOST is an IPv4 address, an IPv6 address in brackets, a name, of which every address
  // is listened on, or 0.0.0.0 or [::], which both mean all addresses; port 0 takes a free one. Or on "unix:PATH".
  // UNAVAILABLE if it cannot.
  static absl::StatusOr<std::unique_ptr<Listener>> Listen(const std::string& address);

  ~Listener();

  // Where it listens, with the port that it took.
  const std::string& address() const { return address_; }

  // Accepts connections from now on, and hands each one to `take`, which owns it then. Those beyond `max_connections`
  // are closed at once, so that their callers know and go elsewhere.
  void Start(int max_connections, std::function<void(int fd)> take);

  // Listens no more. Idempotent.
  void Stop();

  // A new connection to itself, of which the caller closes the descriptor. It is taken even if there are too many. Call
  // it in one thread at a time.
  absl::StatusOr<int> Connect(absl::Time deadline);

 private:
  Listener() = default;

  absl::Status ListenOnPath(const std::string& path);
  absl::Status ListenOnHost(std::string host, const std::string& port);
  void Accept();
  void AcceptFrom(int socket);
  bool IsOwn(int fd) const;
  void Warn(const std::string& text);
  // Returns after a moment, or when it is stopped.
  void Pause() const;

  std::string address_;
  std::string path_;  // Of a Unix socket.
  std::vector<int> sockets_;
  int stop_event_ = -1;
  int max_connections_ = 0;
  std::function<void(int fd)> take_;
  OpenConnections open_;                      // Of the thread.
  absl::Time warned_ = absl::InfinitePast();  // Of the thread.
  std::atomic<int> own_port_ = 0;             // From which Connect() connects.
  std::thread thread_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_LISTENER_H_
