// Stands between a client and a server, and can hang as a server does that is stopped, or cut their connections.
#ifndef AGREEMENTS_TESTS_TESTING_RELAY_H_
#define AGREEMENTS_TESTS_TESTING_RELAY_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace agreements::testing {

class Relay {
 public:
  // Passes on what comes to `server`, a Unix socket's path or a TCP address, "127.0.0.1:54321".
  explicit Relay(std::string server);
  // Closes all connections.
  ~Relay();

  // Where it listens: a Unix socket, and a TCP address.
  const std::string& path() const { return path_; }
  std::string address() const;

  // From now on, connections are taken and nothing is passed on; until GoOn().
  void Hang();
  void GoOn();

  // Closes the connections that there are; new ones are taken.
  void Cut();

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

#endif  // AGREEMENTS_TESTS_TESTING_RELAY_H_
