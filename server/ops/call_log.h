// The log: what the process says, and a line for each call.
#ifndef AGREEMENTS_SERVER_OPS_CALL_LOG_H_
#define AGREEMENTS_SERVER_OPS_CALL_LOG_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "spdlog/fwd.h"

namespace agreements {

enum class LogFormat : std::uint8_t {
  kText,  // For a terminal.
  kJson,  // An object each line, with at least time (RFC 3339), level and message.
};

// "text", "json", or "auto": text if standard error is a terminal, else JSON. INVALID_ARGUMENT for anything else.
absl::StatusOr<LogFormat> LogFormatNamed(absl::string_view name);

// From now on spdlog's default logger writes in this format to standard error. Not thread-safe.
void SetUpLog(LogFormat format);

struct LogOptions {
  LogFormat format = LogFormat::kText;
  int successes_per_second = 10;  // That get a line, at the most.
};

// What is told of a call that has ended. No text of a request or an answer but ids.
struct CallLine {
  absl::string_view method;  // "agreements.v1.CompanyService/MoveCompany"
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string reason = {};    // "COMPANY_NOT_FOUND", for an error of this service.
  std::string fields = {};    // Paths of those that are wrong, e.g. "first_company_draft.display_name".
  std::string error_id = {};  // Under which the log has what an INTERNAL error was.
  std::string caller = {};
  std::string actor = {};
  std::string account_id = {};
  std::string request_id = {};    // By which a mutation is done once.
  std::string x_request_id = {};  // By which people find a call.
  std::string trace_id = {};
  std::string span_id = {};         // Made for this call.
  std::string parent_span_id = {};  // The caller's.
  absl::Duration duration = {};
  absl::Duration queue_time = {};
  absl::Duration database_time = {};
  int64_t round_trips = 0;               // One that calls share is counted for the first of them.
  std::vector<std::string> reruns = {};  // Why the transaction ran again, each time.
  bool is_replay = false;                // Answered with what an earlier call had done.
  int64_t messages = 0;                  // That it was answered with; a stream has many.
};

// Writes lines of calls where spdlog's default logger writes: each failure, and of successes the first ones of each
// second. A line says how many successes before it got none. Thread-safe.
class CallLog {
 public:
  explicit CallLog(const LogOptions& options);

  // `make_line` is called only if the line is written. `code` is the line's.
  void Write(absl::StatusCode code, absl::FunctionRef<CallLine()> make_line);

 private:
  // How many successes before this line got none; std::nullopt if this one gets none either.
  std::optional<int64_t> SkippedBefore(bool is_success, absl::Time now);

  const LogOptions options_;
  const std::shared_ptr<spdlog::logger> logger_;
  std::mutex mutex_;
  int64_t second_ = 0;
  int successes_ = 0;    // In this second.
  int64_t skipped_ = 0;  // Since the last line.
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_CALL_LOG_H_
