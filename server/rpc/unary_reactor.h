// The answer to a unary call.
#ifndef AGREEMENTS_SERVER_RPC_UNARY_REACTOR_H_
#define AGREEMENTS_SERVER_RPC_UNARY_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "proto/status_macros.h"
#include "server/rpc/call_in_flight.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/inline_reactor.h"
#include "server/rpc/workers.h"

namespace agreements {

// Answers a call in a worker with what `Serve` makes of it: a function of a storage::Call and the request that returns
// absl::StatusOr of the response. A call that is not allowed, not valid or not admitted is answered without it.
template <typename Request, typename Serve>
class UnaryReactor final : public InlineReactor {
 public:
  // See CallInFlight. `workers` outlive all calls, `answer` this one.
  UnaryReactor(const Method& method, grpc::CallbackServerContext& context, const CallSurroundings& surroundings,
               Workers& workers, grpc::ByteBuffer& answer, Serve serve)
      : call_(method, context, surroundings), workers_(workers), answer_(answer), serve_(std::move(serve)) {}

  // Call it once. The reactor deletes itself when gRPC no longer needs it.
  void Start(const grpc::ByteBuffer& bytes, TaskKind kind, StatementTime time) {
    const absl::Status status = call_.Begin(time, bytes, request_);
    if (!status.ok()) {
      this->Finish(call_.End(status));
      return;
    }
    workers_.Run(call_.Owner(kind), call_.Patience(), [this, kind](const Admission& admission) {
      const auto serve = [this](const storage::Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(const auto response, serve_(call, request_));
        answer_ = call_.Answer(response);
        return absl::OkStatus();
      };
      this->Finish(call_.End(call_.Run(kind, admission, serve)));
    });
  }

  // The caller has gone, or its deadline has passed.
  void OnCancel() override { call_.Cancel(); }

  void OnDone() override { delete this; }

 private:
  CallInFlight call_;
  Workers& workers_;
  grpc::ByteBuffer& answer_;
  Request request_;
  const Serve serve_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_UNARY_REACTOR_H_
