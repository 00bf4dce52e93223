// What the server says and does before it serves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/server_process.h"

namespace agreements::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> operator+(std::vector<std::string> flags, const std::string& flag) {
  flags.push_back(flag);
  return flags;
}

// Has exit status 1, and then its last line says why.
void ExpectRefusal(ServerProcess& server, const std::string& why) {
  const std::string address = server.Address();
  EXPECT_EQ(address, "");
  if (!address.empty()) server.Signal(SIGKILL);  // It would serve for ever.
  EXPECT_EQ(server.Wait(), EXIT_FAILURE);
  EXPECT_THAT(server.Output(), HasSubstr(why));
}

class StartupTest : public ::testing::Test {
 protected:
  StartupTest() {
    std::string name = ::testing::TempDir() + "/agreements-startup.XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    directory_ = name;
  }
  ~StartupTest() override { std::filesystem::remove_all(directory_); }

  // A file with this text; its path.
  std::string File(const std::string& name, const std::string& text) {
    const std::filesystem::path path = directory_ / name;
    std::ofstream(path) << text;
    return path;
  }

  void ExpectServes(ServerProcess& server) {
    EXPECT_THAT(server.Address(), StartsWith("127.0.0.1:")) << server.Output();
    server.Signal(SIGTERM);
    EXPECT_EQ(server.Wait(), EXIT_SUCCESS) << server.Output();
  }

  std::filesystem::path directory_;
  TestDatabase database_;
  const std::vector<std::string> flags_ = DatabaseFlags(database_);
};

TEST_F(StartupTest, ServesOnAFreePortAndEndsWhenTold) {
  ServerProcess server(flags_);
  ExpectServes(server);
  EXPECT_THAT(server.Address(), Not(EndsWith(":0")));
  EXPECT_THAT(server.Output(), HasSubstr("SIGTERM: draining"));
}

TEST_F(StartupTest, ASchemaThatIsNotMigratedIsRefused) {
  const TestDatabase empty(nullptr, /*migrate=*/false);
  ServerProcess server(DatabaseFlags(empty));
  ExpectRefusal(server, "run agreements-admin migrate");
}

TEST_F(StartupTest, ASchemaOfAnOlderVersionIsRefused) {
  database_.Sql("DELETE FROM schema_migrations WHERE version = 1");
  ServerProcess server(flags_);
  ExpectRefusal(server, "run agreements-admin migrate");
}

TEST_F(StartupTest, ASchemaOfANewerVersionIsServed) {
  database_.Sql(
      "INSERT INTO schema_migrations (version, name, checksum, apply_time)"
      " VALUES (9999, '9999_of_the_future', '', '2030-01-01')");
  ServerProcess server(flags_);
  ExpectServes(server);
}

TEST_F(StartupTest, NamesThatAnOlderServerWroteGetTheirKeys) {
  database_.Sql(
      "INSERT INTO agreements (account_id, agreement_id, display_name, customer_number, company_count, draft_count, "
      "settled_until, revision, create_time, update_time) "
      "VALUES ('acct-1', 'agr-1', 'Fjord', '', 0, 0, '2026-11-01', 1, '2026-11-01', '2026-11-01')");
  ServerProcess server(flags_);
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  std::string folded;
  while (folded != "fjord\n" && absl::Now() < deadline) {
    folded = database_.Sql("SELECT CAST(folded_name AS CHAR CHARACTER SET utf8mb4) FROM agreements");
  }
  EXPECT_EQ(folded, "fjord\n");
  ExpectServes(server);
  EXPECT_THAT(server.Output(), HasSubstr("the names of 1 agreements and 0 companies"));
}

TEST_F(StartupTest, AnotherTimeZoneThanTheSchemasIsRefused) {
  ServerProcess server(flags_ + "--time_zone=UTC");
  ExpectRefusal(server, R"(time zone "Europe/Oslo", not "UTC")");
}

