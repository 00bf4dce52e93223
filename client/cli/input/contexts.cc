#include "client/cli/input/contexts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "client/cli/commands/suggestions.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

constexpr char kUse[] = "use";
constexpr char kInsecure[] = "insecure";

std::string Variable(absl::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? "" : value;
}

bool IsName(absl::string_view name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
                              absl::string_view::npos;
}

absl::Status CheckSetting(const std::string& name, absl::string_view value) {
  if (name == kInsecure && value != "true" && value != "false") {
    return absl::InvalidArgumentError(absl::StrCat("insecure is true or false, not '", value, "'."));
  }
  return absl::OkStatus();
}

// Reads a line; `settings` is the section that it is in, null before the first.
absl::Status ParseLine(absl::string_view line, Contexts& contexts, Settings*& settings) {
  if (absl::StartsWith(line, "[")) {
    const std::string name(line.substr(1, line.size() - 2));
    if (!absl::EndsWith(line, "]") || !IsName(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", line, "' is no [name of letters, digits, '.', '_' and '-']."));
    }
    const auto [section, is_new] = contexts.by_name.try_emplace(name);
    settings = &section->second;
    return is_new ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrCat("[", name, "] is there twice."));
  }
  const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits('=', 1));
  if (parts.size() != 2) return absl::InvalidArgumentError(absl::StrCat("'", line, "' is no name = value."));
  const std::string name(absl::StripAsciiWhitespace(parts[0]));
  const std::string value(absl::StripAsciiWhitespace(parts[1]));
  if (settings == nullptr) {
    if (name != kUse) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", name, "' is in no context: before the first [name], there is only ", kUse, "."));
    }
    contexts.use = value;
    return absl::OkStatus();
  }
  const std::vector<std::string>& names = SettingNames();
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    return absl::InvalidArgumentError(absl::StrCat("there is no setting '", name, "'", DidYouMean(name, names)));
  }
  RETURN_IF_ERROR(CheckSetting(name, value));
  if (!settings->emplace(name, value).second) {
    return absl::InvalidArgumentError(absl::StrCat(name, " is there twice."));
  }
  return absl::OkStatus();
}

absl::Status ErrorOfFile(absl::string_view what, const std::string& path) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": cannot be ", what, ": ", std::strerror(errno), "."));
}

std::vector<std::string> NamesOf(const Contexts& contexts) {
  std::vector<std::string> names;
  for (const auto& [name, settings] : contexts.by_name) names.push_back(name);
  return names;
}

absl::StatusOr<const Settings*> Find(const Contexts& contexts, const std::string& name, const std::string& path) {
  const auto found = contexts.by_name.find(name);
  if (found != contexts.by_name.end()) return &found->second;
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": has no context '", name, "'", DidYouMean(name, NamesOf(contexts))));
}

// Files are meant from where the user is now.
std::string Stored(const std::string& name, const std::string& value) {
  const bool is_file = absl::EndsWith(name, "_file") && !value.empty();
  return is_file ? std::filesystem::absolute(value).lexically_normal().string() : value;
}

}  // namespace

const std::vector<std::string>& SettingNames() {
  static const auto* const kNames = new std::vector<std::string>{
      "endpoint", "account", "actor", "certificate_file", "key_file", "authority_file", "server_name", kInsecure};
  return *kNames;
}

void SetFromFlags(const Arguments& arguments, Settings& settings) {
  for (const std::string& name : SettingNames()) {
    const auto given = arguments.options.find(KebabCase(name));
    if (given != arguments.options.end()) settings[name] = Stored(name, given->second.back());
  }
}

std::string ContextsPath() {
  if (std::string path = Variable("AGREEMENTSCTL_CONFIG"); !path.empty()) return path;
  const std::string xdg = Variable("XDG_CONFIG_HOME");
  return (xdg.empty() ? Variable("HOME") + "/.config" : xdg) + "/agreements/config";
}

absl::StatusOr<Contexts> ParseContexts(absl::string_view text, const std::string& path) {
  Contexts contexts;
  Settings* settings = nullptr;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || absl::StartsWith(line, "#")) continue;
    const absl::Status status = ParseLine(line, contexts, settings);
    if (!status.ok()) return absl::FailedPreconditionError(absl::StrCat(path, ":", number, ": ", status.message()));
  }
  if (!contexts.use.empty()) RETURN_IF_ERROR(Find(contexts, contexts.use, path).status());
  return contexts;
}

