// Commands, flags and help come from the API's description.
#include "client/cli/commands/commands.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "agreements/v1/agreement_service.pb.h"
#include "agreements/v1/company_service.pb.h"
#include "client/cli/commands/help.h"
#include "client/cli/commands/man.h"
#include "client/cli/input/arguments.h"
#include "client/cli/input/request.h"
#include "client/cli/output/table.h"
#include "tests/cli/fixture.h"

namespace agreements::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Both services as the generated code knows them, not as the tool does.
std::set<std::string> AllMethods() {
  std::set<std::string> names;
  for (const auto* file :
       {v1::CreateAgreementRequest::descriptor()->file(), v1::CreateCompanyRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m)
        names.insert(std::string(file->service(s)->method(m)->name()));
    }
  }
  return names;
}

std::string NameOf(const std::string& method) { return CommandOf(method).name(); }

std::vector<std::string> IdsOf(const std::string& method) {
  std::vector<std::string> names;
  for (const FieldDescriptor* id : CommandOf(method).ids) names.emplace_back(id->name());
  return names;
}

TEST(CommandsTest, EveryMethodHasExactlyOneCommand) {
  std::map<std::string, std::vector<std::string>> methods_of;
  std::set<std::string> with_command;
  for (const Command& command : TheCommands()) {
    methods_of[command.name()].emplace_back(command.method->name());
    with_command.insert(std::string(command.method->name()));
    EXPECT_EQ(FindCommand(TheCommands(), command.resource, command.verb).value(), &command);
    EXPECT_EQ(FindCommand(TheCommands(), command.singular, command.verb).value(), &command) << command.singular;
    EXPECT_EQ(FindMethod(TheCommands(), PathOf(command.method)).value(), &command);
  }
  for (const auto& [name, methods] : methods_of) EXPECT_EQ(methods.size(), 1U) << name << absl::StrJoin(methods, " ");
  EXPECT_EQ(with_command, AllMethods());
}

TEST(CommandsTest, NamesFollowTheRule) {
  EXPECT_EQ(NameOf("CreateAgreement"), "agreements create");
  EXPECT_EQ(NameOf("BatchGetCompanies"), "companies batch-get");
  EXPECT_EQ(NameOf("MoveCompany"), "companies move");
  EXPECT_EQ(NameOf("MoveCompanyToNewAgreement"), "companies move-to-new-agreement");
  EXPECT_EQ(NameOf("CompleteCompanyDraft"), "company-drafts complete");
  EXPECT_EQ(NameOf("GrantAccess"), "accesses grant");
  EXPECT_EQ(NameOf("SetPrice"), "prices set");
  EXPECT_EQ(NameOf("RunBilling"), "billing run");
  EXPECT_EQ(NameOf("GetOrderBasis"), "order-basis show");
  EXPECT_EQ(NameOf("ListOrderBases"), "order-basis list");
  EXPECT_EQ(NameOf("ListOrderBasisLines"), "order-basis lines");
  EXPECT_EQ(NameOf("ListAgreementUsers"), "agreements users");
}

TEST(CommandsTest, IdsWithWhichARequestBeginsNeedNoFlag) {
  EXPECT_THAT(IdsOf("MoveCompany"), ElementsAre("company_id", "agreement_id"));
  EXPECT_THAT(IdsOf("GrantAccess"), ElementsAre("company_id", "user_id", "product_ids"));
  EXPECT_THAT(IdsOf("ListPrices"), ElementsAre("product_id"));
  EXPECT_THAT(IdsOf("BatchGetAgreements"), ElementsAre("agreement_ids"));
  // What only filters is no name of what a command is about, and a new agreement's id is not known.
  EXPECT_THAT(IdsOf("ListCompanies"), ElementsAre());
  EXPECT_THAT(IdsOf("CreateAgreement"), ElementsAre());
}

