// agreements-admin migrate: brings the database's schema to this program's version. Needs an account that may change
// the schema; serving does not.
// agreements-admin verify: checks everything that is stored, and tells it as text or as JSON. The exit status is 0 if
// nothing is wrong, 3 if something is, and another one if it could not check.
// agreements-admin policy check: checks a policy file, and answers what a caller may do by it. The exit status is 0 for
// allowed, 3 for denied, and another one if it could not check.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/status_macros.h"
#include "server/access/policy.h"
#include "server/config.h"
#include "server/operations/verify_database.h"
#include "server/operations/verify_report.h"
#include "server/rpc/policy_check.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"
#include "storage/migrations/migrations.h"
#include "storage/tables/name_keys.h"
#include "storage/tables/settings.h"

// Of one command only, so no settings.
ABSL_FLAG(
    std::string, output, "text",
    "verify: how it tells what it found, text or json. JSON has the verdict (WELL, BREACHES or NOT_VERIFIED), the "
    "number of findings, and each check with the first 1,000 that it found: account_id, what, ids.");
ABSL_FLAG(std::string, principal, "", "policy check: whose calls to ask for, e.g. spiffe://prod/portal.");
ABSL_FLAG(std::string, method, "",
          "policy check: the method, e.g. MoveCompany or /agreements.v1.CompanyService/MoveCompany.");
ABSL_FLAG(std::string, account, "", "policy check: the account_id that the call is about; optional.");

namespace agreements {
namespace {

constexpr char kUsage[] =
    "usage: agreements-admin migrate [flags]\n"
    "       agreements-admin verify [--output=text|json] [flags]\n"
    "       agreements-admin policy check FILE [--principal=P --method=M [--account=A]]\n"
    "--help lists the flags\n";

constexpr int kWrongUsage = 2;
constexpr int kFindings = 3;  // Not 1, with which Abseil ends the program when a flag is wrong.
constexpr int kDenied = 3;
constexpr int kMaxShownInJson = 1000;  // Findings of a check.

// A command is one call, and it may rebuild or read a large table.
absl::StatusOr<storage::DatabaseOptions> PatientDatabaseOptions() {
  ASSIGN_OR_RETURN(storage::DatabaseOptions options, DatabaseOptionsFromFlags());
  options.max_call = absl::Hours(24);
  options.max_statement = options.max_call;
  options.records_writer = false;
  return options;
}

absl::Status Migrate() {
  ASSIGN_OR_RETURN(const storage::DatabaseOptions database_options, PatientDatabaseOptions());
  ASSIGN_OR_RETURN(const absl::TimeZone time_zone, TimeZoneFromFlags());
  ASSIGN_OR_RETURN(const std::string currency, CurrencyFromFlags());
  storage::Database::InitializeLibrary();
  storage::ClockIdSource ids(absl::Now);
  storage::Database database(database_options, ids, absl::Now);
  RETURN_IF_ERROR(storage::Migrate(database, storage::EmbeddedMigrations(),
                                   [](absl::string_view line) { std::cout << "migrate: " << line << std::endl; }));
  ASSIGN_OR_RETURN(const storage::RefreshedNames refreshed, storage::RefreshNames(database, [] { return true; }));
  if (refreshed.agreements + refreshed.companies > 0) {
    std::cout << "migrate: computed the keys of the names of " << refreshed.agreements << " agreements and "
              << refreshed.companies << " companies" << std::endl;
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<storage::Session> session, database.Connect());
  return storage::RecordSettings(*session, {.time_zone = time_zone.name(), .currency = currency});
}

absl::StatusOr<DatabaseVerification> VerifyAll(int max_shown) {
  ASSIGN_OR_RETURN(const storage::DatabaseOptions database_options, PatientDatabaseOptions());
  ASSIGN_OR_RETURN(const absl::TimeZone time_zone, TimeZoneFromFlags());
  ASSIGN_OR_RETURN(const std::string currency, CurrencyFromFlags());
  storage::Database::InitializeLibrary();
  storage::ClockIdSource ids(absl::Now);
  storage::Database database(database_options, ids, absl::Now);
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<storage::Session> session, database.Connect());
    RETURN_IF_ERROR(storage::CheckSchema(*session, storage::EmbeddedMigrations()));
    RETURN_IF_ERROR(storage::CheckSettings(*session, {.time_zone = time_zone.name(), .currency = currency}));
  }
  const Context context{.clock = {.now = absl::Now, .time_zone = time_zone}, .currency = currency};
  VerifyOptions options;
  options.max_shown = max_shown;
  options.progress = [](absl::string_view line) { std::cerr << "verify: " << line << std::endl; };
  return VerifyDatabase(database, context, options);
}

