// main() of the tests that use a database.
#include <gtest/gtest.h>

#include "spdlog/spdlog.h"
#include "storage/connection/database.h"

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  agreements::storage::Database::InitializeLibrary();
  // Tests break connections by the thousand, and say themselves what matters.
  spdlog::set_level(spdlog::level::off);
  return RUN_ALL_TESTS();
}