TEST(CommandsTest, OnlyOneFieldHasTheNameOfACommonFlag) {
  std::vector<std::string> both;
  for (const Command& command : TheCommands()) {
    for (const Option& option : CommonOptions()) {
      const FieldFlag* flag = FindFlag(command, option.name);
      // --account means the same either way.
      if (flag != nullptr && option.name != "account") both.push_back(absl::StrCat(command.name(), " --", option.name));
    }
  }
  EXPECT_THAT(both, ElementsAre("changes list --actor"));
}

// A value that the field takes.
std::string ValueFor(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true";
    case FieldDescriptor::CPPTYPE_ENUM:
      return ShortNames(field->enum_type()).front();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return IsTimestamp(field->message_type()) ? "2026-11-07T10:00:00Z" : "{}";
    case FieldDescriptor::CPPTYPE_STRING:
      return "text";
    default:
      return "7";
  }
}

bool HasField(const Message& request, const std::vector<const FieldDescriptor*>& path) {
  const Message* message = &request;
  for (const FieldDescriptor* field : path) {
    const google::protobuf::Reflection* reflection = message->GetReflection();
    if (field->is_repeated()) return reflection->FieldSize(*message, field) == 1;
    if (!reflection->HasField(*message, field)) return false;
    if (field != path.back()) message = &reflection->GetMessage(*message, field);
  }
  return true;
}

TEST(CommandsTest, EveryFieldOfEveryRequestCanBeSet) {
  for (const Command& command : TheCommands()) {
    std::set<const FieldDescriptor*> settable;
    for (const FieldFlag& flag : command.flags) {
      for (const std::string& name : flag.names) {
        std::vector<std::string> words = {command.resource, command.verb,
                                          absl::StrCat("--", name, "=", ValueFor(flag.field()))};
        const auto arguments = ParseArguments(TheCommands(), words);
        ASSERT_TRUE(arguments.ok()) << arguments.status();
        ASSERT_EQ(arguments->fields.size(), 1U) << command.name() << " --" << name;
        const auto request = TheApi().New(command.method->input_type());
        const absl::Status set = SetField(arguments->fields[0].first, arguments->fields[0].second, *request);
        ASSERT_TRUE(set.ok()) << command.name() << " --" << name << ": " << set;
        EXPECT_TRUE(HasField(*request, flag.path)) << command.name() << " --" << name;
      }
      if (flag.path.size() == 1) settable.insert(flag.field());
    }
    EXPECT_EQ(settable.size(), static_cast<size_t>(command.method->input_type()->field_count())) << command.name();
  }
}

// As one line, to compare text that is broken elsewhere.
std::string OneLine(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty()), " ");
}

TEST(CommandsTest, HelpHasEveryFieldWithItsCommentAndFits80Columns) {
  for (const Command& command : TheCommands()) {
    const std::string help = HelpOfCommand(command);
    const std::string text = OneLine(help);
    for (const FieldFlag& flag : command.flags) {
      EXPECT_THAT(text, HasSubstr("--" + flag.names.front())) << command.name();
      const std::string comment = OneLine(CommentOf(flag.field()));
      EXPECT_FALSE(comment.empty()) << command.name() << " " << flag.names.front();
      EXPECT_THAT(text, HasSubstr(comment)) << command.name();
    }
    EXPECT_THAT(text, HasSubstr(FirstSentence(CommentOf(command.method))));
    for (const auto& line : absl::StrSplit(help, '\n')) EXPECT_LE(DisplayWidth(line), 80) << line;
  }
}

TEST(CommandsTest, AllOtherHelpFits80Columns) {
  std::vector<std::vector<std::string>> topics = {{}, {"output"}, {"errors"}, {"flags"}};
  for (const Command& command : TheCommands()) topics.push_back({command.resource});
  for (const OwnCommand& own : OwnCommands()) {
    topics.push_back({std::string(own.resource)});
    if (!own.verb.empty()) topics.push_back({std::string(own.resource), std::string(own.verb)});
  }
  for (const auto& topic : topics) {
    const auto help = HelpOf(TheCommands(), topic);
    ASSERT_TRUE(help.ok()) << help.status();
    for (const auto& line : absl::StrSplit(*help, '\n')) EXPECT_LE(DisplayWidth(line), 80) << line;
  }
}