TEST_F(StartupTest, AnotherCurrencyThanTheSchemasIsRefused) {
  ServerProcess server(flags_ + "--currency=EUR");
  ExpectRefusal(server, R"(currency "NOK", not "EUR")");
}

TEST_F(StartupTest, ASchemaWithoutACurrencyIsRefused) {
  database_.Sql("DELETE FROM settings WHERE name = 'currency'");
  ServerProcess server(flags_);
  ExpectRefusal(server, "no currency recorded: run agreements-admin migrate");
}

TEST_F(StartupTest, ACurrencyThatIsNotThreeCapitalLettersIsRefused) {
  for (const char* currency : {"", "kr", "nok", "NOKK", "NØK"}) {
    ServerProcess server(flags_ + absl::StrCat("--currency=", currency));
    ExpectRefusal(server, "--currency must be three capital letters");
  }
}

TEST_F(StartupTest, ATimeZoneThatDoesNotExistIsRefused) {
  ServerProcess server(flags_ + "--time_zone=Europe/Olso");
  ExpectRefusal(server, "--time_zone: this machine does not know Europe/Olso");
}

TEST_F(StartupTest, APortThatIsTakenIsRefused) {
  ServerProcess first(flags_);
  const std::string address = first.Address();
  ServerProcess second(flags_ + absl::StrCat("--listen=", address));
  ExpectRefusal(second, absl::StrCat("cannot listen on ", address));
  ExpectServes(first);
}

TEST_F(StartupTest, ADatabaseThatCannotBeReachedIsRefused) {
  ServerProcess no_socket({absl::StrCat("--db_socket=", (directory_ / "nothing").native())});
  ExpectRefusal(no_socket, absl::StrCat("cannot connect to unix://", (directory_ / "nothing").native()));
  ServerProcess no_port({"--db_host=127.0.0.1:1"});
  ExpectRefusal(no_port, "cannot connect to tcp://127.0.0.1:1");
  ServerProcess no_schema(flags_ + "--db_name=nothing");
  ExpectRefusal(no_schema, "Unknown database 'nothing'");
}

TEST_F(StartupTest, AnUnknownFlagIsRefused) {
  ServerProcess server(flags_ + "--worker=4");
  ExpectRefusal(server, "Unknown command line flag 'worker'");
}

TEST_F(StartupTest, ANumberOfConnectionsOrATimeOutOfItsRangeIsRefused) {
  ServerProcess no_number(flags_ + "--max_connections=-1");
  ExpectRefusal(no_number, "--max_connections must be at least 0");
  for (const char* idle : {"999ms", "25h", "inf"}) {
    ServerProcess no_time(flags_ + absl::StrCat("--max_connection_idle=", idle));
    ExpectRefusal(no_time, "--max_connection_idle must be 1s to 24h");
  }
}

TEST_F(StartupTest, NoWorkersNoQueueAndAShortRetentionAreRefused) {
  for (const char* number : {"0", "-1"}) {
    ServerProcess no_workers(flags_ + absl::StrCat("--workers=", number));
    ExpectRefusal(no_workers, "--workers must be at least 1");
    ServerProcess no_queue(flags_ + absl::StrCat("--max_queue=", number));
    ExpectRefusal(no_queue, "--max_queue must be at least 1");
    ServerProcess no_target(flags_ + absl::StrCat("--queue_target=", number, "s"));
    ExpectRefusal(no_target, "--queue_target must be more than 0");
    ServerProcess no_interval(flags_ + absl::StrCat("--queue_interval=", number, "s"));
    ExpectRefusal(no_interval, "--queue_interval must be 1ms to 1m");
  }
  ServerProcess short_retention(flags_ + "--request_retention=71h59m");
  ExpectRefusal(short_retention, "--request_retention must be at least 72h");
  ServerProcess short_trail(flags_ + "--audit_retention=95h");
  ExpectRefusal(short_trail, "--audit_retention must not be less than --request_retention");
}

