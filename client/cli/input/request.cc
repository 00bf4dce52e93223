#include "client/cli/input/request.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <cstdint>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "client/cli/commands/suggestions.h"

namespace agreements::cli {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Well below the server's limit of 1 MiB for a request.
constexpr size_t kPartBytes = 1U << 19U;

absl::Status Wrong(const FieldFlag& flag, absl::string_view text, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag.names.front(), ": '", text, "' ", what));
}

// Neither cut, nor longer than need be, nor half of a UTF-16 pair.
bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    const size_t bytes = first < 0x80   ? 1
                         : first < 0xc2 ? 0
                         : first < 0xe0 ? 2
                         : first < 0xf0 ? 3
                         : first < 0xf5 ? 4
                                        : 0;
    if (bytes == 0 || bytes > text.size()) return false;
    uint32_t point = bytes == 1 ? first : first & (0x7fU >> bytes);
    for (size_t i = 1; i < bytes; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      if ((next & 0xc0U) != 0x80U) return false;
      point = (point << 6U) | (next & 0x3fU);
    }
    constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kLeast[bytes] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

// Sets or adds.
template <typename Value, typename Add, typename Set>
void Put(Message& message, const FieldDescriptor* field, const Value& value, Add add, Set set) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  if (field->is_repeated()) {
    (reflection->*add)(&message, field, value);
  } else {
    (reflection->*set)(&message, field, value);
  }
}

template <typename Number, typename Add, typename Set>
absl::Status PutNumber(const FieldFlag& flag, absl::string_view text, Message& message, Add add, Set set) {
  Number number = 0;
  if (!absl::SimpleAtoi(text, &number)) {
    return Wrong(flag, text, absl::StrCat("is no whole number of ", 8 * sizeof(Number), " bits, e.g. 12."));
  }
  Put(message, flag.field(), number, add, set);
  return absl::OkStatus();
}

absl::Status PutBool(const FieldFlag& flag, absl::string_view text, Message& message) {
  using google::protobuf::Reflection;
  if (text != "true" && text != "false") return Wrong(flag, text, "is neither true nor false.");
  Put(message, flag.field(), text == "true", &Reflection::AddBool, &Reflection::SetBool);
  return absl::OkStatus();
}

absl::Status PutEnum(const FieldFlag& flag, absl::string_view text, Message& message) {
  using google::protobuf::Reflection;
  const EnumDescriptor* type = flag.field()->enum_type();
  const std::string wanted = KebabCase(absl::AsciiStrToLower(text));
  for (int i = 0; i < type->value_count(); ++i) {
    const EnumValueDescriptor* value = type->value(i);
    if (wanted != ShortName(value) && text != value->name()) continue;
    Put(message, flag.field(), value, &Reflection::AddEnum, &Reflection::SetEnum);
    return absl::OkStatus();
  }
  const std::vector<std::string> names = ShortNames(type);
  return Wrong(flag, text, absl::StrCat("is not one of ", absl::StrJoin(names, ", "), DidYouMean(wanted, names)));
}

absl::Status PutMessage(const FieldFlag& flag, absl::string_view text, Message& message) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  const FieldDescriptor* field = flag.field();
  Message* value =
      field->is_repeated() ? reflection->AddMessage(&message, field) : reflection->MutableMessage(&message, field);
  if (IsTimestamp(field->message_type())) {
    google::protobuf::Timestamp time;
    if (!google::protobuf::util::TimeUtil::FromString(std::string(text), &time) ||
        !value->ParseFromString(time.SerializeAsString())) {
      return Wrong(flag, text, "is no time as 2026-12-01T00:00:00Z or 2026-12-01T01:00:00+01:00.");
    }
    return absl::OkStatus();
  }
  const auto read = google::protobuf::util::JsonStringToMessage(std::string(text), value);
  return read.ok() ? absl::OkStatus() : Wrong(flag, text, absl::StrCat("cannot be read: ", read.message().ToString()));
}

// Parses one item, or the whole request.
absl::Status Parse(absl::string_view json, absl::string_view where, Message& message) {
  if (json.empty()) return absl::InvalidArgumentError(absl::StrCat(where, ": is empty."));
  const auto read = google::protobuf::util::JsonStringToMessage(std::string(json), &message);
  if (read.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", read.message().ToString()));
}

// An object a line.
absl::Status ReadLines(absl::string_view text, absl::string_view source, const FieldDescriptor* items,
                       Message& request) {
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    Message* item = request.GetReflection()->AddMessage(&request, items);
    absl::Status status = Parse(line, absl::StrCat(source, ":", number), *item);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Whether each line that has something is an object of its own.
bool IsLines(absl::string_view text) {
  int lines = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    const absl::string_view object = absl::StripAsciiWhitespace(line);
    if (!absl::StartsWith(object, "{") || !absl::EndsWith(object, "}")) return false;
    ++lines;
  }
  return lines > 0;
}

}  // namespace

