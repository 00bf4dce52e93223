// Completion in shells. The scripts ask the program itself, so that they know what it knows.
#ifndef AGREEMENTS_CLIENT_CLI_COMMANDS_COMPLETION_H_
#define AGREEMENTS_CLIENT_CLI_COMMANDS_COMPLETION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/input/arguments.h"

namespace agreements::cli {

// For "bash" or "zsh".
absl::StatusOr<std::string> CompletionScript(const std::string& shell);

// What the last of the words, which may be empty, can become; `contexts` are the names that there are.
std::vector<std::string> Completions(const std::vector<Command>& commands, const std::vector<std::string>& words,
                                     const std::vector<std::string>& contexts);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_COMMANDS_COMPLETION_H_
