#include "tests/benchmark/calls/bare_connection.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>

#include "absl/strings/str_cat.h"
#include "tests/benchmark/figures.h"

namespace agreements::benchmark {

BareConnection::BareConnection(const storage::DatabaseOptions& options, bool writes) {
  const std::string address = options.socket.empty() ? "tcp://" + options.hosts.front() : "unix://" + options.socket;
  connection_.reset(get_driver_instance()->connect(address, options.user, ""));
  connection_->setSchema(options.schema);
  statement_.reset(connection_->createStatement());
  for (const char* setting : {"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "SET time_zone = '+00:00'",
                              writes ? "SET autocommit = 0" : "SET autocommit = 1"}) {
    statement_->execute(setting);
  }
}

BareConnection::~BareConnection() = default;

void BareConnection::Execute(const std::string& sql, absl::Span<const std::string> values, int rows) {
  const int changed = Prepared(sql, values).executeUpdate();
  Require(changed == rows, absl::StrCat(changed, " rows were changed, not ", rows, ", by ", sql));
}

void BareConnection::Query(const std::string& sql, absl::Span<const std::string> values, int rows) {
  const std::unique_ptr<sql::ResultSet> result(Prepared(sql, values).executeQuery());
  const unsigned columns = result->getMetaData()->getColumnCount();
  int read = 0;
  for (; result->next(); ++read) {
    for (unsigned i = 1; i <= columns; ++i) static_cast<void>(result->getString(i));
  }
  Require(read == rows, absl::StrCat(read, " rows were read, not ", rows, ", by ", sql));
}

void BareConnection::Commit() { statement_->execute("COMMIT"); }

sql::PreparedStatement& BareConnection::Prepared(const std::string& sql, absl::Span<const std::string> values) {
  std::unique_ptr<sql::PreparedStatement>& prepared = prepared_[sql];
  if (prepared == nullptr) prepared.reset(connection_->prepareStatement(sql));
  unsigned index = 0;
  for (const std::string& value : values) prepared->setString(++index, value);
  return *prepared;
}

}  // namespace agreements::benchmark
