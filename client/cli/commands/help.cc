#include "client/cli/commands/help.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/cli/commands/suggestions.h"
#include "client/cli/output/errors.h"
#include "client/cli/output/table.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kWidth = 80;
constexpr int kIndent = 2;

std::string Indented(absl::string_view text, int indent) {
  std::string out;
  for (const std::string& line : Wrapped(text, kWidth - indent)) {
    absl::StrAppend(&out, std::string(static_cast<size_t>(line.empty() ? 0 : indent), ' '), line, "\n");
  }
  return out;
}

// A comment's paragraphs and its lists, whose items begin with "- ".
std::string Paragraphs(absl::string_view text, int indent) {
  std::string out;
  std::string paragraph;
  const auto flush = [&] {
    const bool is_item = absl::StartsWith(paragraph, "- ");
    if (!paragraph.empty()) {
      std::string lines = Indented(is_item ? paragraph.substr(2) : paragraph, indent + (is_item ? kIndent : 0));
      if (is_item) lines[static_cast<size_t>(indent)] = '-';
      absl::StrAppend(&out, lines);
    }
    paragraph.clear();
  };
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.empty() || absl::StartsWith(line, "- ")) flush();
    if (line.empty()) absl::StrAppend(&out, "\n");
    absl::StrAppend(&paragraph, paragraph.empty() ? "" : " ", absl::StripLeadingAsciiWhitespace(line));
  }
  flush();
  return out;
}

// Two columns, the second one wrapped.
std::string Entries(const std::vector<std::pair<std::string, std::string>>& entries) {
  size_t widest = 0;
  for (const auto& [name, text] : entries) widest = std::max(widest, name.size());
  const size_t left = kIndent + widest + kIndent;
  std::string out;
  for (const auto& [name, text] : entries) {
    std::string margin = absl::StrCat("  ", name, std::string(left - kIndent - name.size(), ' '));
    for (const std::string& line : Wrapped(text, kWidth - static_cast<int>(left))) {
      absl::StrAppend(&out, margin, line, "\n");
      margin.assign(left, ' ');
    }
  }
  return out;
}

std::string OptionsHelp(const std::vector<Option>& options) {
  std::string out;
  for (const Option& option : options) {
    absl::StrAppend(&out, "  --", option.name, option.value.empty() ? "" : " ", option.value, "\n",
                    Indented(option.help, 3 * kIndent));
  }
  return out;
}

std::string FlagHelp(const FieldFlag& flag) {
  const std::string value = ValueOf(flag);
  std::string names = "--" + absl::StrJoin(flag.names, ", --");
  if (!value.empty()) absl::StrAppend(&names, " ", value);
  if (flag.field()->is_repeated()) absl::StrAppend(&names, " (any number of times)");
  return absl::StrCat(Indented(names, kIndent), Paragraphs(CommentOf(flag.field()), 3 * kIndent));
}

std::string EnumHelp(const FieldFlag& flag) {
  if (flag.field()->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return "";
  std::string out;
  const google::protobuf::EnumDescriptor* type = flag.field()->enum_type();
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() == 0) continue;
    absl::StrAppend(&out, Indented(absl::StrCat(ShortName(type->value(i)), ": ",
                                                absl::StrReplaceAll(CommentOf(type->value(i)), {{"\n", " "}})),
                                   4 * kIndent));
  }
  return out;
}

std::string OverviewHelp(const std::vector<Command>& commands) {
  std::vector<std::pair<std::string, std::string>> entries;
  std::map<std::string, std::vector<std::string>> verbs;
  std::vector<std::string> resources;
  for (const Command& command : commands) {
    if (verbs.count(command.resource) == 0) resources.push_back(command.resource);
    verbs[command.resource].push_back(command.verb);
  }
  for (const OwnCommand& own : OwnCommands()) {
    if (verbs.count(std::string(own.resource)) != 0) verbs[std::string(own.resource)].emplace_back(own.verb);
  }
  for (const std::string& resource : resources) entries.emplace_back(resource, absl::StrJoin(verbs[resource], ", "));
  std::vector<std::pair<std::string, std::string>> own_entries;
  for (const OwnCommand& own : OwnCommands()) {
    if (verbs.count(std::string(own.resource)) == 0) own_entries.emplace_back(own.name(), FirstSentence(own.help));
  }
  return absl::StrCat(
      "agreementsctl RESOURCE VERB [ID...] [--flag value...]\n\n",
      Indented(
          "Customer agreements (kundeavtaler): who is invoiced for what. Every method of the service is a command, "
          "and every field of its request a flag.",
          0),
      "\nResources and their verbs:\n", Entries(entries), "\nBesides:\n", Entries(own_entries),
      "\nOften done:\n"
      "  agreementsctl agreements list --order display-name\n"
      "  agreementsctl companies move CMP --to AGR\n"
      "  agreementsctl order-basis preview AGR\n"
      "  agreementsctl billing run --until 2026-11-01\n"
      "  agreementsctl order-basis show ORD\n\n",
      Indented("Flags of all commands: agreementsctl help flags. What is printed: help output. What can go wrong, and "
               "exit codes: help errors. A command: help companies move, or companies move --help.",
               0));
}

std::string ErrorsHelp() {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const ExitCode& code : ExitCodes()) entries.emplace_back(absl::StrCat(code.code), std::string(code.meaning));
  return absl::StrCat(
      Indented("Errors are told on standard error: the code, the reason and a message, then every bad field with its "
               "flag, and when to try again. --norwegian adds the sentence for the person in front of the screen. With "
               "--output json, errors are JSON too.",
               0),
      "\nExit codes:\n", Entries(entries));
}

