#include "client/cli/completion.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/suggestions.h"

namespace agreements::cli {
namespace {

constexpr char kBash[] = R"(# Completion of agreementsctl: source <(agreementsctl completion bash)
_agreementsctl() {
  # Only the words until the cursor; file names where a file is due.
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}") before=${COMP_WORDS[COMP_CWORD - 1]}
  case $before in
    --json | --*file) mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}") ;;
    *) mapfile -t COMPREPLY < <(agreementsctl complete -- "${words[@]}" 2>/dev/null) ;;
  esac
}
complete -F _agreementsctl agreementsctl
)";

constexpr char kZsh[] = R"(#compdef agreementsctl
# Completion of agreementsctl: source <(agreementsctl completion zsh), or as _agreementsctl in a folder of $fpath.
_agreementsctl() {
  local -a candidates
  case ${words[CURRENT - 1]} in
    --json | --*file) _files ;;
    *)
      candidates=("${(@f)$(agreementsctl complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
      compadd -a candidates
      ;;
  esac
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then _agreementsctl "$@"; else compdef _agreementsctl agreementsctl; fi
)";

using google::protobuf::FieldDescriptor;

// What a flag's value can be, as far as it is known.
std::vector<std::string> ValuesOf(const Command* command, absl::string_view flag,
                                  const std::vector<std::string>& contexts, bool& has_value) {
  has_value = true;
  if (command != nullptr) {
    if (const FieldFlag* field = FindFlag(*command, flag); field != nullptr) {
      if (field->field()->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return ShortNames(field->field()->enum_type());
      has_value = field->field()->type() != FieldDescriptor::TYPE_BOOL;
      return {};
    }
  }
  if (flag == "context") return contexts;
  for (const Option& option : CommonOptions()) {
    if (option.name != flag) continue;
    has_value = !option.value.empty();
    if (absl::StrContains(option.value, '|')) return absl::StrSplit(option.value, '|');
  }
  return {};
}

}  // namespace

absl::StatusOr<std::string> CompletionScript(const std::string& shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  return absl::InvalidArgumentError(
      absl::StrCat("completion: '", shell, "' is neither bash nor zsh", DidYouMean(shell, {"bash", "zsh"})));
}

std::vector<std::string> Completions(const std::vector<Command>& commands, const std::vector<std::string>& words,
                                     const std::vector<std::string>& contexts) {
  const std::string last = words.empty() ? "" : words.back();
  const std::string before = words.size() < 2 ? "" : words[words.size() - 2];
  std::vector<std::string> plain;  // The words that are no flags and no values of flags.
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!absl::StartsWith(words[i], "--")) {
      plain.push_back(words[i]);
      continue;
    }
    bool has_value = false;
    ValuesOf(nullptr, words[i].substr(2), {}, has_value);
    if (plain.size() < 2 && has_value && !absl::StrContains(words[i], '=')) ++i;
  }
  const Command* command = nullptr;
  const bool is_help = !plain.empty() && plain.front() == "help";
  if (is_help) plain.erase(plain.begin());
  if (plain.size() >= 2) {
    const auto found = plain[0] == "call" ? FindMethod(commands, plain[1]) : FindCommand(commands, plain[0], plain[1]);
    if (found.ok()) command = *found;
  }

  std::set<std::string> candidates;
  bool has_value = false;
  if (absl::StartsWith(before, "--")) {
    for (const std::string& value : ValuesOf(command, before.substr(2), contexts, has_value)) candidates.insert(value);
  }
  if (has_value) {
    // Only values fit here.
  } else if (absl::StartsWith(last, "-")) {
    if (command != nullptr) {
      for (const FieldFlag& flag : command->flags) candidates.insert("--" + flag.names.front());
    }
    for (const Option& option : CommonOptions()) candidates.insert(absl::StrCat("--", option.name));
  } else if (plain.empty()) {
    for (const Command& known : commands) candidates.insert(known.resource);
    for (const OwnCommand& own : OwnCommands()) candidates.emplace(own.resource);
  } else if (plain.size() == 1) {
    for (const Command& known : commands) {
      if (plain[0] == known.resource || plain[0] == known.singular) candidates.insert(known.verb);
      if (plain[0] == "call") candidates.emplace(known.method->name());
    }
    for (const OwnCommand& own : OwnCommands()) {
      if (plain[0] == own.resource && !own.verb.empty()) candidates.emplace(own.verb);
    }
    if (plain[0] == "completion") candidates.insert({"bash", "zsh"});
  } else if (plain[0] == "contexts") {
    candidates.insert(contexts.begin(), contexts.end());
  }
  std::vector<std::string> fitting;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(fitting),
               [&last](const std::string& candidate) { return absl::StartsWith(candidate, last); });
  return fitting;
}

}  // namespace agreements::cli
