#include "server/ops/clock_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "spdlog/sinks/ostream_sink.h"
#include "spdlog/spdlog.h"

namespace agreements {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A clock on a file of its own, and what it logs.
class ClockFileTest : public ::testing::Test {
 protected:
  ClockFileTest()
      : path_(std::filesystem::path(::testing::TempDir()) /
              (std::string("clock-") + ::testing::UnitTest::GetInstance()->current_test_info()->name() + "-" +
               std::to_string(getpid()))),
        before_(spdlog::default_logger()) {
    std::filesystem::remove_all(path_);
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_)));
  }
  ~ClockFileTest() override {
    spdlog::set_default_logger(before_);
    std::filesystem::remove_all(path_);
  }

  void Write(const std::string& content) const { std::ofstream(path_) << content; }

  std::string Now() const { return absl::FormatTime(absl::RFC3339_full, clock_(), absl::UTCTimeZone()); }

  const std::filesystem::path path_;
  const std::shared_ptr<spdlog::logger> before_;
  std::ostringstream log_;
  const std::string real_ = "1970-01-01T00:00:07+00:00";
  const std::function<absl::Time()> clock_ = ClockFromFile(path_, [] { return absl::FromUnixSeconds(7); });
};

TEST_F(ClockFileTest, TellsWhatStandsInTheFileWheneverItIsAsked) {
  Write("2026-12-01T04:00:00.123456+01:00\n");
  EXPECT_EQ(Now(), "2026-12-01T03:00:00.123456+00:00");
  Write("2027-01-01T00:00:00Z");
  EXPECT_EQ(Now(), "2027-01-01T00:00:00+00:00");
  EXPECT_THAT(log_.str(), IsEmpty());
}

TEST_F(ClockFileTest, TellsTheRealTimeWhileTheFileIsMissingOrEmpty) {
  EXPECT_EQ(Now(), real_);
  Write("2027-01-01T00:00:00Z");
  EXPECT_NE(Now(), real_);
  Write(" \n");
  EXPECT_EQ(Now(), real_);
  std::filesystem::remove(path_);
  EXPECT_EQ(Now(), real_);
  EXPECT_THAT(log_.str(), IsEmpty());
}

TEST_F(ClockFileTest, LogsOnceAndTellsTheRealTimeIfThereIsSomethingElse) {
  for (const char* bad :
       {"tomorrow", "2026-12-01", "2026-12-01T04:00:00", "2026-02-30T00:00:00Z", "1", "infinite-future"}) {
    log_.str("");
    Write(bad);
    const auto clock = ClockFromFile(path_, [] { return absl::FromUnixSeconds(7); });
    EXPECT_EQ(clock(), absl::FromUnixSeconds(7)) << bad;
    EXPECT_THAT(log_.str(), HasSubstr("--clock_file")) << bad;
    log_.str("");
    for (int i = 0; i < 100; ++i) clock();
    EXPECT_THAT(log_.str(), IsEmpty()) << bad;
  }
}

TEST_F(ClockFileTest, LogsAnErrorIfTheFileCannotBeRead) {
  std::filesystem::create_directory(path_);
  EXPECT_EQ(Now(), real_);
  EXPECT_THAT(log_.str(), HasSubstr("--clock_file"));
}

}  // namespace
}  // namespace agreements
