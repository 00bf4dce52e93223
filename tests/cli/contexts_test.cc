#include "client/cli/input/contexts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/cli/fixture.h"

namespace agreements::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kTwo[] = R"(
# A comment.
use = local

[local]
endpoint = 127.0.0.1:50051
insecure = true
account = acct-1

[prod]
endpoint=agreements:50051
)";

std::string ErrorOf(const std::string& text) { return std::string(ParseContexts(text, "file").status().message()); }

TEST(ContextsTest, AreReadAndWritten) {
  const Contexts contexts = ParseContexts(kTwo, "file").value();
  EXPECT_EQ(contexts.use, "local");
  EXPECT_THAT(contexts.by_name.at("local"), UnorderedElementsAre(Pair("endpoint", "127.0.0.1:50051"),
                                                                 Pair("insecure", "true"), Pair("account", "acct-1")));
  const Contexts again = ParseContexts(FormatContexts(contexts), "file").value();
  EXPECT_EQ(again.use, contexts.use);
  EXPECT_EQ(again.by_name, contexts.by_name);
}

TEST(ContextsTest, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(ErrorOf("[a]\n\nendpint = x\n"), "file:3: there is no setting 'endpint'. Did you mean endpoint?");
  EXPECT_EQ(ErrorOf("[a\n"), "file:1: '[a' is no [name of letters, digits, '.', '_' and '-'].");
  EXPECT_EQ(ErrorOf("[a]\n[a]\n"), "file:2: [a] is there twice.");
  EXPECT_EQ(ErrorOf("[a]\nendpoint\n"), "file:2: 'endpoint' is no name = value.");
  EXPECT_EQ(ErrorOf("endpoint = x\n"),
            "file:1: 'endpoint' is in no context: before the first [name], there is only use.");
  EXPECT_EQ(ErrorOf("[a]\ninsecure = yes\n"), "file:2: insecure is true or false, not 'yes'.");
  EXPECT_EQ(ErrorOf("[a]\nactor = x\nactor = y\n"), "file:3: actor is there twice.");
  EXPECT_EQ(ErrorOf("use = prd\n[prod]\n"), "file: has no context 'prd'. Did you mean prod?");
}

class ContextsFileTest : public ::testing::Test {
 protected:
  ContextsFileTest() {
    std::string name = ::testing::TempDir() + "/agreements-contexts.XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    directory_ = name;
    path_ = directory_ / "new" / "config";
    setenv("AGREEMENTSCTL_CONFIG", path_.c_str(), 1);
  }
  ~ContextsFileTest() override {
    for (const char* name : {"AGREEMENTSCTL_CONFIG", "AGREEMENTSCTL_CONTEXT", "AGREEMENTSCTL_ENDPOINT"}) unsetenv(name);
    std::filesystem::remove_all(directory_);
  }

  static absl::StatusOr<Settings> Of(std::vector<std::string> flags) {
    flags.insert(flags.end(), {"agreements", "list"});
    return SettingsOf(ParseArguments(TheCommands(), flags).value());
  }

  std::filesystem::path directory_;
  std::filesystem::path path_;
};

TEST_F(ContextsFileTest, AreForTheUserAlone) {
  EXPECT_TRUE(ReadContexts(path_)->by_name.empty());
  ASSERT_TRUE(WriteContexts(ParseContexts(kTwo, "file").value(), path_).ok());
  struct stat written = {};
  ASSERT_EQ(stat(path_.c_str(), &written), 0);
  EXPECT_EQ(written.st_mode & 0777U, 0600U);
  EXPECT_EQ(ReadContexts(path_)->by_name.size(), 2U);
  // Nothing is left beside it.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path_.parent_path()), {}), 1);
}

TEST_F(ContextsFileTest, AFileThatCannotBeReadIsNamed) {
  std::filesystem::create_directories(path_);  // A folder in its place.
  EXPECT_THAT(std::string(ReadContexts(path_).status().message()), HasSubstr(path_.string() + ": cannot be read"));
}

TEST_F(ContextsFileTest, FlagsGoBeforeVariablesBeforeTheContext) {
  ASSERT_TRUE(WriteContexts(ParseContexts(kTwo, "file").value(), path_).ok());
  EXPECT_EQ(Of({})->at("endpoint"), "127.0.0.1:50051");
  EXPECT_EQ(Of({"--context", "prod"})->at("endpoint"), "agreements:50051");
  setenv("AGREEMENTSCTL_CONTEXT", "prod", 1);
  EXPECT_EQ(Of({})->at("endpoint"), "agreements:50051");
  setenv("AGREEMENTSCTL_ENDPOINT", "other:1", 1);
  EXPECT_EQ(Of({})->at("endpoint"), "other:1");
  EXPECT_EQ(Of({"--endpoint", "last:1"})->at("endpoint"), "last:1");
  EXPECT_THAT(std::string(Of({"--context", "prd"}).status().message()), HasSubstr("Did you mean prod?"));
}

TEST_F(ContextsFileTest, WithoutAnEndpointItIsSaidHowToGiveOne) {
  const auto options = OptionsOf({}, {});
  EXPECT_THAT(std::string(options.status().message()), HasSubstr("Give --endpoint"));
}

TEST_F(ContextsFileTest, TheTimeOutIsForAllCalls) {
  Arguments arguments;
  arguments.options["timeout"] = {"2m"};
  const auto options = OptionsOf({{"endpoint", "a:1"}}, arguments);
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->timeouts.call, absl::Minutes(2));
  EXPECT_EQ(options->timeouts.long_call, absl::Minutes(2));
  EXPECT_FALSE(options->wait_for_ready);
  arguments.options["timeout"] = {"2"};
  EXPECT_THAT(std::string(OptionsOf({{"endpoint", "a:1"}}, arguments).status().message()), HasSubstr("--timeout: '2'"));
}

}  // namespace
}  // namespace agreements::cli
