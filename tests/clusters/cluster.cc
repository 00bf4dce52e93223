#include "tests/clusters/cluster.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/e2e/child_process.h"
#include "tests/testing/sql.h"

namespace agreements::testing {
namespace {

// The output of a command that must succeed.
std::string Run(const std::vector<std::string>& command) {
  ChildProcess process(command);
  const int status = process.Wait();
  if (status != 0) throw std::runtime_error(absl::StrCat(absl::StrJoin(command, " "), ":\n", process.Output()));
  return process.Output();
}

// Where tests/run wants it, so that it can clean up after a program that was killed.
std::string NewDirectory() {
  const char* parent = std::getenv("AGREEMENTS_TEST_CLUSTERS");
  if (parent == nullptr) throw std::runtime_error("AGREEMENTS_TEST_CLUSTERS is not set: run tests through tests/run");
  std::string name = absl::StrCat(parent, "/XXXXXX");
  if (mkdtemp(name.data()) == nullptr || chmod(name.c_str(), 0711) != 0) throw std::runtime_error(name);
  return name;
}

}  // namespace

Cluster::Cluster(const std::string& engine, int nodes) : engine_(engine), dir_(NewDirectory()) {
  const std::string output =
      Run({AGREEMENTS_CLUSTER, "start", "--engine", engine, "--dir", dir_, "--nodes", absl::StrCat(nodes), "--test"});
  for (const absl::string_view line : absl::StrSplit(output, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() != 3 || words[0] != absl::StrCat(addresses_.size() + 1)) continue;
    addresses_.push_back(words[1]);
    sockets_.push_back(words[2]);
  }
  if (size() != nodes) throw std::runtime_error(output);
  Sql(1, "CREATE USER agreements@'127.0.0.1'");
  Sql(1, "GRANT ALL ON agreements.* TO agreements@'127.0.0.1'");
  if (engine_ == "group-replication") {
    Sql(1, "GRANT SELECT ON performance_schema.replication_group_members TO agreements@'127.0.0.1'");
  }
  Sql(1, "CREATE DATABASE agreements");
  std::vector<std::string> migrate = {AGREEMENTS_ADMIN, "migrate"};
  for (const std::string& flag : Flags({1})) migrate.push_back(flag);
  Run(migrate);
  Sql(1, "CREATE DATABASE probe");
  Sql(1, "GRANT ALL ON probe.* TO agreements@'127.0.0.1'");
  Sql(1, "CREATE TABLE probe.writes (id BIGINT PRIMARY KEY AUTO_INCREMENT)");
}

Cluster::~Cluster() {
  ChildProcess stop({AGREEMENTS_CLUSTER, "stop", "--dir", dir_});
  if (stop.Wait() == 0) ChildProcess({"rm", "-rf", dir_}).Wait();
}

std::vector<std::string> Cluster::Flags(const std::vector<int>& nodes) const {
  std::vector<std::string> hosts;
  hosts.reserve(nodes.size());
  for (const int node : nodes) hosts.push_back(Address(node));
  return {absl::StrCat("--db_host=", absl::StrJoin(hosts, ",")), "--db_user=agreements", "--db_name=agreements"};
}

void Cluster::Do(const std::string& command, int node, const std::string& option) {
  std::vector<std::string> words = {AGREEMENTS_CLUSTER, command, absl::StrCat(node), "--dir", dir_};
  if (!option.empty()) words.push_back(option);
  Run(words);
}

std::string Cluster::Sql(int node, const std::string& sql) const {
  const std::unique_ptr<sql::Connection> connection(
      get_driver_instance()->connect("unix://" + sockets_[node - 1], "root", ""));
  return RunSql(*connection, sql);
}

bool Cluster::TakesWrites(int node) const {
  sql::ConnectOptionsMap options;
  options["hostName"] = "tcp://" + Address(node);
  options["userName"] = "agreements";
  options["OPT_CONNECT_TIMEOUT"] = 1;
  options["OPT_READ_TIMEOUT"] = 2;
  options["OPT_WRITE_TIMEOUT"] = 2;
  try {
    const std::unique_ptr<sql::Connection> connection(get_driver_instance()->connect(options));
    RunSql(*connection, "INSERT INTO probe.writes VALUES ()");
    return true;
  } catch (const sql::SQLException&) {
    return false;
  }
}

absl::Duration Cluster::WaitForWrites(const std::vector<int>& nodes, absl::Time since) const {
  while (absl::Now() < since + absl::Minutes(1)) {
    for (const int node : nodes) {
      if (TakesWrites(node)) return absl::Now() - since;
    }
    absl::SleepFor(absl::Milliseconds(20));
  }
  throw std::runtime_error("no node takes writes");
}

int Cluster::KillIdleConnections(int node) const {
  const std::unique_ptr<sql::Connection> connection(
      get_driver_instance()->connect("unix://" + sockets_[node - 1], "root", ""));
  // MySQL's other lists of processes cannot show a statement with bytes in it, as one that stores a response.
  const std::string idle =
      RunSql(*connection, engine_ == "group-replication"
                              ? "SELECT processlist_id FROM performance_schema.threads "
                                "WHERE processlist_user = 'agreements' AND processlist_command = 'Sleep'"
                              : "SELECT id FROM information_schema.processlist "
                                "WHERE user = 'agreements' AND command = 'Sleep'");
  int killed = 0;
  for (const absl::string_view id : absl::StrSplit(idle, '\n', absl::SkipEmpty())) {
    try {
      RunSql(*connection, absl::StrCat("KILL ", id));
      ++killed;
    } catch (const sql::SQLException&) {
      continue;  // It has ended meanwhile.
    }
  }
  return killed;
}

std::string Cluster::Verify(int node) const {
  // Tables that have just grown from nothing have no statistics yet, and some checks would read them row by row.
  const std::string tables = Sql(node,
                                 "SELECT table_name FROM information_schema.tables "
                                 "WHERE table_schema = 'agreements' AND table_type = 'BASE TABLE'");
  for (const absl::string_view table : absl::StrSplit(tables, '\n', absl::SkipEmpty())) {
    Sql(node, absl::StrCat("ANALYZE TABLE agreements.", table));
  }
  std::vector<std::string> command = {AGREEMENTS_ADMIN, "verify"};
  for (const std::string& flag : Flags({node})) command.push_back(flag);
  ChildProcess process(command);
  return process.Wait() == 0 ? "" : process.Output();
}

}  // namespace agreements::testing
