// A database with two hosts: which one is used, by all servers, and how it is left. Both hosts are one server here, so
// a test writes into the record what another server, or a host that has lost changes, would have there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/errors.h"
#include "tests/storage/database_fixture.h"
#include "tests/testing/relay.h"

namespace agreements::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class HostsTest : public DatabaseTest {
 protected:
  HostsTest() { test_database_.Sql("DELETE FROM writer"); }

  DatabaseOptions OptionsFor(std::vector<std::string> hosts) {
    DatabaseOptions options = Options();
    options.socket.clear();
    options.hosts = std::move(hosts);
    options.unreachable_after = absl::Milliseconds(100);
    return options;
  }

  static absl::Status InsertInto(Database& database) { return database.ReadWrite(NewCall(), Insert).status(); }

  std::string Record() { return test_database_.Sql("SELECT epoch, host FROM writer"); }

  testing::Relay first_{test_database_.options().socket};
  testing::Relay second_{test_database_.options().socket};
  const std::string on_first_ = absl::StrCat("tcp://", first_.address());
  const std::string on_second_ = absl::StrCat("tcp://", second_.address());
};

TEST_F(HostsTest, TheHostThatIsUsedIsRecordedOnce) {
  for (int i = 0; i < 2; ++i) {
    Database database(OptionsFor({first_.address(), second_.address()}), test_database_.ids(), absl::Now);
    ASSERT_TRUE(InsertInto(database).ok());
    EXPECT_EQ(Record(), absl::StrCat("1|", on_first_, "\n"));
  }
}

TEST_F(HostsTest, AProgramThatOnlyReadsRecordsNothing) {
  DatabaseOptions options = OptionsFor({first_.address()});
  options.records_writer = false;
  Database database(options, test_database_.ids(), absl::Now);
  ASSERT_TRUE(database.Connect().ok());
  EXPECT_EQ(Record(), "");
}

TEST_F(HostsTest, AServerThatStartsUsesTheHostThatTheOthersUse) {
  Database other(OptionsFor({second_.address()}), test_database_.ids(), absl::Now);
  ASSERT_TRUE(InsertInto(other).ok());
  Database database(OptionsFor({first_.address(), second_.address()}), test_database_.ids(), absl::Now);
  ASSERT_TRUE(InsertInto(database).ok());
  EXPECT_EQ(Record(), absl::StrCat("1|", on_second_, "\n"));
}

TEST_F(HostsTest, AServerFollowsTheOthersToAnotherHost) {
  Database database(OptionsFor({first_.address(), second_.address()}), test_database_.ids(), absl::Now);
  ASSERT_TRUE(InsertInto(database).ok());
  Database other(OptionsFor({second_.address()}), test_database_.ids(), absl::Now);
  ASSERT_TRUE(InsertInto(other).ok());
  EXPECT_EQ(Record(), absl::StrCat("2|", on_second_, "\n"));
  EXPECT_TRUE(database.Check().ok());
  EXPECT_EQ(database.figures().fail_overs, 1);
  EXPECT_EQ(database.figures().idle_connections, 0) << "none to the host that it has left";
  first_.Hang();
  EXPECT_TRUE(InsertInto(database).ok());
  first_.GoOn();
}

TEST_F(HostsTest, ATransactionOnAHostThatHasBeenLeftIsNotCommittedThere) {
  Database database(OptionsFor({first_.address(), second_.address()}), test_database_.ids(), absl::Now);
  Database other(OptionsFor({second_.address()}), test_database_.ids(), absl::Now);
  ASSERT_TRUE(InsertInto(database).ok());
  int runs = 0;
  const absl::Status status = database
                                  .ReadWrite(NewCall(),
                                             [&](Transaction& tx) {
                                               auto inserted = Insert(tx);
                                               if (++runs == 1) {
                                                 EXPECT_TRUE(other.Check().ok());  // Takes over.
                                                 EXPECT_TRUE(database.Check().ok());
                                               }
                                               return inserted;
                                             })
                                  .status();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Count(), "2\n");
}

// As a former primary has it that comes back, or a copy of the day before.
TEST_F(HostsTest, AHostThatHasLostChangesIsNotUsed) {
  Database database(OptionsFor({first_.address()}), test_database_.ids(), absl::Now);
  ASSERT_TRUE(InsertInto(database).ok());
  test_database_.Sql("UPDATE writer SET epoch = 7");
  ASSERT_TRUE(database.Check().ok());
  test_database_.Sql("UPDATE writer SET epoch = 6");
  EXPECT_EQ(ReasonOf(database.Check()), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
  EXPECT_EQ(ReasonOf(InsertInto(database)), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
  EXPECT_EQ(Count(), "1\n");
  test_database_.Sql("UPDATE writer SET epoch = 7");
  EXPECT_TRUE(database.Check().ok());
  EXPECT_TRUE(InsertInto(database).ok());
}

TEST_F(HostsTest, WhyAHostIsNotUsedIsLoggedOnce) {
  Database database(OptionsFor({first_.address()}), test_database_.ids(), absl::Now);
  ASSERT_TRUE(InsertInto(database).ok());
  test_database_.Sql("UPDATE writer SET epoch = 7");
  ASSERT_TRUE(database.Check().ok());
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  test_database_.Sql("UPDATE writer SET epoch = 6");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(database.Check().ok());
  spdlog::set_default_logger(before);
  EXPECT_THAT(absl::StrSplit(log.str(), '\n', absl::SkipEmpty()),
              ElementsAre(HasSubstr(" lacks changes: its epoch is 6, and 7 has been seen")));
}

// Between two looks at the host: it is seen when a call connects.
TEST_F(HostsTest, AConnectionToAHostThatHasLostChangesIsRefused) {
  Database database(OptionsFor({first_.address()}), test_database_.ids(), absl::Now);
  ASSERT_TRUE(InsertInto(database).ok());
  EXPECT_EQ(Record(), absl::StrCat("1|", on_first_, "\n"));
  first_.Cut();
  test_database_.Sql("DELETE FROM writer");
  EXPECT_EQ(ReasonOf(InsertInto(database)), v1::ERROR_REASON_DATABASE_UNAVAILABLE);
  EXPECT_EQ(Count(), "1\n");
}

}  // namespace
}  // namespace agreements::storage
