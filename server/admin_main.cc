// agreements-admin migrate: brings the database's schema to this program's version. Needs an account that may change
// the schema; serving does not.
#include <cstdlib>
#include <iostream>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/clock.h"
#include "server/config.h"
#include "storage/migrations.h"
#include "storage/settings.h"
#include "storage/status_macros.h"

namespace agreements {
namespace {

absl::Status Migrate() {
  ASSIGN_OR_RETURN(storage::DatabaseOptions database_options, DatabaseOptionsFromFlags());
  ASSIGN_OR_RETURN(const absl::TimeZone time_zone, TimeZoneFromFlags());
  database_options.max_call = absl::Hours(24);  // Rebuilding a large table takes its time.
  storage::Database::InitializeLibrary();
  storage::ClockIdSource ids(absl::Now);
  storage::Database database(database_options, ids, absl::Now);
  RETURN_IF_ERROR(storage::Migrate(database, storage::EmbeddedMigrations(),
                                   [](absl::string_view line) { std::cout << "migrate: " << line << std::endl; }));
  ASSIGN_OR_RETURN(const std::unique_ptr<storage::Session> session, database.Connect());
  return storage::RecordTimeZone(*session, time_zone.name());
}

}  // namespace
}  // namespace agreements

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "agreements-admin migrate: brings the schema to this version. Each flag is also read from AGREEMENTS_<NAME>.");
  absl::Status status = agreements::SetFlagsFromEnvironment();
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  if (status.ok() && absl::GetFlag(FLAGS_print_config)) {
    std::cout << agreements::PrintedConfig();
    return EXIT_SUCCESS;
  }
  if (arguments.size() != 2 || absl::string_view(arguments[1]) != "migrate") {
    std::cerr << "usage: agreements-admin migrate [flags]; --help lists the flags\n";
    return 2;
  }
  if (status.ok()) status = agreements::Migrate();
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "agreements-admin: " << status.message() << "\n";
  return EXIT_FAILURE;
}
