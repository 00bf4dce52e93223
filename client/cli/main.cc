// agreementsctl: every method of the service as a command. See `agreementsctl help`.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "client/cli/accounts.h"
#include "client/cli/commands/completion.h"
#include "client/cli/commands/help.h"
#include "client/cli/commands/man.h"
#include "client/cli/export_command.h"
#include "client/cli/input/contexts.h"
#include "client/cli/output/errors.h"
#include "client/cli/output/table.h"
#include "client/cli/run.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

constexpr char kComplete[] = "complete";  // What the completion scripts call.

int Usage(const absl::Status& status) {
  std::cerr << "agreementsctl: " << status.message() << "\n";
  return kExitUsage;
}

void Complete(const std::vector<Command>& commands, std::vector<std::string> words) {
  words.erase(words.begin());
  if (!words.empty() && words.front() == "--") words.erase(words.begin());
  std::vector<std::string> contexts;
  if (const auto read = ReadContexts(ContextsPath()); read.ok()) {
    for (const auto& [name, settings] : read->by_name) contexts.push_back(name);
  }
  for (const std::string& candidate : Completions(commands, words, contexts)) std::cout << candidate << "\n";
}

absl::Status RunOwn(const std::vector<Command>& commands, const Arguments& arguments) {
  const absl::string_view resource = arguments.own->resource;
  if (resource == "contexts") return RunContexts(arguments);
  if (resource == "man") {
    std::cout << ManualPage(commands);
    return absl::OkStatus();
  }
  if (resource == "completion") {
    ASSIGN_OR_RETURN(const std::string script,
                     CompletionScript(arguments.words.empty() ? "" : arguments.words.front()));
    std::cout << script;
    return absl::OkStatus();
  }
  if (resource == "call") return absl::InvalidArgumentError("call needs a method, e.g. MoveCompany.");
  ASSIGN_OR_RETURN(const std::string help, HelpOf(commands, arguments.words));
  std::cout << help;
  return absl::OkStatus();
}

// What --help explains.
std::vector<std::string> Topic(const Arguments& arguments) {
  if (arguments.own == nullptr) return arguments.words;
  std::vector<std::string> words = {std::string(arguments.own->resource)};
  if (!arguments.own->verb.empty()) words.emplace_back(arguments.own->verb);
  return words;
}

int Main(const std::vector<std::string>& words) {
  const Api api(EmbeddedProtoset());
  const std::vector<Command> commands = CommandsOf(api);
  if (!words.empty() && words.front() == kComplete) {
    Complete(commands, words);
    return EXIT_SUCCESS;
  }
  const auto arguments = ParseArguments(commands, words);
  if (!arguments.ok()) return Usage(arguments.status());
  if (arguments->Has("version")) {
    std::cout << "agreementsctl " << AGREEMENTS_VERSION << "\n";
    return EXIT_SUCCESS;
  }
  if (arguments->Has("help") && arguments->command != nullptr) {
    std::cout << HelpOfCommand(*arguments->command);
    return EXIT_SUCCESS;
  }
  if (arguments->Has("help") || (arguments->command == nullptr && arguments->own == nullptr)) {
    const auto help = HelpOf(commands, Topic(*arguments));
    if (!help.ok()) return Usage(help.status());
    (arguments->Has("help") ? std::cout : std::cerr) << *help;
    return arguments->Has("help") ? EXIT_SUCCESS : kExitUsage;
  }
  const ErrorStyle error_style = {.json = arguments->Get("output") == "json",
                                  .norwegian = arguments->Has("norwegian"),
                                  .colours = HasColours(STDERR_FILENO),
                                  .width = TerminalWidth()};
  if (arguments->Has(kAccountsFile)) return RunForAccounts(api, commands, *arguments, error_style);
  if (arguments->own != nullptr && arguments->own->verb == "export") return RunExport(*arguments, error_style);
  if (arguments->own != nullptr) {
    const absl::Status status = RunOwn(commands, *arguments);
    return status.ok() ? EXIT_SUCCESS : Usage(status);
  }
  return RunCommand(api, commands, *arguments, error_style);
}

}  // namespace
}  // namespace agreements::cli

int main(int argc, char** argv) {
  const int code = agreements::cli::Main({argv + 1, argv + argc});
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "agreementsctl: the answer cannot be written\n";
    return code == EXIT_SUCCESS ? agreements::cli::kExitOther : code;
  }
  return code;
}
