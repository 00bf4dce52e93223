// The server as a process, on a database that it may have to reach over a slow network.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_INSTALLATION_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_INSTALLATION_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/benchmark/calls/bare_connection.h"
#include "tests/benchmark/calls/rpc_load.h"
#include "tests/benchmark/calls/turns.h"
#include "tests/e2e/server_process.h"
#include "tests/testing/certificates.h"
#include "tests/testing/test_database.h"

namespace agreements::benchmark {

// A program that serves, and connections to it.
struct Served {
  std::unique_ptr<testing::ChildProcess> process;
  std::unique_ptr<Channels> channels;
};

class Installation {
 public:
  // Workers of the server, and so the most connections of the bare connector.
  static constexpr int kWorkers = 16;

  // Fills a new schema. `latency`: what each round trip to the database takes longer, for server and bare connector.
  explicit Installation(absl::Duration latency);
  ~Installation();

  // Starts agreements-server; with mutual TLS and the policy of deploy/local if `tls`. Throws if it does not serve.
  Served Serve(bool tls);
  // Starts another program, by its path: it gets the database's socket and schema, and prints "serving on ADDRESS".
  Served ServeOther(const std::string& program);

  // kWorkers connections. `writes`: see BareConnection.
  std::vector<std::unique_ptr<BareConnection>>& BareConnections(bool writes);

  Processes ProcessesOf(const Served& served) const;

 private:
  void WriteFile(const std::string& name, const std::string& content) const;

  testing::TestDatabase database_;
  storage::DatabaseOptions options_;  // How server and bare connector reach it.
  pid_t database_pid_;
  std::unique_ptr<testing::ChildProcess> relay_;
  std::string files_;  // A directory for TLS.
  testing::Authority authority_;
  std::map<bool, std::vector<std::unique_ptr<BareConnection>>> connections_;
};

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_INSTALLATION_H_
