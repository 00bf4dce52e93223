// "Did you mean ...?"
#ifndef AGREEMENTS_CLIENT_CLI_COMMANDS_SUGGESTIONS_H_
#define AGREEMENTS_CLIENT_CLI_COMMANDS_SUGGESTIONS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace agreements::cli {

// ". Did you mean X?" with the one that differs least from `word`, if any is close; else ".".
std::string DidYouMean(absl::string_view word, const std::vector<std::string>& known);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_COMMANDS_SUGGESTIONS_H_
