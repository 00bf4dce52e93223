// The API as its protos describe it, with their comments. All that agreementsctl knows of methods and fields is here.
#ifndef AGREEMENTS_CLIENT_CLI_COMMANDS_API_H_
#define AGREEMENTS_CLIENT_CLI_COMMANDS_API_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace agreements::cli {

// A FileDescriptorSet with source info, which the build embeds.
absl::string_view EmbeddedProtoset();

// Thread-safe. Descriptors and messages must not outlive it.
class Api {
 public:
  // Ends the program if the protoset cannot be read: it is a part of the program.
  explicit Api(absl::string_view protoset);

  // Of the services of agreements.*, in the order of the protos.
  const std::vector<const google::protobuf::MethodDescriptor*>& methods() const { return methods_; }

  std::unique_ptr<google::protobuf::Message> New(const google::protobuf::Descriptor* type) const;

 private:
  google::protobuf::DescriptorPool pool_;
  mutable google::protobuf::DynamicMessageFactory factory_;
  std::vector<const google::protobuf::MethodDescriptor*> methods_;
};

// "CompanyService/MoveCompany"
std::string PathOf(const google::protobuf::MethodDescriptor* method);

// The comment above it in its proto, without the slashes: paragraphs are separated by empty lines. Works for methods,
// messages, fields, enums and their values.
template <typename Descriptor>
std::string CommentOf(const Descriptor* descriptor);

// A comment's first sentence.
std::string FirstSentence(absl::string_view comment);

// How it is meant: messages of these types are shown and read as one value.
bool IsTimestamp(const google::protobuf::Descriptor* type);
bool IsStatus(const google::protobuf::Descriptor* type);

// An enum value as people write it: LIST_ORDER_DISPLAY_NAME of ListOrder is "display-name".
std::string ShortName(const google::protobuf::EnumValueDescriptor* value);
// Those that can be meant, in the order of their numbers: without the zero.
std::vector<std::string> ShortNames(const google::protobuf::EnumDescriptor* type);

// "first_company_draft" as "first-company-draft".
std::string KebabCase(absl::string_view snake_case);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_COMMANDS_API_H_
