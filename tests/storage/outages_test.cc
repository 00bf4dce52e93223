// A database that is gone, comes back, or falls silent, as many callers at once meet it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "proto/errors.h"
#include "storage/connection/mysql_errors.h"
#include "tests/storage/database_fixture.h"
#include "tests/testing/relay.h"

namespace agreements::storage {
namespace {

constexpr int kCallers = 16;

// DatabaseOptions::unreachable_after, and less than a statement waits for an answer.
constexpr absl::Duration kLeftWithin = absl::Seconds(8 + 7);

const Statement kReadOne = {"read_one", "SELECT 1"};

absl::StatusOr<std::optional<int64_t>> ReadOne(ReadTransaction& tx) {
  return tx.QueryOne(
      kReadOne, {}, +[](const Row& row) { return row.GetInt64(1); });
}

bool IsRefused(const absl::Status& status) { return ReasonOf(status) == v1::ERROR_REASON_DATABASE_UNAVAILABLE; }

// Checks the database twice a second, as the server does.
class Checks {
 public:
  explicit Checks(Database& database) {
    thread_ = std::thread([this, &database] {
      std::unique_lock lock(mutex_);
      do {
        lock.unlock();
        database.Check().IgnoreError();
        lock.lock();
      } while (!changed_.wait_for(lock, std::chrono::milliseconds(500), [this] { return ending_; }));
    });
  }
  ~Checks() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;
};

// A path that is the server's socket only while it is open.
class Door {
 public:
  explicit Door(std::string socket) : socket_(std::move(socket)) { Close(); }
  ~Door() { Close(); }

  const std::string& path() const { return path_; }
  void Open() { EXPECT_EQ(symlink(socket_.c_str(), path_.c_str()), 0); }
  void Close() { unlink(path_.c_str()); }

 private:
  const std::string socket_;
  const std::string path_ = absl::StrCat("/tmp/agreements-door-", getpid());
};

class OutagesTest : public DatabaseTest {
 protected:
  // Inserts until it is told to end.
  struct Caller {
    std::vector<std::string> request_ids;  // Of all calls.
    std::vector<std::string> unknown;      // Of those that were unavailable.
    absl::Duration longest;
    int errors = 0;  // Others than UNAVAILABLE.
  };

  absl::Status InsertAs(Database& database, const std::string& request_id) {
    Call call = NewCall(absl::Seconds(30));
    call.request_id = request_id;
    return database.ReadWrite(call, Insert).status();
  }

  void RunCaller(Database& database, const std::string& name, Caller& caller) {
    while (!ending_) {
      const std::string request_id = absl::StrCat(name, "-", caller.request_ids.size());
      const absl::Time begin = absl::Now();
      const absl::Status status = InsertAs(database, request_id);
      const absl::Time end = absl::Now();
      caller.longest = std::max(caller.longest, end - begin);
      caller.request_ids.push_back(request_id);
      if (status.ok()) continue;
      caller.unknown.push_back(request_id);
      if (!IsRefused(status)) ++caller.errors;
      if (caller.unknown.size() == 1) ++unavailable_;
      absl::SleepFor(absl::Milliseconds(10));  // As one who gets RetryInfo.
    }
  }

  std::atomic<bool> ending_ = false;
  std::atomic<int> unavailable_ = 0;  // Callers who have been told so.
};

TEST_F(OutagesTest, AfterItsBeginningCallsAreRefusedAtOnceAndDoNotConnect) {
  Door door(test_database_.options().socket);
  DatabaseOptions options = Options();
  options.socket = door.path();
  options.unreachable_after = absl::Seconds(1);
  Database database(options, test_database_.ids(), absl::Now);
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(IsRefused(InsertAs(database, "first")));
  EXPECT_GE(absl::Now() - begin, options.unreachable_after);
  EXPECT_TRUE(IsRefused(database.Availability()));
  EXPECT_NEAR(absl::ToDoubleSeconds(database.figures().gone_since - begin), 0, 0.5);

  const int64_t connects = database.figures().connects_failed;
  const absl::Time gone = absl::Now();
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(IsRefused(InsertAs(database, "second")));
  EXPECT_LT(absl::Now() - gone, absl::Seconds(1));
  EXPECT_LE(database.figures().connects_failed - connects, 10);
}

TEST_F(OutagesTest, TheBeginningIsThatOfTheOutageNotOfTheCall) {
  Door door(test_database_.options().socket);
  DatabaseOptions options = Options();
  options.socket = door.path();
  options.unreachable_after = absl::Seconds(2);
  Database database(options, test_database_.ids(), absl::Now);
  EXPECT_FALSE(database.Check().ok());
  EXPECT_TRUE(database.Availability().ok()) << "calls still wait";
  absl::SleepFor(absl::Seconds(1));
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(IsRefused(InsertAs(database, "late")));
  EXPECT_LT(absl::Now() - begin, absl::Milliseconds(1500));
}

TEST_F(OutagesTest, AShortOneCostsNoError) {
  Door door(test_database_.options().socket);
  DatabaseOptions options = Options();
  options.socket = door.path();
  Database database(options, test_database_.ids(), absl::Now);
  std::vector<std::jthread> callers;
  std::atomic<int> failed = 0;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      if (!InsertAs(database, absl::StrCat("r-", i)).ok()) ++failed;
    });
  }
  absl::SleepFor(absl::Seconds(2));
  door.Open();
  for (std::jthread& caller : callers) caller.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(Count(), absl::StrCat(kCallers, "\n"));
  EXPECT_EQ(database.figures().gone_since, absl::InfiniteFuture());
  EXPECT_LT(database.figures().connects_failed, 3 * kCallers) << "one thread reconnects, not each call";
}

