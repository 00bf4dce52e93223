// Stands between a client and a server that listens on a Unix socket, and can hang as a server does that is stopped.
#ifndef AGREEMENTS_TESTS_STORAGE_UNIX_PROXY_H_
#define AGREEMENTS_TESTS_STORAGE_UNIX_PROXY_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace agreements::testing {

class UnixProxy {
 public:
  // Listens at path(), and passes on what comes there to `server`.
  explicit UnixProxy(std::string server);
  // Closes all connections.
  ~UnixProxy();

  const std::string& path() const { return path_; }
  // It listens at this TCP address, too: "127.0.0.1:54321".
  std::string address() const;

  // From now on, connections are taken and nothing is passed on; until GoOn().
  void Hang();
  void GoOn();

 private:
  void Listen(int listener);
  void PassOn(int from, int to);

  const std::string server_;
  const std::string path_;
  const int listener_;
  const int tcp_listener_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool hangs_ = false;
  bool ends_ = false;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread listening_;
  std::thread tcp_listening_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_STORAGE_UNIX_PROXY_H_
