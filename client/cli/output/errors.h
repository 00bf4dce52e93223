// What is told when a call fails, and the exit codes.
#ifndef AGREEMENTS_CLIENT_CLI_OUTPUT_ERRORS_H_
#define AGREEMENTS_CLIENT_CLI_OUTPUT_ERRORS_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/commands/commands.h"

namespace agreements::cli {

inline constexpr int kExitOther = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitRefusals = 10;

struct ExitCode {
  int code;
  absl::string_view meaning;  // For help.
  std::vector<absl::StatusCode> statuses;
};
// All of them, in ascending order.
const std::vector<ExitCode>& ExitCodes();
int ExitCodeOf(const absl::Status& status);

struct ErrorStyle {
  bool json = false;
  bool norwegian = false;
  bool colours = false;
  int width = 80;  // Of the terminal.
};
// With its end of line. `label` is what it is about, or empty. `command` is the one that failed, or null: by it, fields
// have the names of the flags.
std::string FormatError(const absl::Status& status, const Command* command, const ErrorStyle& style,
                        absl::string_view label = "");

// Of a google.rpc.Status in a response.
absl::Status ToStatus(const google::protobuf::Message& rpc_status);
// "CUSTOMER_NUMBER_MISSING", or the code's name if it has no reason.
std::string ReasonOfStatus(const google::protobuf::Message& rpc_status);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_OUTPUT_ERRORS_H_
