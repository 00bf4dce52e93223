// The command line: a command, what it is about, and flags.
#ifndef AGREEMENTS_CLIENT_CLI_INPUT_ARGUMENTS_H_
#define AGREEMENTS_CLIENT_CLI_INPUT_ARGUMENTS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/commands/commands.h"

namespace agreements::cli {

// A flag that is no field.
struct Option {
  absl::string_view name;   // "output"
  absl::string_view value;  // What its value is, for help: "table|json|csv". Empty: it has none.
  absl::string_view help;
};

// Of all commands.
const std::vector<Option>& CommonOptions();

// A command that is no RPC.
struct OwnCommand {
  absl::string_view resource;  // "contexts"
  absl::string_view verb;      // "set"; empty: the resource alone.
  absl::string_view words;     // What comes after, for help: "NAME".
  absl::string_view help;      // Begins with a sentence that is its summary.
  std::vector<Option> options = {};

  std::string name() const {
    return verb.empty() ? std::string(resource) : std::string(resource) + " " + std::string(verb);
  }
};

const std::vector<OwnCommand>& OwnCommands();

struct Arguments {
  // One of the two; neither: only flags were given.
  const Command* command = nullptr;
  const OwnCommand* own = nullptr;
  // What follows the command and is no flag.
  std::vector<std::string> words;
  // Fields with their values, in the order in which they were given; those of `words` first.
  std::vector<std::pair<FieldFlag, std::string>> fields;
  // By name. A flag without a value has "true" or "false".
  std::map<std::string, std::vector<std::string>> options;

  bool Has(const std::string& option) const;
  // The last one that was given; empty if none was.
  std::string Get(const std::string& option) const;
};

// INVALID_ARGUMENT says what is wrong with which word. A field's flag goes before a common one of the same name, which
// can then be given before the command.
absl::StatusOr<Arguments> ParseArguments(const std::vector<Command>& commands, const std::vector<std::string>& words);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_INPUT_ARGUMENTS_H_
