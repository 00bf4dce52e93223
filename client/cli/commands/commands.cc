#include "client/cli/commands/commands.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/cli/commands/suggestions.h"

namespace agreements::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

// Where another name reads better than the rule's.
struct Name {
  absl::string_view method;
  absl::string_view resource;
  absl::string_view verb;
};
constexpr Name kNames[] = {
    {"ListAgreementUsers", "agreements", "users"},
    {"ListOrderBasisLines", "order-basis", "lines"},
};
struct Resource {
  absl::string_view by_rule;
  absl::string_view plural;
  absl::string_view singular;
};
constexpr Resource kResources[] = {{"order-bases", "order-basis", "order-bases"}};
// Further names of a method's field.
struct ShortFlag {
  absl::string_view method;
  absl::string_view field;
  absl::string_view flag;
};
constexpr ShortFlag kShortFlags[] = {
    {"MoveCompany", "agreement_id", "to"},
    {"UndeleteCompany", "agreement_id", "to"},
    {"ExplainOrderBasis", "line_number", "line"},
};

constexpr absl::string_view kVerbsThatTakeAway[] = {"Delete", "Revoke", "Cancel"};

// "MoveCompany" as {"Move", "Company"}.
std::vector<std::string> Words(absl::string_view camel_case) {
  std::vector<std::string> words;
  for (const char letter : camel_case) {
    if (words.empty() || absl::ascii_isupper(static_cast<unsigned char>(letter))) words.emplace_back();
    words.back() += letter;
  }
  return words;
}

std::string Kebab(const std::vector<std::string>& words) { return absl::AsciiStrToLower(absl::StrJoin(words, "-")); }

std::string Without(absl::string_view word, size_t letters) {
  return std::string(word.substr(0, word.size() - letters));
}

std::string Plural(absl::string_view noun) {
  if (absl::EndsWith(noun, "ing")) return std::string(noun);  // Billing is no thing.
  if (absl::EndsWith(noun, "ss")) return absl::StrCat(noun, "es");
  if (absl::EndsWith(noun, "is")) return Without(noun, 2) + "es";
  if (absl::EndsWith(noun, "s")) return std::string(noun);
  if (absl::EndsWith(noun, "y")) return Without(noun, 1) + "ies";
  return absl::StrCat(noun, "s");
}

std::string Singular(absl::string_view plural) {
  if (absl::EndsWith(plural, "ies")) return Without(plural, 3) + "y";
  if (absl::EndsWith(plural, "sses")) return Without(plural, 2);
  if (absl::EndsWith(plural, "s")) return Without(plural, 1);
  return std::string(plural);
}

void SetName(Command& command) {
  const std::string method(command.method->name());
  const std::vector<std::string> words = Words(method);
  const auto noun = words.begin() + (words.front() == "Batch" && words.size() > 1 ? 2 : 1);
  const auto tail = std::find(noun, words.end(), "To");
  std::vector<std::string> verb(words.begin(), noun);
  verb.insert(verb.end(), tail, words.end());
  command.noun = absl::StrJoin(noun, tail, "");
  command.verb = words.front() == "Get" ? "show" : Kebab(verb);
  // A method without a noun is one of the service itself: Check of Health is `health check`.
  const std::string service = absl::StrReplaceAll(std::string(command.method->service()->name()), {{"Service", ""}});
  command.resource = Plural(noun == tail ? Kebab(Words(service)) : Kebab({noun, tail}));
  for (const Name& name : kNames) {
    if (name.method != method) continue;
    command.resource = std::string(name.resource);
    command.verb = std::string(name.verb);
  }
  command.singular = Singular(command.resource);
  for (const Resource& resource : kResources) {
    if (resource.by_rule != command.resource && resource.plural != command.resource) continue;
    command.resource = std::string(resource.plural);
    command.singular = std::string(resource.singular);
  }
}

bool IsId(const FieldDescriptor* field) {
  const std::string& name = field->name();
  return field->type() == FieldDescriptor::TYPE_STRING && (absl::EndsWith(name, "_id") || absl::EndsWith(name, "_ids"));
}

void SetIds(Command& command) {
  const Descriptor* request = command.method->input_type();
  for (int i = 0; i < request->field_count(); ++i) {
    const FieldDescriptor* field = request->field(i);
    if (field->name() == "account_id") continue;
    // A filter is no name of what a command is about.
    if (!IsId(field) || field->name() == "request_id" || absl::StartsWith(CommentOf(field), "Only ")) return;
    command.ids.push_back(field);
    if (field->is_repeated()) return;
  }
}

