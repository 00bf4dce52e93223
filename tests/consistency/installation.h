// The service as an operator runs it: a database of the test's own, durable, and servers, each a process that can be
// killed, stopped and started again.
#ifndef AGREEMENTS_TESTS_CONSISTENCY_INSTALLATION_H_
#define AGREEMENTS_TESTS_CONSISTENCY_INSTALLATION_H_

#include <grpcpp/channel.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tests/e2e/server_process.h"

namespace agreements::testing {

// Runs a command in a shell, and returns what it prints. Throws if it fails.
std::string Shell(const std::string& command);

// A directory that is gone in the end, in memory if there is room.
class Directory {
 public:
  Directory();
  ~Directory();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Where the data is: a database, or a cluster of several.
class Storage {
 public:
  virtual ~Storage() = default;

  // By which a server reaches it, the first, second ... one of the installation.
  virtual std::vector<std::string> ServerFlags(int server) = 0;

  // Runs SQL as root where it takes writes; of a SELECT, the rows as lines with tabs between columns.
  virtual std::string Sql(const std::string& sql) = 0;

  // Makes a new schema for an installation, whose user is not root: read_only must hold for it.
  void NewSchema();

  // Runs agreements-admin verify. Empty if it finds nothing, else what it says.
  std::string Verify();

  const std::string& schema() const { return schema_; }

 protected:
  // More that the servers' user is granted.
  virtual std::string Grants() { return ""; }

  // By which agreements-admin reaches it, as root.
  virtual std::vector<std::string> AdminFlags() = 0;

 private:
  // Runs a command of agreements-admin. Empty if it succeeds, else what it says.
  std::string Admin(const std::string& command);

  std::string schema_;
};

// A database by deploy/local/database, of the engine that AGREEMENTS_TEST_ENGINE names.
class OwnDatabase : public Storage {
 public:
  OwnDatabase();
  ~OwnDatabase() override;

  std::vector<std::string> ServerFlags(int server) override;
  std::string Sql(const std::string& sql) override;
  const std::string& socket() const { return socket_; }
  // Where servers of new installations find it, instead of at its socket.
  void set_relay(const std::string& path) { relay_ = path; }

  void Start();  // Again.
  void Stop();   // Cleanly.
  void Signal(int number);

 private:
  std::vector<std::string> AdminFlags() override;

  const Directory directory_;
  std::string socket_;
  std::string relay_;
};

// A cluster of three nodes by deploy/local/cluster, numbered from 1.
class OwnCluster : public Storage {
 public:
  // galera, group-replication or replica.
  explicit OwnCluster(std::string engine);
  ~OwnCluster() override;

  // Whether each server begins with a node of its own, instead of all with the first one.
  void set_several_writers(bool several) { several_writers_ = several; }

  std::vector<std::string> ServerFlags(int server) override;
  std::string Sql(const std::string& sql) override;
  const std::string& engine() const { return engine_; }
  int nodes() const { return static_cast<int>(addresses_.size()); }

  // The script's commands: Do("kill", 1).
  void Do(const std::string& command, int node, const std::string& option = "");

  // Makes all nodes well, and members.
  void Restore();

  // The node that takes writes, the first one if several do.
  int Writer();

  // Hands writing over to another node, in an orderly way. Not on Galera, where all take writes.
  void SwitchWriter();

  std::string SqlOn(int node, const std::string& sql);

 private:
  std::vector<std::string> AdminFlags() override;
  std::string Grants() override;

  const std::string engine_;
  bool several_writers_ = false;
  const Directory directory_;
  std::vector<std::string> addresses_;
  std::vector<std::string> sockets_;
};

// Servers on a new schema, and a calendar that they share, on which days go by in seconds.
class Installation {
 public:
  // `storage` must outlive it. `flags` are more flags for servers.
  Installation(Storage& storage, int servers, absl::Duration day, std::vector<std::string> flags = {});
  ~Installation();

  const std::vector<std::string>& addresses() const { return addresses_; }
  std::vector<std::shared_ptr<grpc::Channel>> Channels() const;

  // A day before which nothing happens any more: that of the calendar.
  absl::CivilDay Today() const;

  // Ends a server: SIGKILL, or SIGTERM, and waits for its end. Starts it again, at the same address.
  void End(size_t server, int signal);
  void Start(size_t server);

 private:
  void WriteDay(absl::CivilDay day);

  Storage& storage_;
  const std::vector<std::string> flags_;
  const Directory directory_;
  std::atomic<int64_t> days_ = 0;  // Since kFirstDay.
  std::vector<std::unique_ptr<ServerProcess>> servers_;
  std::vector<std::string> addresses_;
  std::jthread calendar_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CONSISTENCY_INSTALLATION_H_
