// A cluster of databases on this machine (deploy/local/cluster), for one test program.
#ifndef AGREEMENTS_TESTS_CLUSTERS_CLUSTER_H_
#define AGREEMENTS_TESTS_CLUSTERS_CLUSTER_H_

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace agreements::testing {

// Nodes are numbered from 1. Throws std::runtime_error when the script fails.
class Cluster {
 public:
  // Starts it, with a schema `agreements`, migrated, and a database user of that name who may do nothing else.
  Cluster(const std::string& engine, int nodes);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  const std::string& engine() const { return engine_; }
  int size() const { return static_cast<int>(addresses_.size()); }

  // "127.0.0.1:23306".
  const std::string& Address(int node) const { return addresses_[node - 1]; }

  // The flags by which a program reaches these nodes, in this order.
  std::vector<std::string> Flags(const std::vector<int>& nodes) const;

  // A command of the script for a node: Do("kill", 1).
  void Do(const std::string& command, int node, const std::string& option = "");

  // Runs SQL on a node as `root`; see RunSql().
  std::string Sql(int node, const std::string& sql) const;

  // Whether the node takes writes of the service's user now.
  bool TakesWrites(int node) const;
  // Waits until one of these nodes does, for a minute at the most. Returns how long ago `since` is then.
  absl::Duration WaitForWrites(const std::vector<int>& nodes, absl::Time since) const;

  // Closes the connections of the service's user on that node that wait for a statement. Returns how many.
  int KillIdleConnections(int node) const;

  // What `agreements-admin verify` finds on that node: "" is good.
  std::string Verify(int node) const;

 private:
  const std::string engine_;
  std::string dir_;
  std::vector<std::string> addresses_;
  std::vector<std::string> sockets_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CLUSTERS_CLUSTER_H_
