// Stops statements whose callers have gone away.
#ifndef AGREEMENTS_STORAGE_CONNECTION_KILLER_H_
#define AGREEMENTS_STORAGE_CONNECTION_KILLER_H_

#include <atomic>
#include <compare>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "storage/connection/cancellation.h"
#include "storage/connection/hosts.h"
#include "storage/connection/trouble_log.h"

namespace agreements::storage {

// Sends KILL QUERY, in a thread and over a connection of its own. Thread-safe.
class Killer {
 public:
  // A connection whose statement is killed.
  struct Target {
    size_t host;            // See Hosts.
    int64_t connection_id;  // The server's.

    friend auto operator<=>(const Target&, const Target&) = default;
  };

  Killer(const DatabaseOptions& options, Hosts& hosts) : options_(options), hosts_(hosts) {}
  // REQUIRES: every target is withdrawn. Waits for a kill that is under way.
  ~Killer();

  // Kills the target's statement, again and again until Withdraw(): a kill that arrives between two statements has no
  // effect. Returns at once.
  void Kill(const Target& target);
  // Ends that. Returns whether a kill was sent, or is being sent. It may still strike whatever the connection executes,
  // so the connection must be closed. The server gives its number to no other one.
  bool Withdraw(const Target& target);

  int64_t killed() const { return killed_; }

 private:
  struct Job {
    absl::Time due;
    bool sent = false;
  };

  void Run();
  // The target whose kill is due first. REQUIRES: the lock is held, and there is one.
  std::map<Target, Job>::iterator First();
  void Send(const Target& target);
  // Makes session_ a connection to this host on which a kill strikes no other connection than the target.
  absl::Status Connect(const Target& target);

  const DatabaseOptions options_;
  Hosts& hosts_;
  std::atomic<int64_t> killed_ = 0;  // Targets, not kills.
  TroubleLog not_sent_{"a statement whose caller has gone away cannot be stopped"};

  // Of the thread.
  std::unique_ptr<Session> session_;  // May be null.
  size_t session_host_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Target, Job> jobs_;
  bool ending_ = false;
  std::thread thread_;  // Started by the first kill.
};

// While it lives, `cancellation` makes `killer` kill the statements of `target`.
class Killable {
 public:
  // `cancellation` may be null.
  Killable(Cancellation* cancellation, Killer& killer, const Killer::Target& target);
  ~Killable() { End(); }
  Killable(const Killable&) = delete;
  Killable& operator=(const Killable&) = delete;

  // Ends it. Returns whether the connection must be closed: see Killer::Withdraw.
  bool End();

 private:
  Cancellation* cancellation_;  // Null when it has ended.
  Killer& killer_;
  const Killer::Target target_;
  std::function<void()> before_;
};

}  // namespace agreements::storage

#endif  // AGREEMENTS_STORAGE_CONNECTION_KILLER_H_