TEST_F(StartupTest, MoreConnectionsThanThereAreFileDescriptorsForAreRefused) {
  ServerProcess asked_for(flags_ + "--max_connections=929", {}, "1024:1024");
  ExpectRefusal(
      asked_for,
      "--max_connections=929 with --workers=16 needs 1025 file descriptors, and the limit is 1024 (ulimit -Hn)");
  ServerProcess left(flags_, {}, "96:96");
  ExpectRefusal(left, "needs 97 file descriptors, and the limit is 96");
}

TEST_F(StartupTest, TheLimitOfFileDescriptorsIsRaisedAndWarnedOfIfItIsLow) {
  ServerProcess low(flags_, {}, "128:1024");
  ExpectServes(low);
  EXPECT_THAT(low.Output(), HasSubstr("[warning] the limit of file descriptors is low: 1024 (ulimit -Hn). At most 928 "
                                      "connections are taken."));
  ServerProcess high(flags_, {}, "128:4096");
  ExpectServes(high);
  EXPECT_THAT(high.Output(), Not(HasSubstr("file descriptors")));
}

TEST_F(StartupTest, AnUnknownVariableIsRefused) {
  ServerProcess server(flags_, {"AGREEMENTS_FOO=1"});
  ExpectRefusal(server, "unknown setting AGREEMENTS_FOO");
}

TEST_F(StartupTest, AnUnknownFlagInAFlagFileIsRefused) {
  ServerProcess server(flags_ + absl::StrCat("--flagfile=", File("flags", "--worker=4\n")));
  ExpectRefusal(server, "Unknown command line flag 'worker'");
}

TEST_F(StartupTest, AValueThatDoesNotParseIsRefused) {
  ServerProcess by_flag(flags_ + "--workers=many");
  ExpectRefusal(by_flag, "Illegal value 'many' specified for flag 'workers'");
  ServerProcess by_variable(flags_, {"AGREEMENTS_WORKERS=many"});
  ExpectRefusal(by_variable, "AGREEMENTS_WORKERS: Illegal value 'many'");
}

TEST_F(StartupTest, APasswordFileThatCannotBeReadIsRefused) {
  ServerProcess server(flags_ + "--db_password_file=/nothing");
  ExpectRefusal(server, "--db_password_file: /nothing: cannot be read");
}

TEST_F(StartupTest, SettingsComeFromTheEnvironment) {
  const storage::DatabaseOptions options = database_.options();
  ServerProcess server({}, {"AGREEMENTS_DB_SOCKET=" + options.socket, "AGREEMENTS_DB_USER=" + options.user,
                            "AGREEMENTS_DB_NAME=" + options.schema});
  ExpectServes(server);
}

TEST_F(StartupTest, SettingsComeFromAFlagFile) {
  std::string text = "# A comment\n\n";
  for (const std::string& flag : flags_) absl::StrAppend(&text, flag, "\n");
  ServerProcess server({absl::StrCat("--flagfile=", File("flags", text))});
  ExpectServes(server);
}

TEST_F(StartupTest, TheCommandLineOverridesTheEnvironment) {
  ServerProcess server({"--print_config", "--max_queue=7"}, {"AGREEMENTS_MAX_QUEUE=8", "AGREEMENTS_WORKERS=9"});
  EXPECT_EQ(server.Wait(), EXIT_SUCCESS);
  EXPECT_THAT(server.Output(), HasSubstr("--max_queue=7\n"));
  EXPECT_THAT(server.Output(), HasSubstr("--workers=9\n"));
}

