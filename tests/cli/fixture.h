// The API and its commands, as agreementsctl has them.
#ifndef AGREEMENTS_TESTS_CLI_FIXTURE_H_
#define AGREEMENTS_TESTS_CLI_FIXTURE_H_

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/commands.h"

namespace agreements::cli {

inline const Api& TheApi() {
  static const auto* const kApi = new Api(EmbeddedProtoset());
  return *kApi;
}

inline const std::vector<Command>& TheCommands() {
  static const auto* const kCommands = new std::vector<Command>(CommandsOf(TheApi()));
  return *kCommands;
}

// By the method's name.
inline const Command& CommandOf(const std::string& method) {
  const auto found = FindMethod(TheCommands(), method);
  EXPECT_TRUE(found.ok()) << method;
  return **found;
}

inline std::unique_ptr<google::protobuf::Message> MessageOf(const google::protobuf::Descriptor* type,
                                                            const std::string& json) {
  auto message = TheApi().New(type);
  const auto read = google::protobuf::util::JsonStringToMessage(json, message.get());
  EXPECT_TRUE(read.ok()) << json << ": " << read.message();
  return message;
}

inline std::unique_ptr<google::protobuf::Message> ResponseOf(const std::string& method, const std::string& json) {
  return MessageOf(CommandOf(method).method->output_type(), json);
}

}  // namespace agreements::cli

#endif  // AGREEMENTS_TESTS_CLI_FIXTURE_H_
