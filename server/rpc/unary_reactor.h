// The answer to a unary call.
#ifndef AGREEMENTS_SERVER_RPC_UNARY_REACTOR_H_
#define AGREEMENTS_SERVER_RPC_UNARY_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "server/rpc/authorizer.h"
#include "server/rpc/call_in_flight.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/workers.h"

namespace agreements {

// Answers a call in a worker with what `Serve` makes of it, absl::Status(const storage::Call&, const Request&). A call
// that is not allowed, not valid or not admitted is answered without it.
template <typename Request, typename Serve>
class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  // See CallInFlight. `workers` outlive all calls.
  UnaryReactor(const std::string& path, grpc::CallbackServerContext& context, const Authorizer& authorizer,
               Workers& workers, Serve serve)
      : call_(path, context, authorizer), workers_(workers), serve_(std::move(serve)) {}

  // Call it once. The reactor deletes itself when gRPC no longer needs it.
  void Start(const grpc::ByteBuffer& bytes, TaskKind kind) {
    const absl::Status status = call_.Begin(bytes, request_);
    if (!status.ok()) {
      this->Finish(call_.End(status));
      return;
    }
    workers_.Run(call_.Owner(kind), call_.Patience(), [this](const Admission& admission) {
      const auto serve = [this](const storage::Call& call) { return serve_(call, request_); };
      this->Finish(call_.End(call_.Run(admission, serve)));
    });
  }

  void OnDone() override { delete this; }

 private:
  CallInFlight call_;
  Workers& workers_;
  Request request_;
  const Serve serve_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_UNARY_REACTOR_H_