// Shorter names of a field of the request itself: the noun without what kind of value it has.
std::vector<std::string> ShortNamesOf(const MethodDescriptor* method, const FieldDescriptor* field) {
  std::vector<std::string> names;
  const std::string& name = field->name();
  const auto add = [&](absl::string_view short_name) { names.push_back(KebabCase(short_name)); };
  if (name == "request_id") return names;
  const std::string one = field->is_repeated() ? Singular(name) : name;
  if (one != name) add(one);
  for (const absl::string_view suffix : {"_id", "_day"}) {
    if (absl::EndsWith(one, suffix)) add(Without(one, suffix.size()));
  }
  if (name == "display_name") add("name");
  for (const ShortFlag& flag : kShortFlags) {
    if (flag.method == method->name() && flag.field == name) add(flag.flag);
  }
  return names;
}

void AddFlags(Command& command, const Descriptor* type, const std::vector<const FieldDescriptor*>& path) {
  for (int i = 0; i < type->field_count(); ++i) {
    std::vector<const FieldDescriptor*> to_field = path;
    to_field.push_back(type->field(i));
    const std::string name =
        absl::StrJoin(to_field, ".", [](std::string* out, const FieldDescriptor* f) { *out += KebabCase(f->name()); });
    command.flags.push_back({{name}, to_field});
    const FieldDescriptor* field = type->field(i);
    const bool is_message = field->type() == FieldDescriptor::TYPE_MESSAGE && !field->is_repeated();
    const bool is_cycle = std::any_of(path.begin(), path.end(), [&](const FieldDescriptor* outer) {
      return outer->message_type() == field->message_type();
    });
    if (is_message && !is_cycle && !IsTimestamp(field->message_type())) {
      AddFlags(command, field->message_type(), to_field);
    }
  }
}

// Only those that name nothing else.
void AddShortNames(Command& command) {
  std::set<std::string> taken;
  for (const FieldFlag& flag : command.flags) taken.insert(flag.names.front());
  for (FieldFlag& flag : command.flags) {
    if (flag.path.size() > 1) continue;
    for (const std::string& name : ShortNamesOf(command.method, flag.field())) {
      if (taken.insert(name).second) flag.names.push_back(name);
    }
  }
}

std::vector<std::string> Sorted(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

}  // namespace

bool Command::is_list() const {
  return FieldOf("page_token") != nullptr && method->output_type()->FindFieldByName("next_page_token") != nullptr;
}

bool Command::takes_away() const {
  const std::string first = Words(method->name()).front();
  return std::find(std::begin(kVerbsThatTakeAway), std::end(kVerbsThatTakeAway), first) != std::end(kVerbsThatTakeAway);
}

bool Command::is_long() const { return method->server_streaming() || Words(method->name()).front() == "Verify"; }

std::vector<Command> CommandsOf(const Api& api) {
  std::vector<Command> commands;
  for (const MethodDescriptor* method : api.methods()) {
    Command command;
    command.method = method;
    SetName(command);
    SetIds(command);
    AddFlags(command, method->input_type(), {});
    AddShortNames(command);
    commands.push_back(std::move(command));
  }
  return commands;
}

absl::StatusOr<const Command*> FindCommand(const std::vector<Command>& commands, absl::string_view resource,
                                           absl::string_view verb) {
  std::set<std::string> resources;
  std::set<std::string> verbs;
  for (const Command& command : commands) {
    resources.insert(command.resource);
    if (command.resource != resource && command.singular != resource) continue;
    if (command.verb == verb || (verb == "get" && command.verb == "show")) return &command;
    verbs.insert(command.verb);
  }
  if (verbs.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("there is nothing called '", resource, "'",
                                                   DidYouMean(resource, Sorted(resources)),
                                                   " See agreementsctl help."));
  }
  if (verb.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("'", resource, "' needs a verb: ", absl::StrJoin(verbs, ", "), "."));
  }
  return absl::InvalidArgumentError(absl::StrCat("'", resource, "' has no '", verb, "'",
                                                 DidYouMean(verb, Sorted(verbs)),
                                                 " There is: ", absl::StrJoin(verbs, ", "), "."));
}

absl::StatusOr<const Command*> FindMethod(const std::vector<Command>& commands, absl::string_view method) {
  std::vector<std::string> names;
  for (const Command& command : commands) {
    if (command.method->name() == method || PathOf(command.method) == method) return &command;
    names.emplace_back(command.method->name());
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no method '", method, "'", DidYouMean(method, names)));
}

const FieldFlag* FindFlag(const Command& command, absl::string_view name) {
  for (const FieldFlag& flag : command.flags) {
    if (std::find(flag.names.begin(), flag.names.end(), name) != flag.names.end()) return &flag;
  }
  return nullptr;
}

std::string FlagOfPath(const Command& command, absl::string_view path) {
  const size_t item = std::min(path.find('['), path.size());
  const std::string flag = KebabCase(path.substr(0, item));
  const std::string first = flag.substr(0, flag.find('.'));
  if (FindFlag(command, first) == nullptr) return std::string(path);
  return absl::StrCat("--", flag, path.substr(item));  // What is in an item is JSON.
}

}  // namespace agreements::cli
