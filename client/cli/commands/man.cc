#include "client/cli/commands/man.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/cli/commands/help.h"
#include "client/cli/output/errors.h"

namespace agreements::cli {
namespace {

// Text for roff: a dash that can be copied, and nothing that is taken for a command.
std::string Escaped(absl::string_view text) {
  std::string escaped = absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}});
  if (absl::StartsWith(escaped, ".") || absl::StartsWith(escaped, "'")) escaped.insert(0, "\\&");
  return escaped;
}

// Paragraphs and items, as comments have them.
std::string Text(absl::string_view comment) {
  std::string out;
  for (const absl::string_view line : absl::StrSplit(comment, '\n')) {
    if (line.empty()) {
      absl::StrAppend(&out, ".sp\n");
    } else if (absl::StartsWith(line, "- ")) {
      absl::StrAppend(&out, ".br\n\\(bu ", Escaped(line.substr(2)), "\n");
    } else {
      absl::StrAppend(&out, Escaped(absl::StripLeadingAsciiWhitespace(line)), "\n");
    }
  }
  return out;
}

std::string Item(absl::string_view head, absl::string_view value, absl::string_view text) {
  return absl::StrCat(".TP\n\\fB", Escaped(head), "\\fR", value.empty() ? "" : " \\fI", Escaped(value),
                      value.empty() ? "" : "\\fR", "\n", Text(text));
}

std::string OptionItems(const std::vector<Option>& options) {
  std::string out;
  for (const Option& option : options) {
    absl::StrAppend(&out, Item(absl::StrCat("--", option.name), option.value, option.help));
  }
  return out;
}

std::string CommandSection(const Command& command) {
  std::string out = absl::StrCat(".SS ", Escaped(UsageOf(command)), "\n", Text(CommentOf(command.method)));
  for (const FieldFlag& flag : command.flags) {
    absl::StrAppend(
        &out, Item(absl::StrCat("--", absl::StrJoin(flag.names, ", --")), ValueOf(flag), CommentOf(flag.field())));
  }
  return out;
}

}  // namespace

std::string ManualPage(const std::vector<Command>& commands) {
  std::string page = absl::StrCat(
      ".TH AGREEMENTSCTL 1 \"\" \"agreementsctl ", AGREEMENTS_VERSION, "\" \"Agreements\"\n.SH NAME\n",
      "agreementsctl \\- customer agreements and what they are charged\n.SH SYNOPSIS\n",
      ".B agreementsctl\n.I RESOURCE VERB\n.RI [ ID... ]\n.RI [ \\-\\-flag\\ value... ]\n.SH DESCRIPTION\n",
      Text("Calls the service of customer agreements (kundeavtaler). Every method is a command, and every field of its "
           "request a flag. The ids with which a request begins can be given without flags."),
      ".SH OPTIONS\n", OptionItems(CommonOptions()), ".sp\n", Text(SettingsHelp()), ".SH OUTPUT\n", Text(OutputHelp()),
      ".SH COMMANDS\n");
  for (const Command& command : commands) absl::StrAppend(&page, CommandSection(command));
  absl::StrAppend(&page, ".SH OTHER COMMANDS\n");
  for (const OwnCommand& own : OwnCommands()) {
    absl::StrAppend(&page, ".SS ", Escaped(absl::StrCat(own.name(), " ", own.words)), "\n", Text(own.help),
                    OptionItems(own.options));
  }
  absl::StrAppend(&page, ".SH EXIT STATUS\n");
  for (const ExitCode& code : ExitCodes()) absl::StrAppend(&page, Item(absl::StrCat(code.code), "", code.meaning));
  return page;
}

}  // namespace agreements::cli
