#include "client/cli/confirm.h"

#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/cli/output/rows.h"
#include "client/cli/output/tally.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The display_name that the service's Get method of the same noun has for these ids; empty if there is no such method.
absl::StatusOr<std::string> NameOf(const Api& api, const std::vector<Command>& commands, const Command& command,
                                   const Message& request, const Caller& caller) {
  std::string name;
  for (const Command& get : commands) {
    if (get.method->name() != "Get" + command.noun) continue;
    const std::unique_ptr<Message> get_request = api.New(get.method->input_type());
    for (int i = 0; i < get.method->input_type()->field_count(); ++i) {
      const FieldDescriptor* to = get.method->input_type()->field(i);
      const FieldDescriptor* from = command.FieldOf(std::string(to->name()));
      if (from == nullptr || from->type() != FieldDescriptor::TYPE_STRING || from->is_repeated()) return name;
      get_request->GetReflection()->SetString(get_request.get(), to, request.GetReflection()->GetString(request, from));
    }
    RETURN_IF_ERROR(caller.Call(get, *get_request, [&name](const Message& response) {
      const FieldDescriptor* thing = response.GetDescriptor()->field(0);
      if (thing->message_type() == nullptr || thing->is_repeated()) return absl::OkStatus();
      const Message& message = response.GetReflection()->GetMessage(response, thing);
      const FieldDescriptor* display_name = message.GetDescriptor()->FindFieldByName("display_name");
      if (display_name != nullptr) name = CellOf(message, display_name, CellStyle::kTable);
      return absl::OkStatus();
    }));
  }
  return name;
}

}  // namespace

absl::StatusOr<std::string> QuestionOf(const Api& api, const std::vector<Command>& commands, const Command& command,
                                       const Message& request, const Caller& caller) {
  ASSIGN_OR_RETURN(const std::string name, NameOf(api, commands, command, request, caller));
  const std::string verb = command.verb.substr(0, command.verb.find('-'));
  std::string what = absl::StrReplaceAll(command.singular, {{"-", " "}});
  std::string ids;
  for (const FieldDescriptor* id : command.ids) absl::StrAppend(&ids, " ", CellOf(request, id, CellStyle::kTable));
  if (command.ids.empty()) {
    // Items, as transactions are.
    for (int i = 0; i < command.method->input_type()->field_count(); ++i) {
      const FieldDescriptor* items = command.method->input_type()->field(i);
      if (items->is_repeated()) ids = absl::StrCat(request.GetReflection()->FieldSize(request, items));
    }
    what = absl::StrCat(ids, " ", command.resource);
    ids.clear();
  }
  return absl::StrCat(std::string(1, absl::ascii_toupper(static_cast<unsigned char>(verb[0]))), verb.substr(1), " ",
                      what, ids, name.empty() ? "" : absl::StrCat(" (", name, ")"), "?");
}

bool Confirmed(const std::string& question) {
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  answer = absl::AsciiStrToLower(absl::StripAsciiWhitespace(answer));
  return answer == "y" || answer == "yes" || answer == "j" || answer == "ja";
}

}  // namespace agreements::cli
