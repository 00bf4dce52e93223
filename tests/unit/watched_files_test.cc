#include "proto/files/watched_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

namespace agreements {
namespace {

// Two files that belong together: their contents must be the same.
class WatchedFilesTest : public ::testing::Test {
 protected:
  WatchedFilesTest() {
    std::string name = std::filesystem::temp_directory_path() / "agreements-watched.XXXXXX";
    directory_ = mkdtemp(name.data());
    Write("a", "1");
    Write("b", "1");
    files_ = std::make_unique<WatchedFiles>(
        std::vector<std::string>{path("a"), path("b")},
        [this](const std::vector<std::string>& contents) { return Take(contents); },
        [this](const absl::Status& status) { told_.emplace_back(status.message()); });
    EXPECT_TRUE(files_->Load().ok());
  }
  ~WatchedFilesTest() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  void Write(const std::string& name, const std::string& content) const { std::ofstream(path(name)) << content; }
  void Look(int times) const {
    for (int i = 0; i < times; ++i) files_->Look();
  }

  absl::Status Take(const std::vector<std::string>& contents) {
    if (contents[0] != contents[1]) return absl::InvalidArgumentError("they differ");
    taken_ = contents[0];
    return absl::OkStatus();
  }

  std::string directory_;
  std::string taken_;
  std::vector<std::string> told_;
  std::unique_ptr<WatchedFiles> files_;
};

TEST_F(WatchedFilesTest, FilesThatChangeOneAfterTheOtherAreTakenTogether) {
  EXPECT_EQ(taken_, "1");
  Write("a", "2");
  Look(1);
  Write("b", "2");
  Look(1);
  EXPECT_EQ(taken_, "1");
  Look(1);
  EXPECT_EQ(taken_, "2");
  EXPECT_EQ(files_->refused(), 0);
  EXPECT_EQ(told_, std::vector<std::string>{""});
}

TEST_F(WatchedFilesTest, ARefusalIsCountedOnceAndIsOverWhenTheFilesAreMended) {
  EXPECT_FALSE(files_->is_refused());
  Write("a", "2");
  Look(5);
  EXPECT_EQ(files_->refused(), 1);
  EXPECT_TRUE(files_->is_refused());
  std::filesystem::remove(path("b"));
  Look(5);
  EXPECT_EQ(files_->refused(), 2);
  EXPECT_EQ(taken_, "1");
  Write("b", "1");
  Write("a", "1");
  Look(5);
  EXPECT_EQ(files_->refused(), 2);
  EXPECT_FALSE(files_->is_refused()) << "they are what they were";
  Write("a", "2");
  Look(5);
  EXPECT_EQ(files_->refused(), 3);
  EXPECT_TRUE(files_->is_refused());
  Write("b", "2");
  Look(2);
  EXPECT_EQ(taken_, "2");
  EXPECT_FALSE(files_->is_refused());
  EXPECT_EQ(told_, (std::vector<std::string>{"they differ", path("b") + ": cannot be read: No such file or directory",
                                             "they differ", ""}));
}

TEST_F(WatchedFilesTest, AFileThatIsTooLargeIsRefused) {
  Write("a", std::string((1 << 20) + 1, 'a'));
  Look(2);
  EXPECT_EQ(files_->refused(), 1);
  EXPECT_EQ(ReadFile(path("a")).status().message(), path("a") + ": is larger than 1 MiB");
  EXPECT_EQ(ReadFile(path("nothing")).status().message(),
            path("nothing") + ": cannot be read: No such file or directory");
  EXPECT_FALSE(ReadFile(directory_).ok());
}

}  // namespace
}  // namespace agreements
