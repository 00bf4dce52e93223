// A statement that no test ever executes may be wrong without anyone knowing.
#include <gtest/gtest.h>

#include <set>

#include "storage/connection/statement.h"

namespace agreements::storage {
namespace {

// Looks after all tests of this program have run.
class EveryStatementWasExecuted : public ::testing::Environment {
 public:
  void TearDown() override {
    if (::testing::GTEST_FLAG(filter) != "*") return;
    for (const Statement* statement : Statement::All()) {
      EXPECT_GT(statement->executions(), 0) << statement->name() << " was never executed";
    }
  }
};

const auto* const kEveryStatementWasExecuted = ::testing::AddGlobalTestEnvironment(new EveryStatementWasExecuted);

TEST(Statements, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Statement* statement : Statement::All()) {
    EXPECT_TRUE(names.insert(statement->name()).second) << statement->name();
  }
  EXPECT_GT(names.size(), 20u);
}

TEST(Statements, HaveAllTheirParts) {
  for (const Statement* statement : Statement::All()) {
    EXPECT_EQ(statement->sql().find_first_of("{}"), std::string::npos) << statement->name();
  }
}

}  // namespace
}  // namespace agreements::storage
