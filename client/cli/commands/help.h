// Help, of the protos' own comments. It fits 80 columns.
#ifndef AGREEMENTS_CLIENT_CLI_COMMANDS_HELP_H_
#define AGREEMENTS_CLIENT_CLI_COMMANDS_HELP_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/input/arguments.h"

namespace agreements::cli {

// What `help WORDS` prints: nothing, a resource, a command's two words, "output", "errors" or "flags".
absl::StatusOr<std::string> HelpOf(const std::vector<Command>& commands, const std::vector<std::string>& words);

std::string HelpOfCommand(const Command& command);

// "companies move COMPANY_ID AGREEMENT_ID"
std::string UsageOf(const Command& command);
// What a flag's value is: "NUMBER", "license|transaction"; empty for those without.
std::string ValueOf(const FieldFlag& flag);

// How answers are printed; where settings come from. Paragraphs, separated by empty lines.
std::string OutputHelp();
std::string SettingsHelp();

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_COMMANDS_HELP_H_
