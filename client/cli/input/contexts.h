// Contexts: names for a service and how to reach it, in a file of the user's.
//
//     # The one that is used unless another is named.
//     use = local
//
//     [local]
//     endpoint = 127.0.0.1:50051
//     insecure = true
//     account = acct-4711
#ifndef AGREEMENTS_CLIENT_CLI_INPUT_CONTEXTS_H_
#define AGREEMENTS_CLIENT_CLI_INPUT_CONTEXTS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "agreements/options.h"
#include "client/cli/input/arguments.h"

namespace agreements::cli {

// How to reach the service, by the names of kSettings; what is not set has no entry.
using Settings = std::map<std::string, std::string>;

// As the file has them. Their flags are in kebab-case, and their variables are AGREEMENTSCTL_ENDPOINT and so on.
const std::vector<std::string>& SettingNames();

struct Contexts {
  std::string use;
  std::map<std::string, Settings> by_name;
};

// AGREEMENTSCTL_CONFIG, or agreements/config in XDG_CONFIG_HOME or ~/.config.
std::string ContextsPath();

// An error names the path and the line.
absl::StatusOr<Contexts> ParseContexts(absl::string_view text, const std::string& path);
std::string FormatContexts(const Contexts& contexts);

// A file that is not there has no contexts.
absl::StatusOr<Contexts> ReadContexts(const std::string& path);
// Readable by the user alone, and never there in part.
absl::Status WriteContexts(const Contexts& contexts, const std::string& path);

// Sets what is given by flags; paths of files become absolute.
void SetFromFlags(const Arguments& arguments, Settings& settings);
// What holds: flags before variables before the context, which is the one that is named or used.
absl::StatusOr<Settings> SettingsOf(const Arguments& arguments);
// FAILED_PRECONDITION if they do not say where the service is, or --timeout is wrong.
absl::StatusOr<ClientOptions> OptionsOf(const Settings& settings, const Arguments& arguments);

// `contexts VERB`.
absl::Status RunContexts(const Arguments& arguments);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_INPUT_CONTEXTS_H_
