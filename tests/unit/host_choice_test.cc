// Which host of the database is used, by what a look at each has found.
#include "storage/connection/host_choice.h"

#include <gtest/gtest.h>

#include <vector>

namespace agreements::storage {
namespace {

HostSight Writable(const char* address, int64_t epoch, const char* writer) {
  HostSight sight;
  sight.address = address;
  sight.record = {.epoch = epoch, .host = writer};
  return sight;
}

HostSight Refused(const char* address) {
  HostSight sight;
  sight.address = address;
  sight.status = absl::UnavailableError("the server is read-only");
  return sight;
}

TEST(HostChoiceTest, TheFirstOneThatTakesWritesBeforeAnyIsRecorded) {
  EXPECT_EQ(ChooseHost(std::vector{Writable("a", 0, ""), Writable("b", 0, "")}, std::nullopt, 0), 0);
  EXPECT_EQ(ChooseHost(std::vector{Refused("a"), Writable("b", 0, "")}, std::nullopt, 0), 1);
}

TEST(HostChoiceTest, NoneWhenNoneIsFit) {
  EXPECT_EQ(ChooseHost({}, std::nullopt, 0), std::nullopt);
  EXPECT_EQ(ChooseHost(std::vector{Refused("a"), Refused("b")}, 0, 0), std::nullopt);
  EXPECT_EQ(ChooseHost(std::vector{Writable("a", 4, "a")}, 0, 5), std::nullopt);
}

TEST(HostChoiceTest, AllServersGoToTheOneThatIsRecorded) {
  const std::vector cluster = {Writable("a", 3, "b"), Writable("b", 3, "b"), Writable("c", 3, "b")};
  for (const std::optional<size_t> used :
       {std::optional<size_t>(), std::optional<size_t>(0), std::optional<size_t>(1)}) {
    EXPECT_EQ(ChooseHost(cluster, used, 3), 1);
  }
}

TEST(HostChoiceTest, AServerThatCannotReachTheRecordedOneKeepsItsOwn) {
  EXPECT_EQ(ChooseHost(std::vector{Writable("a", 3, "d"), Writable("b", 3, "d")}, 1, 3), 1);
  EXPECT_EQ(ChooseHost(std::vector{Writable("a", 3, "d"), Writable("b", 3, "d")}, std::nullopt, 3), 0);
}

// It names itself, and does not know of its successor.
TEST(HostChoiceTest, AFormerPrimaryThatComesBackIsNotUsed) {
  const std::vector split = {Writable("a", 3, "a"), Writable("b", 4, "b")};
  EXPECT_EQ(ChooseHost(split, std::nullopt, 4), 1);
  EXPECT_EQ(ChooseHost(split, 0, 4), 1);
  EXPECT_EQ(ChooseHost(std::vector{Writable("a", 3, "a"), Refused("b")}, 0, 4), std::nullopt);
}

}  // namespace
}  // namespace agreements::storage
