// Commands that call the service.
#ifndef AGREEMENTS_CLIENT_CLI_RUN_H_
#define AGREEMENTS_CLIENT_CLI_RUN_H_

#include <vector>

#include "client/cli/input/arguments.h"
#include "client/cli/output/errors.h"

namespace agreements::cli {

// Runs arguments.command; the exit code. Prints the answer on standard output, and all else on standard error.
int RunCommand(const Api& api, const std::vector<Command>& commands, const Arguments& arguments,
               const ErrorStyle& error_style);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_RUN_H_
