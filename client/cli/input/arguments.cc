#include "client/cli/input/arguments.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands/suggestions.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

using google::protobuf::FieldDescriptor;

const Option* FindOption(const std::vector<Option>& options, absl::string_view name) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
  return found == options.end() ? nullptr : &*found;
}

// Reads words from the left to the right.
class Parser {
 public:
  Parser(const std::vector<Command>& commands, const std::vector<std::string>& words)
      : commands_(commands), words_(words) {}

  absl::StatusOr<Arguments> Parse() {
    bool only_words = false;
    while (next_ < words_.size()) {
      const std::string& word = words_[next_++];
      if (word == "--" && !only_words) {
        only_words = true;
      } else if (absl::StartsWith(word, "--") && !only_words) {
        RETURN_IF_ERROR(ParseFlag(word.substr(2)));
      } else if (word == "-h" && !only_words) {
        arguments_.options["help"] = {"true"};
      } else if (absl::StartsWith(word, "-") && word != "-" && !only_words) {
        return absl::InvalidArgumentError(absl::StrCat("'", word,
                                                       "': flags begin with two dashes. A value that begins "
                                                       "with one is given as --flag=value, or after --."));
      } else {
        RETURN_IF_ERROR(TakeWord(word));
      }
    }
    RETURN_IF_ERROR(EndOfCommand());
    SetIds();
    return arguments_;
  }

 private:
  bool has_command() const { return arguments_.command != nullptr || arguments_.own != nullptr; }

  // The command's own words first.
  absl::Status TakeWord(const std::string& word) {
    if (has_command()) {
      arguments_.words.push_back(word);
      return TakeMethod();
    }
    command_words_.push_back(word);
    for (const OwnCommand& own : OwnCommands()) {
      if (own.resource != command_words_[0]) continue;
      if (own.verb.empty() || (command_words_.size() > 1 && own.verb == command_words_[1])) arguments_.own = &own;
    }
    if (has_command() || command_words_.size() < 2) return absl::OkStatus();
    RETURN_IF_ERROR(OwnVerb());
    ASSIGN_OR_RETURN(arguments_.command, FindCommand(commands_, command_words_[0], command_words_[1]));
    return absl::OkStatus();
  }

  // `call METHOD` is the method's command.
  absl::Status TakeMethod() {
    if (arguments_.own == nullptr || arguments_.own->resource != "call") return absl::OkStatus();
    ASSIGN_OR_RETURN(arguments_.command, FindMethod(commands_, arguments_.words.front()));
    arguments_.own = nullptr;
    arguments_.words.clear();
    return absl::OkStatus();
  }

  // Of a resource that has only commands of its own, which is no resource of the API.
  absl::Status OwnVerb() const {
    std::vector<std::string> verbs;
    for (const OwnCommand& own : OwnCommands()) {
      if (own.resource == command_words_[0]) verbs.emplace_back(own.verb);
    }
    const bool of_the_api = std::any_of(commands_.begin(), commands_.end(),
                                        [&](const Command& command) { return command.resource == command_words_[0]; });
    if (verbs.empty() || of_the_api) return absl::OkStatus();
    const std::string verb = command_words_.size() > 1 ? command_words_[1] : "";
    return absl::InvalidArgumentError(absl::StrCat("'", command_words_[0], "' has no '", verb, "'",
                                                   DidYouMean(verb, verbs), " There is: ", absl::StrJoin(verbs, ", "),
                                                   "."));
  }

