#include "client/cli/input/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "absl/strings/str_cat.h"
#include "client/cli/input/prepare.h"
#include "client/cli/output/rows.h"
#include "tests/cli/fixture.h"

namespace agreements::cli {
namespace {

using google::protobuf::Message;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

// The request that the words make, in protobuf's text format on one line, or the error.
std::string RequestOf(const std::vector<std::string>& words, const Settings& settings = {{"account", "acct-1"}}) {
  const auto arguments = ParseArguments(TheCommands(), words);
  if (!arguments.ok()) return std::string(arguments.status().message());
  const auto request = MakeRequest(TheApi(), *arguments, settings);
  return request.ok() ? (*request)->ShortDebugString() : std::string(request.status().message());
}

TEST(RequestTest, FieldsOfEveryKindAreSet) {
  EXPECT_EQ(RequestOf({"agreements", "list", "--order", "display-name", "--show-deleted", "--page-size", "7"}),
            R"(account_id: "acct-1" show_deleted: true page_size: 7 order: LIST_ORDER_DISPLAY_NAME)");
  EXPECT_EQ(RequestOf({"agreements", "list", "--order", "LIST_ORDER_DISPLAY_NAME"}),
            R"(account_id: "acct-1" order: LIST_ORDER_DISPLAY_NAME)");
  EXPECT_EQ(RequestOf({"agreements", "update", "agr-1", "--customer-number", "", "--revision", "9000000000",
                       "--request-id", "r"}),
            R"(account_id: "acct-1" agreement_id: "agr-1" customer_number: "" revision: 9000000000 request_id: "r")");
  EXPECT_EQ(RequestOf({"order-basis", "list", "--from-create-time", "1970-01-01T01:00:01+01:00"}),
            R"(account_id: "acct-1" from_create_time { seconds: 1 })");
  EXPECT_EQ(RequestOf({"agreements", "create", "--first-company-draft.display-name", "B", "--request-id", "r"}),
            R"(account_id: "acct-1" first_company_draft { display_name: "B" } request_id: "r")");
  EXPECT_EQ(RequestOf({"transactions", "cancel", "--transaction", R"({"company_id": "c"})", "--transaction",
                       R"({"company_id": "d"})"}),
            R"(account_id: "acct-1" transactions { company_id: "c" } transactions { company_id: "d" })");
}

TEST(RequestTest, ThePresenceOfAnOptionalFieldIsWhatIsGiven) {
  EXPECT_EQ(RequestOf({"companies", "update", "cmp-1", "--organization-number=", "--request-id=r"}),
            R"(account_id: "acct-1" company_id: "cmp-1" organization_number: "" request_id: "r")");
}

TEST(RequestTest, WhatCannotBeReadIsNamedWithItsFlag) {
  EXPECT_EQ(RequestOf({"agreements", "list", "--order", "display-nam"}),
            "--order: 'display-nam' is not one of newest-first, display-name. Did you mean display-name?");
  EXPECT_EQ(RequestOf({"agreements", "list", "--page-size", "3000000000"}),
            "--page-size: '3000000000' is no whole number of 32 bits, e.g. 12.");
  EXPECT_THAT(RequestOf({"changes", "list", "--from-create-time", "2026-11-01"}),
              HasSubstr("--from-create-time: '2026-11-01' is no time as 2026-12-01T00:00:00Z"));
  EXPECT_EQ(RequestOf({"agreements", "list", "--show-deleted=yes"}),
            "--show-deleted: 'yes' is neither true nor false.");
  EXPECT_THAT(RequestOf({"transactions", "cancel", "--transaction", R"({"compny": 1})"}),
              AllOf(HasSubstr("--transactions"), HasSubstr("compny: Cannot find field")));
  EXPECT_EQ(RequestOf({"agreements", "show", "--agreement-id", "a", "--agreement", "b"}),
            "--agreement-id is given twice.");
}

TEST(RequestTest, TextIsUtf8) {
  EXPECT_EQ(RequestOf({"agreements", "create", "--name", "\xc5l"}), "--display-name: is no UTF-8.");
  EXPECT_THAT(RequestOf({"agreements", "create", "--name", "Ål"}), HasSubstr("display_name: "));
}

TEST(RequestTest, TheAccountComesFromTheFlagBeforeTheSettings) {
  EXPECT_EQ(RequestOf({"agreements", "list", "--account", "acct-2"}), R"(account_id: "acct-2")");
  EXPECT_THAT(RequestOf({"agreements", "list"}, {}), HasSubstr("Give --account"));
}

TEST(RequestTest, EachChangeHasARequestIdOfItsOwn) {
  const std::string one = RequestOf({"agreements", "delete", "agr-1"});
  const std::string other = RequestOf({"agreements", "delete", "agr-1"});
  EXPECT_NE(one, other);
  const std::regex uuid(".*request_id: \"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\".*");
  EXPECT_TRUE(std::regex_match(one, uuid)) << one;
}

TEST(RequestTest, ADryRunOnlyValidates) {
  EXPECT_THAT(RequestOf({"billing", "run", "--dry-run"}), HasSubstr("validate_only: true"));
  EXPECT_EQ(RequestOf({"agreements", "list", "--dry-run"}), "--dry-run: agreements list has none. Nothing was sent.");
}

std::string Read(const std::string& method, const std::string& text) {
  const Command& command = CommandOf(method);
  const auto request = TheApi().New(command.method->input_type());
  const absl::Status status = ReadJson(TheApi(), command, text, "file", *request);
  return status.ok() ? request->ShortDebugString() : std::string(status.message());
}

TEST(RequestTest, JsonIsARequestOrItsItems) {
  const std::string two = R"(transactions { company_id: "c" } transactions { company_id: "d" })";
  EXPECT_EQ(Read("CancelTransactions", R"({"transactions": [{"company_id": "c"}, {"company_id": "d"}]})"), two);
  EXPECT_EQ(Read("CancelTransactions", R"([{"company_id": "c"}, {"company_id": "d"}])"), two);
  EXPECT_EQ(Read("CancelTransactions", "{\"company_id\": \"c\"}\n\n{\"company_id\": \"d\"}\n"), two);
  EXPECT_EQ(Read("CancelTransactions", R"({"company_id": "c"})"), R"(transactions { company_id: "c" })");
  EXPECT_EQ(Read("BatchGetCompanies", R"(["c", "d"])"), R"(company_ids: "c" company_ids: "d")");
  EXPECT_EQ(Read("CreateAgreement", "{\n\"display_name\": \"A\"\n}"), R"(display_name: "A")");
}

TEST(RequestTest, WhatIsWrongInJsonIsNamedWithItsPlace) {
  EXPECT_THAT(Read("CancelTransactions", "{\"company_id\": \"c\"}\n{\"compny\": \"d\"}\n"), StartsWith("file:2: "));
  EXPECT_EQ(Read("CreateAgreement", "[]"), "file: is a list; agreements create takes one object.");
  EXPECT_EQ(Read("CreateAgreement", " \n"), "file: is empty.");
  EXPECT_THAT(Read("CreateAgreement", R"({"no_such_field": 1})"), StartsWith("file: "));
}

std::unique_ptr<Message> Items(const Command& command, int count, size_t size) {
  auto request = TheApi().New(command.method->input_type());
  std::string items;
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&items, R"({"company_id": "c", "transaction_id": ")", i, std::string(size, '-'), "\"}\n");
  }
  EXPECT_TRUE(ReadJson(TheApi(), command, items, "test", *request).ok());
  SetField(*FindFlag(command, "account-id"), "acct-1", *request).IgnoreError();
  return request;
}

