#include "server/dispatcher.h"

#include <exception>

#include "absl/time/clock.h"
#include "spdlog/spdlog.h"
#include "storage/ids.h"

namespace agreements {
namespace {

// The last line of defence: a defect must cost one call, not the server.
absl::Status WithoutExceptions(const std::function<absl::Status(const storage::Call&)>& run,
                               const storage::Call& call) {
  try {
    return run(call);
  } catch (const std::exception& error) {
    const std::string error_id = storage::ClockIdSource(absl::Now).Next("err-");
    spdlog::error("{} uncaught: {}", error_id, error.what());
    return InternalError(error_id);
  }
}

}  // namespace

absl::Status Dispatcher::CheckSize(const google::protobuf::Message& request) {
  const auto size = static_cast<int64_t>(request.ByteSizeLong());
  return size <= kMaxRequestSize ? absl::OkStatus() : RequestTooLarge(size, kMaxRequestSize);
}

bool Dispatcher::Begin() {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  ++running_;
  return true;
}

void Dispatcher::Finish(grpc::ServerUnaryReactor* reactor, const absl::Status& status) {
  reactor->Finish(ToGrpcStatus(status));
  const std::lock_guard lock(mutex_);
  if (--running_ == 0) ended_.notify_all();
}

void Dispatcher::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  ended_.wait(lock, [this] { return running_ == 0; });
}

void Dispatcher::Enqueue(grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor, storage::Call call,
                         std::function<absl::Status(const storage::Call&)> run) {
  const bool queued = workers_.TryRun([=, this, call = std::move(call), run = std::move(run)] {
    const bool late = absl::Now() >= call.deadline || context->IsCancelled();
    Finish(reactor, late ? DeadlinePassed() : WithoutExceptions(run, call));
  });
  if (!queued) Finish(reactor, ServerBusy());
}

}  // namespace agreements
