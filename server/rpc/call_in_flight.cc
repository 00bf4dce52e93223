#include "server/rpc/call_in_flight.h"

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "proto/errors.h"
#include "proto/status.h"
#include "server/access/caller.h"
#include "spdlog/spdlog.h"
#include "storage/connection/ids.h"

namespace agreements {
namespace {

// By which gRPC's own retries know when to try again:
// https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback
constexpr char kPushbackKey[] = "grpc-retry-pushback-ms";

constexpr char kErrorId[] = "error_id";  // In the metadata of INTERNAL_ERROR.

// Between half as much more and half as much less, so that those who were refused together do not come back together.
absl::Duration Jittered(absl::Duration delay) {
  thread_local absl::BitGen generator;
  return delay * absl::Uniform<double>(generator, 0.5, 1.5);
}

std::string BadFields(const absl::Status& status) {
  std::vector<std::string> fields;
  if (const auto bad = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad->field_violations()) fields.push_back(violation.field());
  }
  return absl::StrJoin(fields, ",");
}

std::string RandomHex() {
  thread_local absl::BitGen generator;
  return absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(generator), absl::kZeroPad16));
}

}  // namespace

CallInFlight::CallInFlight(const Method& method, grpc::CallbackServerContext& context,
                           const CallSurroundings& surroundings)
    : method_(method), context_(context), surroundings_(surroundings) {
  method_.metrics->Began();
  x_request_id_ = XRequestIdOf(context_.client_metadata());
  if (x_request_id_.empty()) x_request_id_ = storage::ClockIdSource(absl::Now).Next("");
  // Not as initial metadata: gRPC tries no call again once it has received such.
  context_.AddTrailingMetadata(kXRequestIdKey, x_request_id_);
  call_.figures = &figures_;
  call_.cancellation = std::make_shared<storage::Cancellation>();
}

absl::Status CallInFlight::Enter(TaskKind kind, const Admission& admission) {
  waited_ += admission.waited;
  if (admission.refusal) {
    surroundings_.metrics.Refused(*admission.refusal);
    if (*admission.refusal == Refusal::kStopping) return ServerStopping();
    return ServerBusy(Jittered(admission.retry_delay));
  }
  surroundings_.metrics.QueueWaited(kind, admission.waited);
  if (Patience() <= absl::ZeroDuration()) return DeadlinePassed();
  if (context_.IsCancelled()) return absl::CancelledError();
  return absl::OkStatus();
}

absl::Status CallInFlight::Guard(absl::FunctionRef<absl::Status()> run) {
  try {
    return run();
  } catch (const std::exception& error) {
    const std::string error_id = storage::ClockIdSource(absl::Now).Next("err-");
    spdlog::error("{} uncaught: {}", error_id, error.what());
    return InternalError(error_id);
  }
}

absl::Status CallInFlight::Run(TaskKind kind, const Admission& admission,
                               absl::FunctionRef<absl::Status(const storage::Call&)> run) {
  RETURN_IF_ERROR(Enter(kind, admission));
  return Guard([&] { return run(call_); });
}

grpc::Status CallInFlight::End(const absl::Status& status) {
  if (const std::optional<absl::Duration> delay = RetryDelayOf(status)) {
    context_.AddTrailingMetadata(kPushbackKey, absl::StrCat(absl::ToInt64Milliseconds(*delay)));
  }
  surroundings_.metrics.Used(figures_);
  if (!status.ok()) surroundings_.metrics.Failed(ReasonOf(status));
  if (surroundings_.log != nullptr) {
    surroundings_.log->Write(status.code(), [this, &status] { return LineOf(status); });
  }
  method_.metrics->Ended(static_cast<grpc::StatusCode>(status.code()), Age());
  return ToGrpcStatus(status);
}

absl::Duration CallInFlight::Patience() const { return call_.deadline - absl::Now(); }

absl::Duration CallInFlight::Age() const { return absl::FromChrono(std::chrono::steady_clock::now() - begin_); }

absl::Status CallInFlight::Admit() {
  const Metadata& metadata = context_.client_metadata();
  ASSIGN_OR_RETURN(Caller caller, surroundings_.authorizer.Admit(*context_.auth_context(), metadata, method_.path));
  call_.caller = std::move(caller.name);
  call_.actor = std::move(caller.actor);
  call_.trace_id = TraceOf(metadata).trace_id;
  call_.deadline = absl::FromChrono(context_.deadline());
  return absl::OkStatus();
}

void CallInFlight::ActFor(const std::string& account_id) {
  account_id_ = account_id;
  if (surroundings_.authorizer.MayActFor(call_.caller, account_id)) {
    call_.account_id = account_id;
  } else {
    call_.account_id = kNobody;
    call_.validate_only = true;
  }
}

CallLine CallInFlight::LineOf(const absl::Status& status) const {
  const auto error = DetailOf<google::rpc::ErrorInfo>(status);
  Trace trace = TraceOf(context_.client_metadata());
  if (trace.trace_id.empty()) trace.trace_id = absl::StrCat(RandomHex(), RandomHex());
  CallLine line = {.method = absl::StripPrefix(method_.path, "/"),
                   .code = status.code(),
                   .reason = error ? error->reason() : "",
                   .fields = BadFields(status),
                   .error_id = error && error->metadata().contains(kErrorId) ? error->metadata().at(kErrorId) : "",
                   .caller = call_.caller,
                   .actor = call_.actor,
                   .account_id = account_id_,
                   .request_id = call_.request_id,
                   .x_request_id = x_request_id_,
                   .trace_id = std::move(trace.trace_id),
                   .span_id = RandomHex(),
                   .parent_span_id = std::move(trace.span_id),
                   .duration = Age(),
                   .queue_time = waited_,
                   .database_time = figures_.database_time,
                   .round_trips = figures_.round_trips,
                   .is_replay = figures_.replayed,
                   .messages = messages_};
  for (size_t cause = 0; cause < figures_.reruns.size(); ++cause) {
    const std::string name(storage::NameOf(static_cast<storage::RerunCause>(cause)));
    line.reruns.insert(line.reruns.end(), static_cast<size_t>(figures_.reruns.at(cause)), name);
  }
  return line;
}

}  // namespace agreements