std::string FormatContexts(const Contexts& contexts) {
  std::string text = "# Contexts of agreementsctl, which writes this file anew: agreementsctl contexts set\n";
  if (!contexts.use.empty()) absl::StrAppend(&text, kUse, " = ", contexts.use, "\n");
  for (const auto& [name, settings] : contexts.by_name) {
    absl::StrAppend(&text, "\n[", name, "]\n");
    for (const std::string& setting : SettingNames()) {
      const auto found = settings.find(setting);
      if (found != settings.end()) absl::StrAppend(&text, setting, " = ", found->second, "\n");
    }
  }
  return text;
}

absl::StatusOr<Contexts> ReadContexts(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (file == nullptr) return errno == ENOENT ? absl::StatusOr<Contexts>(Contexts()) : ErrorOfFile("read", path);
  std::string text;
  char buffer[4096];
  size_t size = 0;
  do {
    size = std::fread(buffer, 1, sizeof(buffer), file.get());
    text.append(buffer, size);
  } while (size > 0);
  if (std::ferror(file.get()) != 0) return ErrorOfFile("read", path);
  return ParseContexts(text, path);
}

absl::Status WriteContexts(const Contexts& contexts, const std::string& path) {
  std::error_code failed;
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (!directory.empty()) std::filesystem::create_directories(directory, failed);
  if (failed) return absl::FailedPreconditionError(absl::StrCat(directory.string(), ": ", failed.message(), "."));
  std::string part = path + ".XXXXXX";
  const int file = mkstemp(part.data());  // Readable by the user alone.
  if (file < 0) return ErrorOfFile("written", part);
  const std::string text = FormatContexts(contexts);
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  if (close(file) != 0 || !written || std::rename(part.c_str(), path.c_str()) != 0) {
    absl::Status status = ErrorOfFile("written", path);
    std::filesystem::remove(part, failed);
    return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<Settings> SettingsOf(const Arguments& arguments) {
  const std::string path = ContextsPath();
  ASSIGN_OR_RETURN(const Contexts contexts, ReadContexts(path));
  std::string name = arguments.Get("context");
  if (name.empty()) name = Variable("AGREEMENTSCTL_CONTEXT");
  if (name.empty()) name = contexts.use;
  Settings settings;
  if (!name.empty()) {
    ASSIGN_OR_RETURN(const Settings* const named, Find(contexts, name, path));
    settings = *named;
  }
  for (const std::string& setting : SettingNames()) {
    const std::string variable = "AGREEMENTSCTL_" + absl::AsciiStrToUpper(setting);
    const std::string value = Variable(variable);
    if (value.empty()) continue;
    const absl::Status status = CheckSetting(setting, value);
    if (!status.ok()) return absl::FailedPreconditionError(absl::StrCat(variable, ": ", status.message()));
    settings[setting] = value;
  }
  SetFromFlags(arguments, settings);
  return settings;
}

absl::StatusOr<ClientOptions> OptionsOf(const Settings& settings, const Arguments& arguments) {
  const auto get = [&](const char* name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : found->second;
  };
  ClientOptions options;
  options.endpoint = get("endpoint");
  if (options.endpoint.empty()) {
    return absl::FailedPreconditionError(
        "where is the service? Give --endpoint, or once and for all: agreementsctl contexts set NAME --endpoint "
        "HOST:PORT --account ID");
  }
  options.certificate_file = get("certificate_file");
  options.key_file = get("key_file");
  options.authority_file = get("authority_file");
  options.server_name = get("server_name");
  options.insecure = get(kInsecure) == "true";
  options.wait_for_ready = false;  // Who waits at a terminal wants to hear at once that nobody is there.
  options.user_agent = absl::StrCat("agreementsctl/", AGREEMENTS_VERSION);
  if (const std::string timeout = arguments.Get("timeout"); !timeout.empty()) {
    if (!absl::ParseDuration(timeout, &options.timeouts.call) || options.timeouts.call <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError(absl::StrCat("--timeout: '", timeout, "' is no duration as 30s or 2m."));
    }
    options.timeouts.long_call = options.timeouts.call;
  }
  return options;
}

}  // namespace agreements::cli
