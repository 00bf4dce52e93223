#include "client/cli/commands/api.h"

#include <google/protobuf/descriptor.pb.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace agreements::cli {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kPackages[] = "agreements.";

[[noreturn]] void Unreadable() {
  std::cerr << "agreementsctl: its own description of the API cannot be read\n";
  std::abort();
}

// "ListOrder" as "LIST_ORDER_", with which the names of its values begin.
std::string ValuePrefix(const EnumDescriptor* type) {
  std::string prefix;
  for (const char letter : type->name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(letter)) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(static_cast<unsigned char>(letter));
  }
  return prefix + "_";
}

}  // namespace

Api::Api(absl::string_view protoset) : factory_(&pool_) {
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(protoset.data(), static_cast<int>(protoset.size()))) Unreadable();
  for (const auto& proto : files.file()) {
    const FileDescriptor* file = pool_.BuildFile(proto);
    if (file == nullptr) Unreadable();
    if (!absl::StartsWith(file->package(), kPackages)) continue;
    for (int s = 0; s < file->service_count(); ++s) {
      const ServiceDescriptor* service = file->service(s);
      for (int m = 0; m < service->method_count(); ++m) methods_.push_back(service->method(m));
    }
  }
}

std::unique_ptr<google::protobuf::Message> Api::New(const google::protobuf::Descriptor* type) const {
  return std::unique_ptr<google::protobuf::Message>(factory_.GetPrototype(type)->New());
}

std::string PathOf(const MethodDescriptor* method) {
  return absl::StrCat(std::string(method->service()->name()), "/", std::string(method->name()));
}

template <typename Descriptor>
std::string CommentOf(const Descriptor* descriptor) {
  google::protobuf::SourceLocation location;
  if (!descriptor->GetSourceLocation(&location)) return "";
  std::vector<std::string> lines;
  for (absl::string_view line : absl::StrSplit(location.leading_comments, '\n')) {
    if (absl::StartsWith(line, " ")) line.remove_prefix(1);
    lines.emplace_back(absl::StripTrailingAsciiWhitespace(line));
  }
  return std::string(absl::StripAsciiWhitespace(absl::StrJoin(lines, "\n")));
}

template std::string CommentOf(const google::protobuf::Descriptor*);
template std::string CommentOf(const google::protobuf::FieldDescriptor*);
template std::string CommentOf(const EnumDescriptor*);
template std::string CommentOf(const EnumValueDescriptor*);
template std::string CommentOf(const MethodDescriptor*);
template std::string CommentOf(const ServiceDescriptor*);

std::string FirstSentence(absl::string_view comment) {
  std::string text = absl::StrReplaceAll(comment.substr(0, comment.find("\n\n")), {{"\n", " "}});
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    const bool is_example = i > 2 && text.compare(i - 3, 4, "e.g.") == 0;
    if (!is_example && text[i] == '.' && text[i + 1] == ' ' &&
        absl::ascii_isupper(static_cast<unsigned char>(text[i + 2]))) {
      return text.substr(0, i + 1);
    }
  }
  return text;
}

bool IsTimestamp(const google::protobuf::Descriptor* type) { return type->full_name() == "google.protobuf.Timestamp"; }
bool IsStatus(const google::protobuf::Descriptor* type) { return type->full_name() == "google.rpc.Status"; }

std::string ShortName(const EnumValueDescriptor* value) {
  const std::string& name = value->name();
  const std::string prefix = ValuePrefix(value->type());
  return KebabCase(absl::AsciiStrToLower(absl::StartsWith(name, prefix) ? name.substr(prefix.size()) : name));
}

std::vector<std::string> ShortNames(const EnumDescriptor* type) {
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() != 0) names.push_back(ShortName(type->value(i)));
  }
  return names;
}

std::string KebabCase(absl::string_view snake_case) { return absl::StrReplaceAll(snake_case, {{"_", "-"}}); }

}  // namespace agreements::cli
