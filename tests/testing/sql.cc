#include "tests/testing/sql.h"

#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace agreements::testing {

std::string RunSql(sql::Connection& connection, const std::string& sql) {
  const std::unique_ptr<sql::Statement> statement(connection.createStatement());
  if (!statement->execute(sql)) return "";
  const std::unique_ptr<sql::ResultSet> result(statement->getResultSet());
  std::string text;
  while (result->next()) {
    const unsigned columns = result->getMetaData()->getColumnCount();
    for (unsigned i = 1; i <= columns; ++i) {
      absl::StrAppend(&text, i > 1 ? "|" : "", result->isNull(i) ? "-" : std::string(result->getString(i)));
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace agreements::testing
