// Requests made of what is on the command line, in a file or on standard input.
#ifndef AGREEMENTS_CLIENT_CLI_INPUT_REQUEST_H_
#define AGREEMENTS_CLIENT_CLI_INPUT_REQUEST_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/commands/commands.h"

namespace agreements::cli {

// Sets, or of a repeated field adds, what `text` says: numbers in decimal, enum values by their short or full names,
// times as "2026-11-07T10:00:00Z", messages as JSON. INVALID_ARGUMENT with the flag's name and what would be right.
absl::Status SetField(const FieldFlag& flag, absl::string_view text, google::protobuf::Message& request);

// Reads a request in protobuf's JSON. If the request can be split, its items alone will do, as an array or one a line.
// `source` is where the text comes from, for errors.
absl::Status ReadJson(const Api& api, const Command& command, absl::string_view text, absl::string_view source,
                      google::protobuf::Message& request);

// The repeated field whose items can as well be sent in several calls: calls of the method are safe to repeat, its
// answers are lists, and its comment says how many the server takes. Else nullptr.
const google::protobuf::FieldDescriptor* ItemsOf(const Command& command);

// The request, or its parts in the request's order, each of a size that the server takes.
std::vector<std::unique_ptr<google::protobuf::Message>> InParts(const Command& command,
                                                                std::unique_ptr<google::protobuf::Message> request);

// A random UUID, version 4.
std::string NewRequestId();

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_INPUT_REQUEST_H_
