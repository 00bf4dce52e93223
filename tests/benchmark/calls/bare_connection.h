// SQL through the bare connector, as a program would send it that does nothing else.
#ifndef AGREEMENTS_TESTS_BENCHMARK_CALLS_BARE_CONNECTION_H_
#define AGREEMENTS_TESTS_BENCHMARK_CALLS_BARE_CONNECTION_H_

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/types/span.h"
#include "storage/connection/database.h"

namespace sql {
class Connection;
class PreparedStatement;
class Statement;
}  // namespace sql

namespace agreements::benchmark {

// Not thread-safe. Its functions throw what the connector throws.
class BareConnection {
 public:
  // At READ COMMITTED. `writes`: a transaction begins by itself and ends with Commit(); else each statement is one.
  BareConnection(const storage::DatabaseOptions& options, bool writes);
  ~BareConnection();

  // Executes a statement, which is prepared when it is executed for the first time. All values are sent as texts.
  // Throws unless `rows` rows were changed.
  void Execute(const std::string& sql, absl::Span<const std::string> values, int rows);

  // Reads all columns of all rows. Throws unless there are `rows`.
  void Query(const std::string& sql, absl::Span<const std::string> values, int rows);

  void Commit();

 private:
  sql::PreparedStatement& Prepared(const std::string& sql, absl::Span<const std::string> values);

  std::unique_ptr<sql::Connection> connection_;
  std::unique_ptr<sql::Statement> statement_;  // For what is not prepared.
  std::unordered_map<std::string, std::unique_ptr<sql::PreparedStatement>> prepared_;
};

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_CALLS_BARE_CONNECTION_H_
