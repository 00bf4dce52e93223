#include "server/ops/grpc_log.h"

#include <grpc/support/log.h>

#include "spdlog/spdlog.h"

namespace agreements {
namespace {

void Log(gpr_log_func_args* line) {
  const auto level = line->severity == GPR_LOG_SEVERITY_ERROR ? spdlog::level::warn : spdlog::level::debug;
  spdlog::log(level, "gRPC: {}", line->message);
}

}  // namespace

void TakeGrpcLog() { gpr_set_log_function(Log); }

}  // namespace agreements
