#include "client/cli/input/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/commands/completion.h"
#include "tests/cli/fixture.h"

namespace agreements::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Arguments Parsed(const std::vector<std::string>& words) {
  const auto arguments = ParseArguments(TheCommands(), words);
  EXPECT_TRUE(arguments.ok()) << arguments.status();
  return arguments.value_or(Arguments());
}

std::string ErrorOf(const std::vector<std::string>& words) {
  return std::string(ParseArguments(TheCommands(), words).status().message());
}

// "company-id=cmp-1, agreement-id=agr-1"
std::string FieldsOf(const std::vector<std::string>& words) {
  std::vector<std::string> fields;
  for (const auto& [flag, value] : Parsed(words).fields) fields.push_back(absl::StrCat(flag.names.front(), "=", value));
  return absl::StrJoin(fields, ", ");
}

TEST(ArgumentsTest, IdsAndFlagsAreFields) {
  EXPECT_EQ(FieldsOf({"companies", "move", "cmp-1", "--to", "agr-1"}), "company-id=cmp-1, agreement-id=agr-1");
  EXPECT_EQ(FieldsOf({"company", "move", "cmp-1", "agr-1"}), "company-id=cmp-1, agreement-id=agr-1");
  EXPECT_EQ(FieldsOf({"companies", "move", "--company=cmp-1", "agr-1"}), "agreement-id=agr-1, company-id=cmp-1");
  EXPECT_EQ(FieldsOf({"accesses", "grant", "cmp-1", "user-1", "accounting", "payroll"}),
            "company-id=cmp-1, user-id=user-1, product-ids=accounting, product-ids=payroll");
  EXPECT_EQ(FieldsOf({"call", "RunBilling", "--until", "2026-11-01", "--include-arrears"}),
            "until-day=2026-11-01, include-arrears=true");
  EXPECT_EQ(FieldsOf({"agreements", "list", "--show-deleted=false"}), "show-deleted=false");
  EXPECT_EQ(FieldsOf({"agreements", "update", "--customer-number=", "--", "agr-1"}),
            "agreement-id=agr-1, customer-number=");
}

TEST(ArgumentsTest, CommonFlagsStandAnywhere) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"--output", "json", "agreements", "list"},
                                                                 {"agreements", "--output=json", "list"},
                                                                 {"agreements", "list", "--output", "json"}}) {
    EXPECT_EQ(Parsed(words).Get("output"), "json") << absl::StrJoin(words, " ");
  }
  EXPECT_TRUE(Parsed({"agreements", "list", "-h"}).Has("help"));
  EXPECT_FALSE(Parsed({"agreements", "list", "--dry-run=false"}).Has("dry-run"));
}

TEST(ArgumentsTest, AFieldGoesBeforeACommonFlag) {
  const Arguments arguments = Parsed({"--actor", "user-1", "changes", "list", "--actor", "user-2"});
  EXPECT_EQ(arguments.Get("actor"), "user-1");
  ASSERT_EQ(arguments.fields.size(), 1U);
  EXPECT_EQ(arguments.fields[0].second, "user-2");
}

TEST(ArgumentsTest, WhatIsWrongIsNamed) {
  EXPECT_EQ(ErrorOf({"agreements", "list", "--show-deletd"}),
            "agreements list has no flag --show-deletd. Did you mean --show-deleted?");
  EXPECT_EQ(ErrorOf({"agreements", "list", "--order"}), "--order needs a value.");
  EXPECT_EQ(ErrorOf({"agreements", "create", "--name", "--dry-run"}),
            "--name needs a value. If it is --dry-run, write --name=--dry-run");
  EXPECT_EQ(ErrorOf({"agreements", "list", "agr-1"}),
            "'agr-1' is one word too many: agreements list takes flags only.");
  EXPECT_EQ(ErrorOf({"agreements", "show", "agr-1", "agr-2"}),
            "'agr-2' is one word too many: agreements show takes 1 id.");
  EXPECT_EQ(ErrorOf({"agreements", "list", "--yes=no"}), "--yes: 'no' is neither true nor false.");
  EXPECT_THAT(ErrorOf({"--until", "2026-11-01", "billing", "run"}), HasSubstr("Flags of a command come after it."));
  EXPECT_THAT(ErrorOf({"agreements", "list", "-x"}), HasSubstr("'-x': flags begin with two dashes"));
  EXPECT_THAT(ErrorOf({"contexts", "lst"}), HasSubstr("Did you mean list?"));
  EXPECT_THAT(ErrorOf({"contexts"}), HasSubstr("There is: list, show, use, set, delete."));
}

TEST(CompletionTest, KnowsResourcesVerbsFlagsAndValues) {
  const auto complete = [](const std::vector<std::string>& words) {
    return Completions(TheCommands(), words, {"local", "prod"});
  };
  EXPECT_THAT(complete({"compan"}), ElementsAre("companies", "company-drafts"));
  EXPECT_THAT(complete({"companies", "mo"}), ElementsAre("move", "move-to-new-agreement"));
  EXPECT_THAT(complete({"--output", "json", "companies", "mo"}), ElementsAre("move", "move-to-new-agreement"));
  EXPECT_THAT(complete({"companies", "move", "--rev"}), ElementsAre("--revision"));
  EXPECT_THAT(complete({"agreements", "list", "--order", ""}), ElementsAre("display-name", "newest-first"));
  EXPECT_THAT(complete({"agreements", "list", "--display-name-prefix", ""}), IsEmpty());
  EXPECT_THAT(complete({"agreements", "list", "--show-deleted", "--ord"}), ElementsAre("--order"));
  EXPECT_THAT(complete({"--output", ""}), ElementsAre("csv", "json", "table"));
  EXPECT_THAT(complete({"--context", "l"}), ElementsAre("local"));
  EXPECT_THAT(complete({"contexts", "use", ""}), ElementsAre("local", "prod"));
  EXPECT_THAT(complete({"call", "MoveC"}), ElementsAre("MoveCompany", "MoveCompanyToNewAgreement"));
  EXPECT_THAT(complete({"order-basis", "ex"}), ElementsAre("explain", "export"));
  EXPECT_THAT(complete({"order-basis", "export", "--fo"}), ElementsAre("--format"));
  EXPECT_THAT(complete({"order-basis", "export", "--format", ""}), ElementsAre("poweroffice", "tripletex", "unimicro"));
  EXPECT_THAT(complete({"help", "billing", ""}), ElementsAre("run"));
  EXPECT_THAT(complete({"completion", ""}), ElementsAre("bash", "zsh"));
}

TEST(CompletionTest, KnowsEveryCommandAndEveryFieldsFlag) {
  for (const Command& command : TheCommands()) {
    EXPECT_THAT(Completions(TheCommands(), {command.resource, ""}, {}), Contains(command.verb));
    const auto flags = Completions(TheCommands(), {command.resource, command.verb, "--"}, {});
    for (const FieldFlag& flag : command.flags) EXPECT_THAT(flags, Contains("--" + flag.names.front()));
  }
}

TEST(CompletionTest, ThereIsAScriptForBashAndForZsh) {
  EXPECT_THAT(CompletionScript("bash").value(), HasSubstr("complete -F _agreementsctl agreementsctl"));
  EXPECT_THAT(CompletionScript("zsh").value(), HasSubstr("#compdef agreementsctl"));
  EXPECT_THAT(std::string(CompletionScript("fish").status().message()), HasSubstr("neither bash nor zsh"));
}

}  // namespace
}  // namespace agreements::cli
