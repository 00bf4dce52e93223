// A schema of its own on the private database server that tests/run has started, dropped at the end.
#ifndef AGREEMENTS_TESTS_TESTING_TEST_DATABASE_H_
#define AGREEMENTS_TESTS_TESTING_TEST_DATABASE_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/connection/database.h"

namespace agreements::testing {

// Full counts instead of CI's: tests/run --long.
bool LongRun();

// `full` rounds in a long run, else a tenth of them, and under a sanitizer a hundredth.
int Rounds(int full);

// A clock that stands still until it is set. Thread-safe.
class TestClock {
 public:
  absl::Time Now() const;
  void Set(absl::Time now);
  // Noon in Oslo: SetDay("2026-11-23").
  void SetDay(absl::string_view day);

 private:
  mutable std::mutex mutex_;
  absl::Time now_ = absl::FromUnixSeconds(1793530800);  // 2026-11-01T12:00:00+01:00
};

// Not the fixture's clock: ids need one that moves.
class TestDatabase {
 public:
  // Made and migrated. `hooks` must outlive it.
  explicit TestDatabase(const storage::TestHooks* hooks = nullptr, bool migrate = true);
  ~TestDatabase();

  storage::DatabaseOptions options() const;
  storage::Database& database() { return *database_; }
  storage::IdSource& ids() { return ids_; }
  const std::string& schema() const { return schema_; }

  // Runs SQL outside the service; of a SELECT, the rows as lines with "|" between columns, and NULL as "-".
  std::string Sql(const std::string& sql);

  // Waits until that many sessions in this schema wait for GET_LOCK(); false if they do not within two minutes.
  bool SessionsWaitForUserLock(int count);

 private:
  std::string schema_;
  const storage::TestHooks* hooks_;
  storage::ClockIdSource ids_;
  std::unique_ptr<storage::Database> database_;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_TEST_DATABASE_H_
