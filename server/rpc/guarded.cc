#include "server/rpc/guarded.h"

#include <exception>
#include <string>

#include "absl/time/clock.h"
#include "proto/errors.h"
#include "proto/status_macros.h"
#include "spdlog/spdlog.h"
#include "storage/connection/ids.h"

namespace agreements {

absl::Status CheckAwaited(const grpc::CallbackServerContext& context, const storage::Call& call) {
  if (absl::Now() >= call.deadline) return DeadlinePassed();
  return context.IsCancelled() ? absl::CancelledError() : absl::OkStatus();
}

absl::Status RunGuarded(const grpc::CallbackServerContext& context, const storage::Call& call,
                        absl::FunctionRef<absl::Status()> run) {
  RETURN_IF_ERROR(CheckAwaited(context, call));
  // A defect must cost one call, not the server.
  try {
    return run();
  } catch (const std::exception& error) {
    const std::string error_id = storage::ClockIdSource(absl::Now).Next("err-");
    spdlog::error("{} uncaught: {}", error_id, error.what());
    return InternalError(error_id);
  }
}

}  // namespace agreements