  absl::Status EndOfCommand() {
    if (has_command() || command_words_.empty() || arguments_.Has("help")) {
      if (!has_command()) arguments_.words = command_words_;
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(OwnVerb());
    return FindCommand(commands_, command_words_[0], "").status();
  }

  absl::Status ParseFlag(absl::string_view text) {
    std::optional<std::string> value;
    if (const size_t equals = text.find('='); equals != absl::string_view::npos) {
      value = std::string(text.substr(equals + 1));
      text = text.substr(0, equals);
    }
    const std::string name(text);
    const FieldFlag* field = arguments_.command == nullptr ? nullptr : FindFlag(*arguments_.command, name);
    if (field != nullptr) {
      const bool is_bool = field->field()->type() == FieldDescriptor::TYPE_BOOL && !field->field()->is_repeated();
      RETURN_IF_ERROR(TakeValue(name, is_bool, value));
      arguments_.fields.emplace_back(*field, *value);
      return absl::OkStatus();
    }
    const Option* option = arguments_.own == nullptr ? nullptr : FindOption(arguments_.own->options, name);
    if (option == nullptr) option = FindOption(CommonOptions(), name);
    if (option == nullptr) return Unknown(name);
    RETURN_IF_ERROR(TakeValue(name, option->value.empty(), value));
    if (option->value.empty() && value != "true" && value != "false") {
      return absl::InvalidArgumentError(absl::StrCat("--", name, ": '", *value, "' is neither true nor false."));
    }
    arguments_.options[name].push_back(*value);
    return absl::OkStatus();
  }

  // The next word, unless it came with the flag or there is none to come.
  absl::Status TakeValue(const std::string& name, bool is_bool, std::optional<std::string>& value) {
    if (value.has_value()) return absl::OkStatus();
    if (is_bool) {
      value = "true";
      return absl::OkStatus();
    }
    if (next_ == words_.size()) return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value."));
    if (absl::StartsWith(words_[next_], "--")) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, " needs a value. If it is ", words_[next_], ", write --", name, "=", words_[next_]));
    }
    value = words_[next_++];
    return absl::OkStatus();
  }

  absl::Status Unknown(const std::string& name) const {
    std::vector<std::string> known;
    if (arguments_.command != nullptr) {
      for (const FieldFlag& flag : arguments_.command->flags) {
        for (const std::string& flag_name : flag.names) known.push_back("--" + flag_name);
      }
    }
    if (arguments_.own != nullptr) {
      for (const Option& option : arguments_.own->options) known.push_back(absl::StrCat("--", option.name));
    }
    for (const Option& option : CommonOptions()) known.push_back(absl::StrCat("--", option.name));
    const std::string of = arguments_.command != nullptr ? arguments_.command->name()
                           : arguments_.own != nullptr   ? arguments_.own->name()
                                                         : "agreementsctl";
    return absl::InvalidArgumentError(absl::StrCat(of, " has no flag --", name, DidYouMean("--" + name, known),
                                                   has_command() ? "" : " Flags of a command come after it."));
  }

  // Words are the ids that no flag gives.
  void SetIds() {
    if (arguments_.command == nullptr) return;
    const std::vector<const FieldDescriptor*>& ids = arguments_.command->ids;
    std::vector<std::pair<FieldFlag, std::string>> fields;
    size_t taken = 0;
    for (const FieldDescriptor* id : ids) {
      const FieldFlag* flag = FindFlag(*arguments_.command, KebabCase(id->name()));
      const bool has_flag = std::any_of(arguments_.fields.begin(), arguments_.fields.end(),
                                        [&](const auto& field) { return field.first.field() == id; });
      if (has_flag) continue;
      while (taken < arguments_.words.size()) {
        fields.emplace_back(*flag, arguments_.words[taken++]);
        if (!id->is_repeated()) break;
      }
    }
    arguments_.words.erase(arguments_.words.begin(), arguments_.words.begin() + static_cast<std::ptrdiff_t>(taken));
    arguments_.fields.insert(arguments_.fields.begin(), fields.begin(), fields.end());
  }

  const std::vector<Command>& commands_;
  const std::vector<std::string>& words_;
  size_t next_ = 0;
  std::vector<std::string> command_words_;
  Arguments arguments_;
};

}  // namespace

bool Arguments::Has(const std::string& option) const {
  const auto found = options.find(option);
  return found != options.end() && found->second.back() != "false";
}

std::string Arguments::Get(const std::string& option) const {
  const auto found = options.find(option);
  return found == options.end() ? "" : found->second.back();
}

absl::StatusOr<Arguments> ParseArguments(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  ASSIGN_OR_RETURN(Arguments arguments, Parser(commands, words).Parse());
  if (arguments.command != nullptr && !arguments.words.empty()) {
    const std::vector<const FieldDescriptor*>& ids = arguments.command->ids;
    return absl::InvalidArgumentError(
        absl::StrCat("'", arguments.words.front(), "' is one word too many: ", arguments.command->name(), " takes ",
                     ids.empty() ? "flags only." : absl::StrCat(ids.size(), ids.size() == 1 ? " id." : " ids.")));
  }
  return arguments;
}

}  // namespace agreements::cli