TEST(CommandsTest, TheManualPageHasEveryCommandAndFlag) {
  const std::string page = ManualPage(TheCommands());
  for (const Command& command : TheCommands()) {
    EXPECT_THAT(page, HasSubstr(".SS " + absl::StrReplaceAll(command.name(), {{"-", "\\-"}}))) << command.name();
    for (const FieldFlag& flag : command.flags) {
      EXPECT_THAT(page, HasSubstr("\\-\\-" + absl::StrReplaceAll(flag.names.front(), {{"-", "\\-"}})));
    }
  }
  // A line that begins so is a macro to roff.
  for (const absl::string_view line : absl::StrSplit(page, '\n')) EXPECT_NE(line.substr(0, 1), "'") << line;
}

TEST(CommandsTest, AMethodThatTheApiGetsIsACommandByItself) {
  google::protobuf::FileDescriptorSet files;
  ASSERT_TRUE(files.ParseFromString(std::string(EmbeddedProtoset())));
  for (auto& file : *files.mutable_file()) {
    if (file.package() != "agreements.v1" || file.service_size() == 0) continue;
    auto* request = file.add_message_type();
    request->set_name("FreezeSupplierRequest");
    auto* field = request->add_field();
    field->set_name("supplier_id");
    field->set_number(1);
    field->set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
    field->set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
    file.add_message_type()->set_name("FreezeSupplierResponse");
    auto* method = file.mutable_service(0)->add_method();
    method->set_name("FreezeSupplier");
    method->set_input_type(".agreements.v1.FreezeSupplierRequest");
    method->set_output_type(".agreements.v1.FreezeSupplierResponse");
    break;
  }
  const Api api(files.SerializeAsString());
  const std::vector<Command> commands = CommandsOf(api);
  const auto arguments = ParseArguments(commands, {"suppliers", "freeze", "sup-1"});
  ASSERT_TRUE(arguments.ok()) << arguments.status();
  EXPECT_EQ(arguments->fields[0].first.names, std::vector<std::string>({"supplier-id", "supplier"}));
  EXPECT_EQ(arguments->fields[0].second, "sup-1");
  EXPECT_THAT(HelpOf(commands, {}).value(), HasSubstr("suppliers       freeze"));
}

TEST(CommandsTest, FieldsInErrorsHaveTheNamesOfTheirFlags) {
  const Command create = CommandOf("CreateAgreement");
  EXPECT_EQ(FlagOfPath(create, "first_company_draft.display_name"), "--first-company-draft.display-name");
  EXPECT_EQ(FlagOfPath(create, "no_such_field"), "no_such_field");
  EXPECT_EQ(FlagOfPath(CommandOf("RecordTransactions"), "transactions[3].occur_time"), "--transactions[3].occur_time");
}

TEST(CommandsTest, WhatTakesAwayAsks) {
  std::vector<std::string> asking;
  for (const Command& command : TheCommands()) {
    if (command.takes_away()) asking.emplace_back(command.method->name());
  }
  EXPECT_THAT(asking, ElementsAre("DeleteAgreement", "DeleteCompany", "DeleteCompanyDraft", "RevokeAccess",
                                  "CancelTransactions"));
}

TEST(CommandsTest, AnUnknownNameIsAnsweredWithTheClosest) {
  const auto error = [](const char* resource, const char* verb) {
    return std::string(FindCommand(TheCommands(), resource, verb).status().message());
  };
  EXPECT_THAT(error("agrements", "list"), HasSubstr("'agrements'. Did you mean agreements?"));
  EXPECT_THAT(error("agreements", "lsit"), HasSubstr("no 'lsit'. Did you mean list? There is: batch-get, create"));
  EXPECT_THAT(error("agreements", ""), HasSubstr("needs a verb"));
  EXPECT_THAT(error("xyzzy", "list"), Not(HasSubstr("Did you mean")));
  EXPECT_THAT(std::string(FindMethod(TheCommands(), "MoveCompani").status().message()), HasSubstr("mean MoveCompany?"));
}

}  // namespace
}  // namespace agreements::cli
