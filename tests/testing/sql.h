// SQL of tests, outside the service.
#ifndef AGREEMENTS_TESTS_TESTING_SQL_H_
#define AGREEMENTS_TESTS_TESTING_SQL_H_

#include <cppconn/connection.h>

#include <string>

namespace agreements::testing {

// Runs a statement. Of a SELECT, returns the rows as lines with "|" between columns, and NULL as "-". Throws
// sql::SQLException.
std::string RunSql(sql::Connection& connection, const std::string& sql);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_SQL_H_
