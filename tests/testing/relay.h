// Stands between a client and a server, and can hang as a server does that is stopped, be slow, cut their connections,
// or swallow answers.
#ifndef AGREEMENTS_TESTS_TESTING_RELAY_H_
#define AGREEMENTS_TESTS_TESTING_RELAY_H_

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"

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

  // Swallows the next `count` answers to what holds `text`, and closes the connection instead of each.
  void LoseAnswers(const std::string& text, int count);

  // How many it has swallowed until now.
  int answers_lost();

  // How long what is received from now on takes, in each direction. What follows does not wait for it.
  void Delay(absl::Duration delay);

 private:
  struct Message {
    absl::Time due;
    std::string bytes;  // Empty: the end.
  };

  void Listen(int listener);
  // `lost`: an answer of this connection must be swallowed.
  void PassOn(int from, int to, bool to_server, std::atomic<bool>& lost);
  Message Receive(int from);
  // False if nothing follows.
  bool Deliver(const std::string& bytes, int from, int to, bool to_server, std::atomic<bool>& lost);
  bool IsToBeLost(const std::string& message);

  const std::string server_;
  const std::string path_;
  const int listener_;
  const int tcp_listener_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool hangs_ = false;
  bool ends_ = false;
  absl::Duration delay_;
  std::string lost_text_;
  int to_lose_ = 0;
  int answers_lost_ = 0;
  std::list<std::atomic<bool>> lost_;  // One for each connection.
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread listening_;
  std::thread tcp_listening_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_RELAY_H_
