// The answer to a server-streaming call.
#ifndef AGREEMENTS_SERVER_RPC_STREAM_REACTOR_H_
#define AGREEMENTS_SERVER_RPC_STREAM_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/status.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/rpc/guarded.h"
#include "server/rpc/messages.h"
#include "server/rpc/workers.h"
#include "storage/connection/database.h"

namespace agreements {

// Sends the messages of a stream, each made by a task of its own, which is queued when the client has taken the message
// before: between two messages a stream occupies no worker.
//
// One thing is in progress at a time, a task or a write. It starts the next one or finishes the call. That may happen
// in another thread before StartWrite() or Finish() returns, so nothing uses the reactor after it has called them. A
// caller who goes away makes the write fail, and a task notices it when it begins.
template <typename Response>
class StreamReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // `context` is that of the call, which outlives the reactor; `workers` outlive all calls.
  StreamReactor(const grpc::CallbackServerContext& context, Workers& workers, storage::Call call,
                Stream<Response> stream)
      : context_(context),
        workers_(workers),
        owner_{.account_id = call.account_id, .kind = TaskKind::kBackground},
        call_(std::move(call)),
        stream_(std::move(stream)) {}

  // Call it once. The reactor deletes itself when gRPC no longer needs it.
  void Start() {
    const absl::Status status = workers_.TryRun(owner_, [this] { SendNext(); });
    if (!status.ok()) this->Finish(ToGrpcStatus(status));
  }

  void OnWriteDone(bool ok) override {
    const absl::Status status = ok ? workers_.Run(owner_, [this] { SendNext(); }) : absl::CancelledError();
    if (!status.ok()) this->Finish(ToGrpcStatus(status));
  }

  void OnDone() override { delete this; }

 private:
  void SendNext() {
    static_cast<void>(made_.load(std::memory_order_acquire));
    const absl::StatusOr<bool> has_next = MakeNext();
    made_.fetch_add(1, std::memory_order_release);
    if (!has_next.ok() || !*has_next) {
      this->Finish(ToGrpcStatus(has_next.status()));
      return;
    }
    this->StartWrite(&bytes_);
  }

  // False at the end.
  absl::StatusOr<bool> MakeNext() {
    bool has_next = false;
    RETURN_IF_ERROR(RunGuarded(context_, call_, [&] {
      absl::StatusOr<std::optional<Response>> next = stream_(call_);
      if (!next.ok()) return next.status();
      has_next = next->has_value();
      if (has_next) bytes_ = ToBytes(**next);
      return absl::OkStatus();
    }));
    return has_next;
  }

  const grpc::CallbackServerContext& context_;
  Workers& workers_;
  const TaskOwner owner_;
  const storage::Call call_;
  // How many tasks have made a message. A task acquires what the one before, in another thread, has released: what
  // follows. gRPC, by way of which it goes, gives that order too, but says so nowhere, and ThreadSanitizer cannot see
  // it.
  std::atomic<int64_t> made_ = 0;
  Stream<Response> stream_;
  grpc::ByteBuffer bytes_;  // Being written
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_STREAM_REACTOR_H_