TEST_F(StartupTest, PrintsEverySettingAndNoSecret) {
  const std::string password_file = File("password", "hunter2\n");
  ServerProcess server({"--print_config", absl::StrCat("--db_password_file=", password_file)});
  EXPECT_EQ(server.Wait(), EXIT_SUCCESS);
  EXPECT_THAT(server.Output(), Not(HasSubstr("hunter2")));
  EXPECT_EQ(server.Output(), absl::StrCat("--audit_retention=inf\n"
                                          "--channelz=false\n"
                                          "--clock_file=\n"
                                          "--currency=NOK\n"
                                          "--db_host=127.0.0.1\n"
                                          "--db_name=agreements\n"
                                          "--db_password_file=",
                                          password_file,
                                          "\n"
                                          "--db_socket=\n"
                                          "--db_tls_ca_file=\n"
                                          "--db_unreachable_after=8s\n"
                                          "--db_user=agreements\n"
                                          "--drain_delay=0\n"
                                          "--drain_time=500ms\n"
                                          "--http_listen=127.0.0.1:0\n"
                                          "--insecure=true\n"
                                          "--listen=127.0.0.1:0\n"
                                          "--log_format=text\n"
                                          "--log_successes=10\n"
                                          "--max_buffers=268435456\n"
                                          "--max_concurrent_streams=256\n"
                                          "--max_connection_age=30m\n"
                                          "--max_connection_age_grace=10m\n"
                                          "--max_connection_idle=15m\n"
                                          "--max_connections=0\n"
                                          "--max_queue=1024\n"
                                          "--policy_file=\n"
                                          "--queue_interval=100ms\n"
                                          "--queue_target=5ms\n"
                                          "--reflection=true\n"
                                          "--request_retention=96h\n"
                                          "--time_zone=Europe/Oslo\n"
                                          "--tls_cert_file=\n"
                                          "--tls_client_ca_file=\n"
                                          "--tls_key_file=\n"
                                          "--workers=16\n"));
}

TEST_F(StartupTest, HelpListsTheSettings) {
  ServerProcess server({"--help"});
  server.Wait();
  EXPECT_THAT(server.Output(), HasSubstr("Serves customer agreements over gRPC."));
  EXPECT_THAT(server.Output(), HasSubstr("--clock_file (For demonstrations only"));
  EXPECT_THAT(server.Output(), HasSubstr("--workers (Calls that run at once"));
}

TEST_F(StartupTest, WhatItPrintsIsAFlagFile) {
  ServerProcess printing(flags_ + "--print_config" + "--workers=3");
  EXPECT_EQ(printing.Wait(), EXIT_SUCCESS);
  const std::string flag_file = absl::StrCat("--flagfile=", File("flags", printing.Output()));
  ServerProcess printing_again({flag_file, "--print_config"});
  EXPECT_EQ(printing_again.Wait(), EXIT_SUCCESS);
  EXPECT_EQ(printing_again.Output(), printing.Output());
  ServerProcess server({flag_file});
  ExpectServes(server);
}

TEST_F(StartupTest, SettingsOfLogLimitsAndHttpAreChecked) {
  const std::pair<const char*, const char*> cases[] = {
      {"--log_format=xml", "--log_format must be auto, text or json, not xml"},
      {"--log_successes=-1", "--log_successes must be at least 0"},
      {"--max_connection_age=9s", "--max_connection_age must be at least 10s"},
      {"--max_connection_age_grace=-1s", "--max_connection_age_grace must be at least 0s"},
      {"--max_concurrent_streams=0", "--max_concurrent_streams must be at least 1"},
      {"--max_buffers=16777215", "--max_buffers must be at least 16777216"},
      {"--drain_delay=-1s", "--drain_delay must be 0s to 5m"},
      {"--drain_delay=301s", "--drain_delay must be 0s to 5m"},
      {"--http_listen=localhost", "localhost"},
  };
  for (const auto& [flag, why] : cases) {
    ServerProcess server(flags_ + flag);
    ExpectRefusal(server, why);
  }
}

TEST_F(StartupTest, AClockFileIsWarnedOf) {
  ServerProcess server(flags_ + absl::StrCat("--clock_file=", File("clock", "2026-12-01T04:00:00Z")));
  ExpectServes(server);
  EXPECT_THAT(server.Output(), HasSubstr("[warning] --clock_file"));
}

}  // namespace
}  // namespace agreements::testing