absl::Status SetField(const FieldFlag& flag, absl::string_view text, Message& request) {
  using google::protobuf::Reflection;
  Message* message = &request;
  for (size_t i = 0; i + 1 < flag.path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, flag.path[i]);
  }
  switch (flag.field()->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (!IsUtf8(text)) return absl::InvalidArgumentError(absl::StrCat("--", flag.names.front(), ": is no UTF-8."));
      Put(*message, flag.field(), std::string(text), &Reflection::AddString, &Reflection::SetString);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL:
      return PutBool(flag, text, *message);
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(flag, text, *message);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return PutMessage(flag, text, *message);
    case FieldDescriptor::CPPTYPE_INT32:
      return PutNumber<int32_t>(flag, text, *message, &Reflection::AddInt32, &Reflection::SetInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutNumber<int64_t>(flag, text, *message, &Reflection::AddInt64, &Reflection::SetInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutNumber<uint32_t>(flag, text, *message, &Reflection::AddUInt32, &Reflection::SetUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutNumber<uint64_t>(flag, text, *message, &Reflection::AddUInt64, &Reflection::SetUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;  // The API has none: money is a decimal.
  }
  return Wrong(flag, text, "cannot be given as a flag: use --json.");
}

absl::Status ReadJson(const Api& api, const Command& command, absl::string_view text, absl::string_view source,
                      Message& request) {
  text = absl::StripAsciiWhitespace(text);
  const FieldDescriptor* items = ItemsOf(command);
  const bool has_objects = items != nullptr && items->message_type() != nullptr;
  if (absl::StartsWith(text, "[")) {
    if (items == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(source, ": is a list; ", command.name(), " takes one object."));
    }
    return Parse(absl::StrCat("{\"", std::string(items->name()), "\":", text, "}"), source, request);
  }
  const bool is_one_line = !absl::StrContains(text, '\n');
  if (has_objects && IsLines(text) &&
      !(is_one_line && Parse(text, source, *api.New(command.method->input_type())).ok())) {
    return ReadLines(text, source, items, request);
  }
  return Parse(text, source, request);
}

const FieldDescriptor* ItemsOf(const Command& command) {
  const google::protobuf::Descriptor* request = command.method->input_type();
  const google::protobuf::Descriptor* response = command.method->output_type();
  if (command.method->server_streaming() || command.FieldOf("request_id") != nullptr || command.is_list())
    return nullptr;
  for (int i = 0; i < response->field_count(); ++i) {
    if (!response->field(i)->is_repeated()) return nullptr;
  }
  const FieldDescriptor* items = nullptr;
  for (int i = 0; i < request->field_count(); ++i) {
    if (!request->field(i)->is_repeated()) continue;
    if (items != nullptr) return nullptr;
    items = request->field(i);
  }
  return items != nullptr && absl::StartsWith(CommentOf(items), "1 to ") ? items : nullptr;
}

std::vector<std::unique_ptr<Message>> InParts(const Command& command, std::unique_ptr<Message> request) {
  std::vector<std::unique_ptr<Message>> parts;
  const FieldDescriptor* items = ItemsOf(command);
  int most = 0;
  if (items != nullptr) {
    // "1 to 1,000."
    std::string number;
    for (const char c : CommentOf(items).substr(5)) {
      if (absl::ascii_isdigit(static_cast<unsigned char>(c))) number += c;
      if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) && c != ',') break;
    }
    if (!absl::SimpleAtoi(number, &most)) items = nullptr;
  }
  if (items == nullptr || request->GetReflection()->FieldSize(*request, items) <= 1) {
    parts.push_back(std::move(request));
    return parts;
  }
  const google::protobuf::Reflection* reflection = request->GetReflection();
  const int count = reflection->FieldSize(*request, items);
  const std::unique_ptr<Message> head(request->New());
  head->CopyFrom(*request);
  reflection->ClearField(head.get(), items);
  size_t bytes = 0;
  for (int i = 0; i < count; ++i) {
    const size_t size = items->message_type() == nullptr
                            ? reflection->GetRepeatedString(*request, items, i).size()
                            : reflection->GetRepeatedMessage(*request, items, i).ByteSizeLong();
    if (parts.empty() || bytes + size > kPartBytes || reflection->FieldSize(*parts.back(), items) == most) {
      parts.emplace_back(request->New());
      parts.back()->CopyFrom(*head);
      bytes = 0;
    }
    bytes += size;
    if (items->message_type() == nullptr) {
      reflection->AddString(parts.back().get(), items, reflection->GetRepeatedString(*request, items, i));
    } else {
      reflection->AddMessage(parts.back().get(), items)->CopyFrom(reflection->GetRepeatedMessage(*request, items, i));
    }
  }
  return parts;
}

std::string NewRequestId() {
  std::random_device random;
  const auto bits = [&random] { return static_cast<uint32_t>(random()); };
  return absl::StrFormat("%08x-%04x-4%03x-%04x-%04x%08x", bits(), bits() & 0xffff, bits() & 0xfff,
                         (bits() & 0x3fff) | 0x8000, bits() & 0xffff, bits());
}

}  // namespace agreements::cli
