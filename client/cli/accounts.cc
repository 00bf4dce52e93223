#include "client/cli/accounts.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/run.h"
#include "proto/status_macros.h"

namespace agreements::cli {
namespace {

absl::StatusOr<std::vector<std::string>> AccountsOf(const Arguments& arguments) {
  if (arguments.command == nullptr || arguments.command->method->name() != "RunBilling") {
    return absl::InvalidArgumentError("--accounts-file is for billing run. Nothing was sent.");
  }
  // After the command, --account is the request's own field.
  const bool has_field = std::any_of(arguments.fields.begin(), arguments.fields.end(),
                                     [](const auto& given) { return given.first.field()->name() == "account_id"; });
  if (has_field || arguments.Has("account") || arguments.Has("json")) {
    return absl::InvalidArgumentError("--accounts-file goes with neither --account nor --json. Nothing was sent.");
  }
  return ReadAccounts(arguments.Get(kAccountsFile));
}

// How much an exit code says about all accounts together.
int WeightOf(int code) {
  static const int unavailable = ExitCodeOf(absl::UnavailableError(""));
  if (code == EXIT_SUCCESS) return 0;
  if (code == kExitRefusals) return 1;
  return code == unavailable ? 3 : 2;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadAccounts(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> accounts;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    absl::StripAsciiWhitespace(&line);
    if (line.empty() || line.front() == '#') continue;
    if (std::any_of(line.begin(), line.end(), absl::ascii_isspace)) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": '", line, "' is more than one account."));
    }
    accounts.push_back(line);
  }
  if (!file.is_open() || file.bad()) {
    return absl::InvalidArgumentError(absl::StrCat("--accounts-file: ", path, " cannot be read."));
  }
  if (accounts.empty()) return absl::InvalidArgumentError(absl::StrCat("--accounts-file: ", path, " has no account."));
  return accounts;
}

int RunForAccounts(const Api& api, const std::vector<Command>& commands, const Arguments& arguments,
                   const ErrorStyle& error_style) {
  const auto accounts = AccountsOf(arguments);
  if (!accounts.ok()) {
    std::cerr << "agreementsctl: " << accounts.status().message() << "\n";
    return kExitUsage;
  }
  int code = EXIT_SUCCESS;
  for (const std::string& account : *accounts) {
    Arguments of_account = arguments;
    of_account.options["account"] = {account};
    std::cerr << account << ":" << std::endl;
    const int ended = RunCommand(api, commands, of_account, error_style);
    if (ended == kExitUsage) return ended;  // It would be the same for all.
    if (WeightOf(ended) > WeightOf(code)) code = ended;
  }
  return code;
}

}  // namespace agreements::cli
