#include "client/cli/commands/completion.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/commands/suggestions.h"

namespace agreements::cli {
namespace {

constexpr char kBash[] = R"(# Completion of agreementsctl: source <(agreementsctl completion bash)
_agreementsctl() {
  # Only the words until the cursor; file names where a file is due.
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}") before=${COMP_WORDS[COMP_CWORD - 1]}
  case $before in
    --json | --file | --*-file) mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}") ;;
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
    --json | --file | --*-file) _files ;;
    *)
      candidates=("${(@f)$(agreementsctl complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
      compadd -a candidates
      ;;
  esac
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then _agreementsctl "$@"; else compdef _agreementsctl agreementsctl; fi
)";

using google::protobuf::FieldDescriptor;

// What the words before the last one say.
struct Line {
  std::vector<std::string> plain;  // Those that are no flags and no values of flags, without "help".
  const Command* command = nullptr;
  const OwnCommand* own = nullptr;
};

// What a flag's value can be, as far as it is known; std::nullopt if it has none.
std::optional<std::vector<std::string>> ValuesOf(const Line& line, absl::string_view flag,
                                                 const std::vector<std::string>& contexts) {
  const FieldFlag* field = line.command == nullptr ? nullptr : FindFlag(*line.command, flag);
  if (field != nullptr) {
    if (field->field()->type() == FieldDescriptor::TYPE_BOOL) return std::nullopt;
    return field->field()->enum_type() == nullptr ? std::vector<std::string>()
                                                  : ShortNames(field->field()->enum_type());
  }
  if (flag == "context") return contexts;
  std::vector<Option> options = line.own == nullptr ? std::vector<Option>() : line.own->options;
  options.insert(options.end(), CommonOptions().begin(), CommonOptions().end());
  for (const Option& option : options) {
    if (option.name != flag) continue;
    if (option.value.empty()) return std::nullopt;
    if (absl::StrContains(option.value, '|')) return std::vector<std::string>(absl::StrSplit(option.value, '|'));
    return std::vector<std::string>();
  }
  return std::nullopt;
}

Line Read(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  Line line;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const bool is_flag = absl::StartsWith(words[i], "--");
    if (!is_flag) line.plain.push_back(words[i]);
    // Before the command, there are only common flags.
    if (is_flag && line.plain.size() < 2 && ValuesOf({}, words[i].substr(2), {})) ++i;
  }
  if (!line.plain.empty() && line.plain[0] == "help") line.plain.erase(line.plain.begin());
  if (line.plain.size() < 2) return line;
  const auto found = line.plain[0] == "call" ? FindMethod(commands, line.plain[1])
                                             : FindCommand(commands, line.plain[0], line.plain[1]);
  if (found.ok()) line.command = *found;
  for (const OwnCommand& own : OwnCommands()) {
    if (own.resource == line.plain[0] && own.verb == line.plain[1]) line.own = &own;
  }
  return line;
}

std::set<std::string> Flags(const Line& line) {
  std::set<std::string> flags;
  if (line.command != nullptr) {
    for (const FieldFlag& flag : line.command->flags) flags.insert("--" + flag.names.front());
  }
  if (line.own != nullptr) {
    for (const Option& option : line.own->options) flags.insert(absl::StrCat("--", option.name));
  }
  for (const Option& option : CommonOptions()) flags.insert(absl::StrCat("--", option.name));
  return flags;
}

// Resources, then their verbs, then names of contexts.
std::set<std::string> Words(const std::vector<Command>& commands, const Line& line,
                            const std::vector<std::string>& contexts) {
  std::set<std::string> words;
  const std::string resource = line.plain.empty() ? "" : line.plain[0];
  if (line.plain.size() > 1) {
    if (resource == "contexts") words.insert(contexts.begin(), contexts.end());
    return words;
  }
  for (const Command& command : commands) {
    if (resource.empty()) words.insert(command.resource);
    if (resource == command.resource || resource == command.singular) words.insert(command.verb);
    if (resource == "call") words.emplace(command.method->name());
  }
  for (const OwnCommand& own : OwnCommands()) {
    if (resource.empty()) words.emplace(own.resource);
    if (resource == own.resource && !own.verb.empty()) words.emplace(own.verb);
  }
  if (resource == "completion") words.insert({"bash", "zsh"});
  return words;
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
  const Line line = Read(commands, words);
  const std::string last = words.empty() ? "" : words.back();
  const std::string before = words.size() < 2 ? "" : words[words.size() - 2];
  std::optional<std::vector<std::string>> values;
  if (absl::StartsWith(before, "--")) values = ValuesOf(line, before.substr(2), contexts);
  const std::set<std::string> candidates = values                        ? std::set(values->begin(), values->end())
                                           : absl::StartsWith(last, "-") ? Flags(line)
                                                                         : Words(commands, line, contexts);
  std::vector<std::string> fitting;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(fitting),
               [&last](const std::string& candidate) { return absl::StartsWith(candidate, last); });
  return fitting;
}

}  // namespace agreements::cli
