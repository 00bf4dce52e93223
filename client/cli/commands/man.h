// The manual page.
#ifndef AGREEMENTS_CLIENT_CLI_COMMANDS_MAN_H_
#define AGREEMENTS_CLIENT_CLI_COMMANDS_MAN_H_

#include <string>
#include <vector>

#include "client/cli/input/arguments.h"

namespace agreements::cli {

// agreementsctl(1) in the macros of man(7), with every command and its flags.
std::string ManualPage(const std::vector<Command>& commands);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_COMMANDS_MAN_H_
