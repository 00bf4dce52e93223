#include "server/rpc/call_in_flight.h"

#include <exception>
#include <optional>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/errors.h"
#include "proto/status.h"
#include "spdlog/spdlog.h"
#include "storage/connection/ids.h"

namespace agreements {
namespace {

// By which gRPC's own retries know when to try again:
// https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback
constexpr char kPushbackKey[] = "grpc-retry-pushback-ms";

// Between half as much more and half as much less, so that those who were refused together do not come back together.
absl::Duration Jittered(absl::Duration delay) {
  thread_local absl::BitGen generator;
  return delay * absl::Uniform<double>(generator, 0.5, 1.5);
}

absl::Status ToStatus(const Admission& admission) {
  if (!admission.refusal) return absl::OkStatus();
  if (*admission.refusal == Refusal::kStopping) return ServerStopping();
  return ServerBusy(Jittered(admission.retry_delay));
}

}  // namespace

absl::Status CallInFlight::Run(const Admission& admission, absl::FunctionRef<absl::Status(const storage::Call&)> run) {
  RETURN_IF_ERROR(ToStatus(admission));
  if (Patience() <= absl::ZeroDuration()) return DeadlinePassed();
  if (context_.IsCancelled()) return absl::CancelledError();
  // A defect must cost one call, not the server.
  try {
    return run(call_);
  } catch (const std::exception& error) {
    const std::string error_id = storage::ClockIdSource(absl::Now).Next("err-");
    spdlog::error("{} uncaught: {}", error_id, error.what());
    return InternalError(error_id);
  }
}

grpc::Status CallInFlight::End(const absl::Status& status) {
  if (const std::optional<absl::Duration> delay = RetryDelayOf(status)) {
    context_.AddTrailingMetadata(kPushbackKey, absl::StrCat(absl::ToInt64Milliseconds(*delay)));
  }
  return ToGrpcStatus(status);
}

absl::Duration CallInFlight::Patience() const { return call_.deadline - absl::Now(); }

absl::Status CallInFlight::Admit() {
  ASSIGN_OR_RETURN(Caller caller, authorizer_.Admit(*context_.auth_context(), context_.client_metadata(), path_));
  call_.caller = std::move(caller.name);
  call_.actor = std::move(caller.actor);
  call_.trace_id = std::move(caller.trace_id);
  call_.deadline = absl::FromChrono(context_.deadline());
  return absl::OkStatus();
}

void CallInFlight::ActFor(const std::string& account_id) {
  if (authorizer_.MayActFor(call_.caller, account_id)) {
    call_.account_id = account_id;
  } else {
    call_.account_id = kNobody;
    call_.validate_only = true;
  }
}

}  // namespace agreements
