// `order-basis export`: order bases as a file that a sales module imports.
#ifndef AGREEMENTS_CLIENT_CLI_EXPORT_COMMAND_H_
#define AGREEMENTS_CLIENT_CLI_EXPORT_COMMAND_H_

#include "absl/status/statusor.h"
#include "client/cli/export/order_export.h"
#include "client/cli/input/arguments.h"
#include "client/cli/output/errors.h"

namespace agreements::cli {

// Which order bases, and how they are written.
struct ExportPlan {
  std::vector<std::string> order_basis_ids;  // These; or else those of the days:
  std::string agreement_id;                  // Of this agreement only; empty: of all.
  std::string from_day;
  std::string until_day;
  bool has_order_date = false;  // Else it is the latest until_day of what is exported.
  OrderExportOptions options;
  std::string file;  // Empty: standard output.
};

// INVALID_ARGUMENT names the flag that is wrong or missing.
absl::StatusOr<ExportPlan> ExportPlanOf(const Arguments& arguments);

// The exit code. Writes the whole file or nothing.
int RunExport(const Arguments& arguments, const ErrorStyle& error_style);

}  // namespace agreements::cli

#endif  // AGREEMENTS_CLIENT_CLI_EXPORT_COMMAND_H_
