#include <iostream>

#include "absl/strings/str_cat.h"
#include "client/cli/commands/suggestions.h"
#include "client/cli/input/contexts.h"
#include "client/cli/output/table.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

absl::Status NoContext(const Contexts& contexts, const std::string& name, const std::string& path) {
  std::vector<std::string> names;
  for (const auto& [known, settings] : contexts.by_name) names.push_back(known);
  return absl::FailedPreconditionError(absl::StrCat(path, ": has no context '", name, "'", DidYouMean(name, names)));
}

std::string ValueOf(const Settings& settings, const std::string& name) {
  const auto found = settings.find(name);
  return found == settings.end() ? "" : found->second;
}

void List(const Contexts& contexts, const std::string& path) {
  if (contexts.by_name.empty()) {
    std::cerr << "no contexts in " << path << "\n";
    return;
  }
  std::vector<TableColumn> columns = {{"used"}, {"name"}, {"endpoint"}, {"account"}};
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, settings] : contexts.by_name) {
    rows.push_back(
        {name == contexts.use ? "*" : "", name, ValueOf(settings, "endpoint"), ValueOf(settings, "account")});
  }
  const TableLayout layout(columns, rows, TerminalWidth());
  std::cout << layout.Header();
  for (const auto& row : rows) std::cout << layout.Row(row);
}

// The others change the file.
absl::Status Change(const Arguments& arguments, const std::string& name, Contexts& contexts, const std::string& path) {
  const absl::string_view verb = arguments.own->verb;
  if (verb == "set") {
    const std::string text = "[" + name + "]";
    RETURN_IF_ERROR(ParseContexts(text, "NAME").status());
    Settings& settings = contexts.by_name[name];
    SetFromFlags(arguments, settings);
    if (contexts.use.empty()) contexts.use = name;
  } else if (contexts.by_name.count(name) == 0) {
    return NoContext(contexts, name, path);
  } else if (verb == "use") {
    contexts.use = name;
  } else {
    contexts.by_name.erase(name);
    if (contexts.use == name) contexts.use.clear();
  }
  RETURN_IF_ERROR(WriteContexts(contexts, path));
  std::cerr << "context " << name
            << (verb == "set"   ? " is set in "
                : verb == "use" ? " is used, by "
                                : " is gone from ")
            << path << "\n";
  return absl::OkStatus();
}

}  // namespace

absl::Status RunContexts(const Arguments& arguments) {
  const absl::string_view verb = arguments.own->verb;
  const bool needs_name = verb == "use" || verb == "set" || verb == "delete";
  const size_t most = verb == "list" ? 0 : 1;
  if (arguments.words.size() > most || (needs_name && arguments.words.empty())) {
    return absl::InvalidArgumentError(absl::StrCat("usage: agreementsctl contexts ", verb, " ", arguments.own->words));
  }
  const std::string path = ContextsPath();
  ASSIGN_OR_RETURN(Contexts contexts, ReadContexts(path));
  if (verb == "list") {
    List(contexts, path);
    return absl::OkStatus();
  }
  if (needs_name) return Change(arguments, arguments.words.front(), contexts, path);
  const std::string name = arguments.words.empty() ? contexts.use : arguments.words.front();
  const auto found = contexts.by_name.find(name);
  if (found == contexts.by_name.end()) return NoContext(contexts, name, path);
  std::cout << "[" << name << "]\n";
  for (const std::string& setting : SettingNames()) {
    const std::string value = ValueOf(found->second, setting);
    if (!value.empty()) std::cout << setting << " = " << value << "\n";
  }
  return absl::OkStatus();
}

}  // namespace agreements::cli
