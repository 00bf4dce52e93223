// The answer to a server-streaming call.
#ifndef AGREEMENTS_SERVER_STREAM_REACTOR_H_
#define AGREEMENTS_SERVER_STREAM_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/status.h"
#include "server/guarded.h"
#include "server/operations.h"
#include "server/workers.h"
#include "storage/database.h"

namespace agreements {

// Sends the messages of a stream, each made by a task of its own, which is queued when the client has taken the message
// before: between two messages a stream occupies no worker.
//
// There is one thing in progress at any time, a task or a write, which starts the next one or finishes the call. So
// nothing here needs a lock, and nothing uses the reactor after it has called StartWrite() or Finish(): what comes then
// may happen in another thread before they return. A caller who goes away makes the write fail and is noticed by a task
// when it begins.
template <typename Response>
class StreamReactor final : public grpc::ServerWriteReactor<Response> {
 public:
  // `context` is that of the call, which outlives the reactor; `workers` outlive all calls.
  StreamReactor(const grpc::CallbackServerContext& context, Workers& workers, storage::Call call,
                Stream<Response> stream)
      : context_(context), workers_(workers), call_(std::move(call)), stream_(std::move(stream)) {}

  // Call it once. The reactor deletes itself when gRPC has done with it.
  void Start() {
    const absl::Status status = workers_.TryRun([this] { SendNext(); });
    if (!status.ok()) this->Finish(ToGrpcStatus(status));
  }

  void OnWriteDone(bool ok) override {
    const absl::Status status = ok ? workers_.Run([this] { SendNext(); }) : absl::CancelledError();
    if (!status.ok()) this->Finish(ToGrpcStatus(status));
  }

  void OnDone() override { delete this; }

 private:
  void SendNext() {
    std::optional<Response> next;
    const absl::Status status = RunGuarded(context_, call_, [&] {
      absl::StatusOr<std::optional<Response>> result = stream_(call_);
      if (!result.ok()) return result.status();
      next = *std::move(result);
      return absl::OkStatus();
    });
    if (!status.ok() || !next) {
      this->Finish(ToGrpcStatus(status));
      return;
    }
    response_ = *std::move(next);
    this->StartWrite(&response_);
  }

  const grpc::CallbackServerContext& context_;
  Workers& workers_;
  const storage::Call call_;
  Stream<Response> stream_;
  Response response_;  // Being written
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_STREAM_REACTOR_H_