absl::StatusOr<std::string> ResourceHelp(const std::vector<Command>& commands, const std::string& resource) {
  std::vector<std::pair<std::string, std::string>> entries;
  std::set<std::string> resources;
  for (const Command& command : commands) {
    resources.insert(command.resource);
    if (command.resource != resource && command.singular != resource) continue;
    entries.emplace_back(command.name(), FirstSentence(CommentOf(command.method)));
  }
  for (const OwnCommand& own : OwnCommands()) {
    resources.emplace(own.resource);
    if (own.resource == resource) entries.emplace_back(own.name(), FirstSentence(own.help));
  }
  if (entries.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("there is no help on '", resource, "'",
                                                   DidYouMean(resource, {resources.begin(), resources.end()})));
  }
  return absl::StrCat(Entries(entries), "\nMore: agreementsctl help ", resource, " VERB\n");
}

std::string OwnHelp(const OwnCommand& own) {
  return absl::StrCat("agreementsctl ", own.name(), own.words.empty() ? "" : " ", own.words,
                      own.options.empty() ? "" : " [--flag value...]", "\n\n", Indented(own.help, 0),
                      own.options.empty() ? "" : "\nFlags:\n", OptionsHelp(own.options));
}

}  // namespace

std::string ValueOf(const FieldFlag& flag) {
  const FieldDescriptor* field = flag.field();
  const std::string& name = field->name();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "";
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrJoin(ShortNames(field->enum_type()), "|");
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return IsTimestamp(field->message_type()) ? "TIME" : "JSON";
    case FieldDescriptor::CPPTYPE_STRING:
      if (absl::EndsWith(name, "_id") || absl::EndsWith(name, "_ids")) return "ID";
      return absl::EndsWith(name, "_day") || absl::EndsWith(name, "_from") ? "DAY" : "TEXT";
    default:
      return "NUMBER";
  }
}

std::string UsageOf(const Command& command) {
  std::string usage = command.name();
  for (const FieldDescriptor* id : command.ids) {
    absl::StrAppend(&usage, " ", absl::AsciiStrToUpper(std::string(id->name())), id->is_repeated() ? "..." : "");
  }
  return usage;
}

std::string HelpOfCommand(const Command& command) {
  std::string help = absl::StrCat(Indented(absl::StrCat("agreementsctl ", UsageOf(command), " [--flag value...]"), 0),
                                  "\n", Paragraphs(CommentOf(command.method), 0), "\n",
                                  Indented(absl::StrCat("Calls ", PathOf(command.method), "."), 0));
  if (command.takes_away()) absl::StrAppend(&help, Indented("Asks first; without a terminal, it needs --yes.", 0));
  absl::StrAppend(&help, "\nFlags:\n");
  for (const FieldFlag& flag : command.flags) absl::StrAppend(&help, FlagHelp(flag), EnumHelp(flag));
  return absl::StrCat(help, "\nFlags of all commands: agreementsctl help flags\n");
}

std::string OutputHelp() {
  return "A table fits the terminal: the least important columns go, and long texts end in …; --columns says which to "
         "show, and --output csv has all of them. Ids are never shortened. Lists are read to their end, page by page, "
         "unless there is a --limit.\n\n"
         "--output json is the API's own JSON with the proto's names: of one answer one document; of a list one "
         "document as if it were one page (with a next_page_token if --limit ended it); of billing and explanations a "
         "document a line, as they arrive.\n\n"
         "--output csv is a table for programs (RFC 4180): all columns, the names of nested fields with dots, a row "
         "for "
         "each item of a nested list.\n\n"
         "What is no answer, as progress, sums and errors, is told on standard error. There are no colours where "
         "NO_COLOR is set or where standard output is no terminal.\n\n"
         "--json FILE reads the whole request from a file, or with - from standard input. For transactions, an array "
         "or "
         "a line for each will do, however many there are: they are sent in parts that the service takes.";
}

std::string SettingsHelp() {
  return "Where the service is, the certificates and the account come from flags, before variables as "
         "AGREEMENTSCTL_ENDPOINT or AGREEMENTSCTL_ACCOUNT, before the context: the one that --context or "
         "AGREEMENTSCTL_CONTEXT names, or the one that is used. Contexts are in agreements/config in XDG_CONFIG_HOME "
         "or "
         "~/.config, or where AGREEMENTSCTL_CONFIG says.\n\n"
         "A field with the name of one of these flags goes before it: changes list --actor is a filter. Before the "
         "command, it is the flag of all commands: agreementsctl --actor user-17 changes list.";
}

absl::StatusOr<std::string> HelpOf(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  if (words.empty()) return OverviewHelp(commands);
  if (words[0] == "output") return Paragraphs(OutputHelp(), 0);
  if (words[0] == "errors") return ErrorsHelp();
  if (words[0] == "flags") {
    return absl::StrCat("Flags of all commands:\n", OptionsHelp(CommonOptions()), "\n", Paragraphs(SettingsHelp(), 0));
  }
  for (const OwnCommand& own : OwnCommands()) {
    if (own.resource == words[0] && own.verb == (words.size() > 1 ? words[1] : "")) return OwnHelp(own);
  }
  if (words.size() == 1) return ResourceHelp(commands, words[0]);
  ASSIGN_OR_RETURN(const Command* const command, FindCommand(commands, words[0], words[1]));
  return HelpOfCommand(*command);
}

}  // namespace agreements::cli
