// One command for many accounts: --accounts-file.
#ifndef AGREEMENTS_CLIENT_CLI_ACCOUNTS_H_
#define AGREEMENTS_CLIENT_CLI_ACCOUNTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/input/arguments.h"
#include "client/cli/output/errors.h"

namespace agreements::cli {

inline constexpr char kAccountsFile[] = "accounts-file";

// The accounts in a file, one a line, without empty lines and those that begin with '#'. INVALID_ARGUMENT names the
// file and the line, also if there is no account.
absl::StatusOr<std::vector<std::string>> ReadAccounts(const std::string& path);

// Runs `billing run` for each account in the file, and goes on when one fails. Each account's name is told on standard
// error before its answer. The exit code is 8 if one has it, since running again helps then; else that of the first
// that failed; else 10 if one has refusals. REQUIRES: arguments.Has(kAccountsFile).
int RunForAccounts(const Api& api, const std::vector<Command>& commands, const Arguments& arguments,
                   const ErrorStyle& error_style);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_ACCOUNTS_H_