TEST_F(OutagesTest, ADatabaseThatComesBackIsUsedSoon) {
  Door door(test_database_.options().socket);
  DatabaseOptions options = Options();
  options.socket = door.path();
  options.unreachable_after = absl::Milliseconds(100);
  Database database(options, test_database_.ids(), absl::Now);
  absl::SleepFor(absl::Milliseconds(100));
  EXPECT_TRUE(IsRefused(InsertAs(database, "r")));
  absl::SleepFor(absl::Seconds(2));  // Until the pauses are long.
  door.Open();
  const absl::Time begin = absl::Now();
  while (!InsertAs(database, "r").ok()) ASSERT_LT(absl::Now() - begin, absl::Seconds(2));
  EXPECT_EQ(Count(), "1\n");
}

TEST_F(OutagesTest, AServerThatFallsSilentIsLeftWithinSecondsAndNothingIsLostOrDoubled) {
  testing::Relay proxy(test_database_.options().socket);
  DatabaseOptions options = Options();
  options.socket = proxy.path();
  Database database(options, test_database_.ids(), absl::Now);
  std::vector<Caller> callers(kCallers);
  absl::Time silent;
  {
    const Checks checks(database);
    std::vector<std::jthread> threads;
    const absl::Cleanup end = [this] { ending_ = true; };
    for (int i = 0; i < kCallers; ++i) {
      threads.emplace_back(
          [&, i] { RunCaller(database, absl::StrCat("caller-", i), callers[static_cast<size_t>(i)]); });
    }
    absl::SleepFor(absl::Seconds(1));  // They are at work.
    silent = absl::Now();
    proxy.Hang();
    while (unavailable_ < kCallers) {
      ASSERT_LT(absl::Now() - silent, absl::Seconds(20));
      absl::SleepFor(absl::Milliseconds(10));
    }
    EXPECT_LT(absl::Now() - silent, kLeftWithin);
    const absl::Time refused = absl::Now();
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(IsRefused(InsertAs(database, "refused")));
    EXPECT_LT(absl::Now() - refused, absl::Seconds(1));
    proxy.GoOn();
    const absl::Time back = absl::Now();
    // Sooner than a silent host is looked at again where there are others.
    while (!InsertAs(database, "refused").ok()) ASSERT_LT(absl::Now() - back, absl::Seconds(9));
    RecordProperty("seconds_to_come_back", absl::StrCat(absl::ToDoubleSeconds(absl::Now() - back)));
  }
  size_t requests = 1;
  for (const Caller& caller : callers) {
    EXPECT_EQ(caller.errors, 0);
    EXPECT_LT(caller.longest, kLeftWithin);
    requests += caller.request_ids.size();
    for (const std::string& request_id : caller.unknown) EXPECT_TRUE(InsertAs(database, request_id).ok());
  }
  EXPECT_EQ(Count(), absl::StrCat(requests, "\n")) << "each request has made one agreement";
}

// Each of them would have to wait for a look of its own at the silent host.
TEST_F(OutagesTest, CallsThatFindNoHostDoNotLookForOneInTurn) {
  testing::Relay proxy(test_database_.options().socket);
  DatabaseOptions options = Options();
  options.socket = proxy.path();
  options.unreachable_after = absl::Seconds(1);
  Database database(options, test_database_.ids(), absl::Now);
  proxy.Hang();
  const absl::Time begin = absl::Now();
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([&, i] { EXPECT_TRUE(IsRefused(InsertAs(database, absl::StrCat("r-", i)))); });
    }
  }
  EXPECT_LT(absl::Now() - begin, kCallers / 2 * options.check_timeout);
  proxy.GoOn();
}

TEST_F(OutagesTest, ARefusalThatComesLateDoesNotLeaveTheNextHost) {
  Database database(Options(), test_database_.ids(), absl::Now);
  std::atomic<int> reads = 0;
  absl::Notification first_reads;
  absl::Notification next_is_used;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name != "read_one" || event.phase != StatementEvent::Phase::kBefore) return 0;
    switch (++reads) {
      case 1:
        first_reads.Notify();
        next_is_used.WaitForNotification();
        return kReadOnlyError;
      case 2:
        return kReadOnlyError;
      default:
        return 0;
    }
  };
  std::jthread late([&] { EXPECT_TRUE(database.ReadOnly(NewCall(), ReadOne).ok()); });
  first_reads.WaitForNotification();
  EXPECT_TRUE(database.ReadOnly(NewCall(), ReadOne).ok());
  const int64_t opened = database.figures().connections_opened;
  next_is_used.Notify();
  late.join();
  EXPECT_EQ(database.figures().connections_opened, opened);
  EXPECT_EQ(reads, 4);
}