absl::StatusOr<int> Verify(bool as_json) {
  const absl::StatusOr<DatabaseVerification> verification =
      VerifyAll(as_json ? kMaxShownInJson : VerifyOptions().max_shown);
  if (!verification.ok()) {
    if (as_json) std::cout << JsonReport(verification.status());
    return verification.status();
  }
  std::cout << (as_json ? JsonReport(*verification) : Report(*verification));
  return verification->findings() == 0 ? EXIT_SUCCESS : kFindings;
}

// What `policy check` is asked.
struct PolicyFlags {
  std::string principal = absl::GetFlag(FLAGS_principal);
  std::string method = absl::GetFlag(FLAGS_method);
  std::string account = absl::GetFlag(FLAGS_account);

  bool empty() const { return principal.empty() && method.empty() && account.empty(); }
  // A question names both. Without one, only the file is checked.
  bool complete() const { return empty() || (!principal.empty() && !method.empty()); }
};

absl::StatusOr<Policy> ReadPolicy(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content(kMaxPolicySize + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file.is_open() || file.bad()) return absl::InvalidArgumentError(absl::StrCat("cannot read ", path));
  content.resize(static_cast<size_t>(file.gcount()));
  absl::StatusOr<Policy> policy = Policy::Parse(content);
  if (!policy.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", policy.status().message()));
  return policy;
}

absl::StatusOr<int> CheckPolicy(const std::string& path, const PolicyFlags& flags) {
  ASSIGN_OR_RETURN(const Policy policy, ReadPolicy(path));
  for (const std::string& line : policy.PathsWithoutMethod(ServedPaths())) {
    std::cerr << "warning: " << path << ": " << line << "\n";
  }
  if (flags.empty()) {
    std::cout << path << ": is a policy\n";
    return EXIT_SUCCESS;
  }
  ASSIGN_OR_RETURN(const std::string method_path, PathOfMethod(flags.method));
  const PolicyAnswer answer =
      Answer(policy, {.principal = flags.principal, .path = method_path, .account_id = flags.account});
  std::cout << answer.text;
  return answer.allowed ? EXIT_SUCCESS : kDenied;
}

using Command = std::vector<std::string>;

bool IsPolicyCheck(const Command& command) {
  return command.size() == 3 && command[0] == "policy" && command[1] == "check";
}

bool IsCommand(const Command& command, const PolicyFlags& policy_flags, const std::string& output) {
  if (IsPolicyCheck(command)) return policy_flags.complete() && output == "text";
  if (!policy_flags.empty()) return false;
  if (command == Command{"verify"}) return output == "text" || output == "json";
  return command == Command{"migrate"} && output == "text";
}

// The exit status of a command.
absl::StatusOr<int> Run(const Command& command, const PolicyFlags& policy_flags, const std::string& output) {
  if (IsPolicyCheck(command)) return CheckPolicy(command[2], policy_flags);
  if (command[0] == "migrate") {
    RETURN_IF_ERROR(Migrate());
    return EXIT_SUCCESS;
  }
  return Verify(output == "json");
}

// The settings, and the flags of this file.
void SetAdminUsage() {
  SetUsage(
      "agreements-admin migrate: brings the schema to this version. agreements-admin verify: checks everything that "
      "is stored, and changes nothing; exit status 0: nothing is wrong, 3: something is, 1 or 2: it could not check. "
      "Each flag is also read from AGREEMENTS_<NAME>. agreements-admin policy check "
      "FILE: checks a policy file, and with --principal and --method whether it allows the call.");
  absl::FlagsUsageConfig config;
  config.contains_help_flags = [](absl::string_view file) {
    return file == absl::GetFlagReflectionHandle(FLAGS_print_config).Filename() ||
           file == absl::GetFlagReflectionHandle(FLAGS_principal).Filename();
  };
  absl::SetFlagsUsageConfig(config);
}

}  // namespace
}  // namespace agreements

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("agreements"));
  agreements::SetAdminUsage();
  const absl::Status status = agreements::SetFlagsFromEnvironment();
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  if (status.ok() && absl::GetFlag(FLAGS_print_config)) {
    std::cout << agreements::PrintedConfig();
    return EXIT_SUCCESS;
  }
  const agreements::Command command(arguments.begin() + 1, arguments.end());
  const agreements::PolicyFlags policy_flags;
  const std::string output = absl::GetFlag(FLAGS_output);
  if (!agreements::IsCommand(command, policy_flags, output)) {
    std::cerr << agreements::kUsage;
    return agreements::kWrongUsage;
  }
  const absl::StatusOr<int> exit_status = status.ok() ? agreements::Run(command, policy_flags, output) : status;
  if (exit_status.ok()) return *exit_status;
  std::cerr << "agreements-admin: could not "
            << (agreements::IsPolicyCheck(command) ? "check the policy" : command.front()) << ": "
            << exit_status.status().message() << "\n";
  return EXIT_FAILURE;
}