// How many items each part has.
std::vector<int> PartsOf(const std::string& method, int count, size_t size) {
  const Command& command = CommandOf(method);
  std::vector<int> sizes;
  int next = 0;
  for (const auto& part : InParts(command, Items(command, count, size))) {
    EXPECT_THAT(part->ShortDebugString(), StartsWith("account_id: \"acct-1\" "));
    EXPECT_LT(part->ByteSizeLong(), 1U << 20U);
    const auto* items = ItemsOf(command);
    sizes.push_back(part->GetReflection()->FieldSize(*part, items));
    // In order, and none left out.
    EXPECT_THAT(part->GetReflection()->GetRepeatedMessage(*part, items, 0).ShortDebugString(),
                HasSubstr(absl::StrCat("transaction_id: \"", next)));
    next += sizes.back();
  }
  EXPECT_EQ(next, count);
  return sizes;
}

TEST(RequestTest, ThousandsAreSentInPartsThatTheServerTakes) {
  EXPECT_THAT(PartsOf("RecordTransactions", 1, 0), ElementsAre(1));
  EXPECT_THAT(PartsOf("RecordTransactions", 1000, 0), ElementsAre(1000));
  EXPECT_THAT(PartsOf("RecordTransactions", 2001, 0), ElementsAre(1000, 1000, 1));
  EXPECT_THAT(PartsOf("CancelTransactions", 900, 2000), SizeIs(4));
}

TEST(RequestTest, OnlyWhatIsSafeToSplitIsSplit) {
  std::vector<std::string> split;
  for (const Command& command : TheCommands()) {
    if (ItemsOf(command) != nullptr) split.emplace_back(command.method->name());
  }
  EXPECT_THAT(split,
              ElementsAre("BatchGetAgreements", "BatchGetCompanies", "RecordTransactions", "CancelTransactions"));
}

}  // namespace
}  // namespace agreements::cli
