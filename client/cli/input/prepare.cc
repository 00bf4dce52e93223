#include "client/cli/input/prepare.h"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/commands/suggestions.h"
#include "client/cli/input/request.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kStandardInput[] = "-";

absl::Status ReadFile(const Api& api, const Arguments& arguments, Message& request) {
  const std::string path = arguments.Get("json");
  if (path.empty()) return absl::OkStatus();
  std::stringstream text;
  if (path == kStandardInput) {
    text << std::cin.rdbuf();
    return ReadJson(api, *arguments.command, text.str(), "standard input", request);
  }
  std::ifstream file(path);
  text << file.rdbuf();  // Fails for a file that has nothing, too.
  if (!file || !text)
    return absl::InvalidArgumentError(absl::StrCat("--json: ", path, " cannot be read, or is empty."));
  return ReadJson(api, *arguments.command, text.str(), path, request);
}

// Flags replace what the file says, a list as a whole.
absl::Status SetFields(const Arguments& arguments, Message& request) {
  std::set<std::string> given;
  for (const auto& [flag, value] : arguments.fields) {
    const bool is_first = given.insert(flag.names.front()).second;
    if (!is_first && !flag.field()->is_repeated()) {
      return absl::InvalidArgumentError(absl::StrCat("--", flag.names.front(), " is given twice."));
    }
    if (is_first && flag.path.size() == 1) request.GetReflection()->ClearField(&request, flag.field());
    RETURN_IF_ERROR(SetField(flag, value, request));
  }
  return absl::OkStatus();
}

// Sets a text of the request that nobody has set.
void SetDefault(const Command& command, const std::string& name, const std::string& value, Message& request) {
  const FieldDescriptor* field = command.FieldOf(name);
  const google::protobuf::Reflection* reflection = request.GetReflection();
  if (field != nullptr && reflection->GetString(request, field).empty()) reflection->SetString(&request, field, value);
}

// The rows that an answer is printed as.
std::vector<const google::protobuf::Descriptor*> RowsOf(const Command& command) {
  const google::protobuf::Descriptor* type = command.method->output_type();
  if (command.is_list() || ItemsOf(command) != nullptr) return {FirstList(type)->message_type()};
  const bool is_row = command.method->server_streaming() && IsRow(type);
  std::vector<const google::protobuf::Descriptor*> rows;
  for (int i = 0; i < type->field_count() && !is_row; ++i) {
    const FieldDescriptor* field = type->field(i);
    const bool is_only = type->field_count() == 1;
    if (field->message_type() != nullptr && (is_only || command.method->server_streaming())) {
      rows.push_back(field->message_type());
    }
  }
  if (rows.empty()) rows.push_back(type);
  return rows;
}

absl::Status CheckColumns(const Command& command, const std::vector<std::string>& columns) {
  absl::Status unknown;
  for (const google::protobuf::Descriptor* rows : RowsOf(command)) {
    absl::Status status = RowType(rows).Select(columns).status();
    if (status.ok()) return status;
    unknown.Update(status);
  }
  return unknown;
}

}  // namespace

const FieldDescriptor* FirstList(const google::protobuf::Descriptor* type) {
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->is_repeated() && type->field(i)->message_type() != nullptr) return type->field(i);
  }
  return nullptr;
}

bool IsRow(const google::protobuf::Descriptor* streamed) {
  return streamed->field(0)->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !streamed->field(0)->is_repeated();
}

absl::StatusOr<std::unique_ptr<Message>> MakeRequest(const Api& api, const Arguments& arguments,
                                                     const Settings& settings) {
  const Command& command = *arguments.command;
  std::unique_ptr<Message> request = api.New(command.method->input_type());
  RETURN_IF_ERROR(ReadFile(api, arguments, *request));
  RETURN_IF_ERROR(SetFields(arguments, *request));
  const auto account = settings.find("account");
  if (account != settings.end()) SetDefault(command, "account_id", account->second, *request);
  const FieldDescriptor* account_id = command.FieldOf("account_id");
  if (account_id != nullptr && request->GetReflection()->GetString(*request, account_id).empty()) {
    return absl::InvalidArgumentError(
        "whose? Give --account, or once and for all: agreementsctl contexts set NAME --account ID");
  }
  SetDefault(command, "request_id", NewRequestId(), *request);
  if (arguments.Has("dry-run")) {
    const FieldDescriptor* field = command.FieldOf("validate_only");
    if (field == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("--dry-run: ", command.name(), " has none. Nothing was sent."));
    }
    request->GetReflection()->SetBool(request.get(), field, true);
  }
  return request;
}

absl::StatusOr<OutputStyle> OutputStyleOf(const Arguments& arguments) {
  OutputStyle style;
  style.width = TerminalWidth();
  style.colours = HasColours(STDOUT_FILENO);
  const std::string format = arguments.Get("output");
  if (format == "json") {
    style.format = OutputFormat::kJson;
  } else if (format == "csv") {
    style.format = OutputFormat::kCsv;
  } else if (!format.empty() && format != "table") {
    return absl::InvalidArgumentError(absl::StrCat("--output: '", format, "' is not one of table, json, csv",
                                                   DidYouMean(format, {"table", "json", "csv"})));
  }
  if (arguments.Get("columns").empty()) return style;
  style.columns = absl::StrSplit(arguments.Get("columns"), ',');
  const bool has_rows = arguments.command->is_list() || arguments.command->method->server_streaming() ||
                        ItemsOf(*arguments.command) != nullptr;
  if (style.format == OutputFormat::kJson || (style.format == OutputFormat::kTable && !has_rows)) {
    return absl::InvalidArgumentError("--columns is for lists and for --output csv.");
  }
  RETURN_IF_ERROR(CheckColumns(*arguments.command, style.columns));
  return style;
}

absl::StatusOr<int> LimitOf(const Arguments& arguments) {
  const std::string text = arguments.Get("limit");
  int limit = 0;
  if (text.empty()) return limit;
  if (!arguments.command->is_list()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--limit is for lists, and ", arguments.command->name(), " is none."));
  }
  if (!absl::SimpleAtoi(text, &limit) || limit < 1) {
    return absl::InvalidArgumentError(absl::StrCat("--limit: '", text, "' is no number from 1 up."));
  }
  return limit;
}

}  // namespace agreements::cli
