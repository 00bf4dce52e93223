// Asking before something is taken away.
#ifndef AGREEMENTS_CLIENT_CLI_CONFIRM_H_
#define AGREEMENTS_CLIENT_CLI_CONFIRM_H_

#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/call.h"

namespace agreements::cli {

// "Delete agreement agr-1 (Fjordkraft Regnskap)?" The name is the service's, if it has a method that gets such a thing;
// that there is none is an error.
absl::StatusOr<std::string> QuestionOf(const Api& api, const std::vector<Command>& commands, const Command& command,
                                       const google::protobuf::Message& request, const Caller& caller);

// Asks on standard error and reads a line of standard input: y, yes, j or ja is yes.
bool Confirmed(const std::string& question);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_CONFIRM_H_