// Both hosts are one server. So the calls that it holds only read: a write that runs again would wait for its own rows.
TEST_F(OutagesTest, ASilentHostIsLeftForAnotherOneWithoutAnError) {
  testing::Relay first(test_database_.options().socket);
  testing::Relay second(test_database_.options().socket);
  DatabaseOptions options = Options();
  options.socket.clear();
  options.hosts = {first.address(), second.address()};
  Database database(options, test_database_.ids(), absl::Now);
  const Checks checks(database);
  std::vector<std::jthread> readers;
  const absl::Cleanup end = [this] { ending_ = true; };
  for (int i = 0; i < kCallers; ++i) {
    readers.emplace_back([&] {
      while (!ending_) {
        const absl::Time begin = absl::Now();
        EXPECT_TRUE(database.ReadOnly(NewCall(absl::Seconds(30)), ReadOne).ok());
        EXPECT_LT(absl::Now() - begin, absl::Seconds(12));
      }
    });
  }
  absl::SleepFor(absl::Seconds(1));
  const absl::Time silent = absl::Now();
  first.Hang();
  while (database.figures().fail_overs == 0) {
    ASSERT_LT(absl::Now() - silent, absl::Seconds(6));
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(database.figures().gone_since, absl::InfiniteFuture());
  // More at once than there are connections.
  std::vector<std::jthread> late;
  for (int i = 0; i < kCallers; ++i) {
    late.emplace_back([&, i] {
      const absl::Time begin = absl::Now();
      EXPECT_TRUE(InsertAs(database, absl::StrCat("late-", i)).ok());
      EXPECT_LT(absl::Now() - begin, options.connect_timeout) << "it has waited for the silent host";
    });
  }
  for (std::jthread& thread : late) thread.join();
  ending_ = true;
  for (std::jthread& reader : readers) reader.join();
  first.GoOn();
  EXPECT_EQ(Count(), absl::StrCat(late.size(), "\n"));
}

TEST_F(OutagesTest, WhileAnotherHostMayTakeOverASilentOneIsNotWaitedFor) {
  testing::Relay first(test_database_.options().socket);
  testing::Relay second(test_database_.options().socket);
  DatabaseOptions options = Options();
  options.socket.clear();
  options.hosts = {first.address(), second.address()};
  std::atomic<bool> takes_writes = true;
  std::atomic<int> refusals = 0;
  // Of the second host: the first one, which hangs, never comes so far.
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name != "prepare session" || event.phase != StatementEvent::Phase::kAfter || takes_writes) return 0;
    ++refusals;
    return kReadOnlyError;
  };
  Database database(options, test_database_.ids(), absl::Now);
  ASSERT_TRUE(database.Check().ok());
  takes_writes = false;
  first.Hang();
  EXPECT_FALSE(database.Check().ok());
  const int before = refusals;
  while (refusals == before) absl::SleepFor(absl::Milliseconds(1));  // The outage's first look, at least, is over.
  takes_writes = true;
  const absl::Time begin = absl::Now();
  while (database.figures().gone_since != absl::InfiniteFuture()) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_LT(absl::Now() - begin, options.check_timeout) << "it has waited for the silent host";
  first.GoOn();
}

TEST_F(OutagesTest, ACheckThatIsSlowWhileCallsAreAnsweredDropsNothing) {
  DatabaseOptions options = Options();
  options.check_timeout = absl::Seconds(1);
  Database database(options, test_database_.ids(), absl::Now);
  ASSERT_TRUE(InsertAs(database, "before").ok());
  ASSERT_TRUE(database.Check().ok());
  bool calls_are_answered = true;
  std::atomic<int> checks = 0;
  on_statement_ = [&](const StatementEvent& event) {
    if (event.name != "prepare session" || event.phase != StatementEvent::Phase::kBefore || ++checks > 1) return 0;
    if (calls_are_answered) {
      EXPECT_TRUE(InsertAs(database, "meanwhile").ok());
    }
    absl::SleepFor(options.check_timeout);
    return 2013;  // What the connector says of an answer that does not come.
  };
  EXPECT_TRUE(database.Check().ok());
  EXPECT_EQ(database.figures().idle_connections, 1);
  checks = 0;
  calls_are_answered = false;
  EXPECT_FALSE(database.Check().ok()) << "without calls it cannot know";
  EXPECT_EQ(database.figures().idle_connections, 0);
  EXPECT_TRUE(database.Check().ok());
}

}  // namespace
}  // namespace agreements::storage
