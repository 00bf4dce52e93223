// The answer to a server-streaming call.
#ifndef AGREEMENTS_SERVER_RPC_STREAM_REACTOR_H_
#define AGREEMENTS_SERVER_RPC_STREAM_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/operations/operations.h"
#include "server/rpc/call_in_flight.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/workers.h"

namespace agreements {

// Sends the messages of a stream, each made by a task of its own, which is queued when the client has taken the message
// before: between two messages a stream occupies no worker. `Open` makes the stream of a request.
//
// One thing is in progress at a time, a task or a write. It starts the next one or finishes the call. That may happen
// in another thread before StartWrite() or Finish() returns, so nothing uses the reactor after it has called them. A
// caller who goes away makes the write fail, and a task notices it when it begins.
template <typename Request, typename Response, typename Open>
class StreamReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // See CallInFlight. `workers` outlive all calls.
  StreamReactor(const Method& method, grpc::CallbackServerContext& context, const CallSurroundings& surroundings,
                Workers& workers, Open open)
      : call_(method, context, surroundings), workers_(workers), open_(std::move(open)) {}

  // Call it once. The reactor deletes itself when gRPC no longer needs it.
  void Start(const grpc::ByteBuffer& bytes) {
    const absl::Status status = call_.Begin(StatementTime::kLong, bytes, request_);
    if (!status.ok()) {
      this->Finish(call_.End(status));
      return;
    }
    workers_.Run(Owner(), call_.Patience(), [this](const Admission& admission) { SendNext(admission); });
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      workers_.GoOn(Owner(), [this](const Admission& admission) { SendNext(admission); });
    } else {
      this->Finish(call_.End(absl::CancelledError()));
    }
  }

  // The caller has gone, or its deadline has passed.
  void OnCancel() override { call_.Cancel(); }

  void OnDone() override { delete this; }

 private:
  TaskOwner Owner() const { return call_.Owner(TaskKind::kBackground); }

  void SendNext(const Admission& admission) {
    static_cast<void>(made_.load(std::memory_order_acquire));
    bool has_next = false;
    const absl::Status status =
        call_.Run(TaskKind::kBackground, admission, [&](const storage::Call& call) -> absl::Status {
          if (!stream_) stream_ = open_(request_);
          absl::StatusOr<std::optional<Response>> next = stream_(call);
          if (!next.ok()) return next.status();
          has_next = next->has_value();
          if (!has_next) return absl::OkStatus();
          bytes_ = call_.Answer(**next);
          return absl::OkStatus();
        });
    made_.fetch_add(1, std::memory_order_release);
    if (has_next) {
      this->StartWrite(&bytes_);
    } else {
      this->Finish(call_.End(status));
    }
  }

  CallInFlight call_;
  Workers& workers_;
  Request request_;
  const Open open_;
  Stream<Response> stream_;  // Empty until it is opened.
  // How many tasks have made a message. A task acquires what the one before, in another thread, has released: what
  // follows. gRPC, by way of which it goes, gives that order too, but says so nowhere, and ThreadSanitizer cannot see
  // it.
  std::atomic<int64_t> made_ = 0;
  grpc::ByteBuffer bytes_;  // Being written
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_STREAM_REACTOR_H_
