// agreements-admin migrate: brings the database's schema to this program's version. Needs an account that may change
// the schema; serving does not.
// agreements-admin verify: checks everything that is stored. The exit status is 0 if nothing is wrong, 3 if something
// is, and another one if it could not check.
#include <cstdlib>
#include <iostream>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/time/clock.h"
#include "proto/status_macros.h"
#include "server/config.h"
#include "server/operations/verify_database.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"
#include "storage/migrations/migrations.h"
#include "storage/tables/name_keys.h"
#include "storage/tables/settings.h"

namespace agreements {
namespace {

constexpr int kWrongUsage = 2;
constexpr int kFindings = 3;  // Not 1, with which Abseil ends the program when a flag is wrong.

// A command is one call, and it may rebuild or read a large table.
absl::StatusOr<storage::DatabaseOptions> PatientDatabaseOptions() {
  ASSIGN_OR_RETURN(storage::DatabaseOptions options, DatabaseOptionsFromFlags());
  options.max_call = absl::Hours(24);
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

absl::StatusOr<DatabaseVerification> Verify() {
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
  options.progress = [](absl::string_view line) { std::cerr << "verify: " << line << std::endl; };
  return VerifyDatabase(database, context, options);
}

// The exit status of a command.
absl::StatusOr<int> Run(absl::string_view command) {
  if (command == "migrate") {
    RETURN_IF_ERROR(Migrate());
    return EXIT_SUCCESS;
  }
  ASSIGN_OR_RETURN(const DatabaseVerification verification, Verify());
  std::cout << Report(verification);
  return verification.findings() == 0 ? EXIT_SUCCESS : kFindings;
}

}  // namespace
}  // namespace agreements

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("agreements"));
  agreements::SetUsage(
      "agreements-admin migrate: brings the schema to this version. agreements-admin verify: checks everything that "
      "is stored, and changes nothing. Each flag is also read from AGREEMENTS_<NAME>.");
  const absl::Status status = agreements::SetFlagsFromEnvironment();
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  if (status.ok() && absl::GetFlag(FLAGS_print_config)) {
    std::cout << agreements::PrintedConfig();
    return EXIT_SUCCESS;
  }
  const absl::string_view command = arguments.size() == 2 ? arguments[1] : "";
  if (command != "migrate" && command != "verify") {
    std::cerr << "usage: agreements-admin migrate|verify [flags]; --help lists the flags\n";
    return agreements::kWrongUsage;
  }
  const absl::StatusOr<int> exit_status = status.ok() ? agreements::Run(command) : status;
  if (exit_status.ok()) return *exit_status;
  std::cerr << "agreements-admin: could not " << command << ": " << exit_status.status().message() << "\n";
  return EXIT_FAILURE;
}
