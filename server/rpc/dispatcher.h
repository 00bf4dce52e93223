// What every RPC has in common, from gRPC's thread to a worker and back: size, validation, the queue, the deadline.
#ifndef AGREEMENTS_SERVER_RPC_DISPATCHER_H_
#define AGREEMENTS_SERVER_RPC_DISPATCHER_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "proto/errors.h"
#include "proto/status.h"
#include "server/operations/operations.h"
#include "server/requests/request_hash.h"
#include "server/requests/validate.h"
#include "server/rpc/guarded.h"
#include "server/rpc/stream_reactor.h"
#include "server/rpc/task_kind.h"
#include "server/rpc/workers.h"
#include "storage/connection/database.h"

namespace agreements {

inline constexpr int64_t kMaxRequestSize = 1 << 20;  // Bytes

// Thread-safe.
class Dispatcher {
 public:
  Dispatcher(Environment& env, Workers& workers) : env_(env), workers_(workers) {}

  // Answers the call with what `operation` returns for the request, once the request is found valid, in a worker. What
  // is invalid, or finds the queue full, is answered at once and never touches the database; nor does a call whose
  // deadline passes in the queue.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const Request* request, Response* response,
                                absl::StatusOr<Response> (*operation)(Environment&, const storage::Call&,
                                                                      const Request&)) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const auto valid_request = std::make_shared<Request>(*request);
    absl::Status status = Check(*request, *valid_request);
    if (status.ok()) {
      const TaskOwner owner{.account_id = valid_request->account_id(), .kind = KindOf<Request>()};
      status = workers_.TryRun(owner, [=, this, call = MakeCall(*context, *valid_request)] {
        reactor->Finish(ToGrpcStatus(RunGuarded(*context, call, [&] {
          absl::StatusOr<Response> result = operation(env_, call, *valid_request);
          if (!result.ok()) return result.status();
          *response = *std::move(result);
          return absl::OkStatus();
        })));
      });
    }
    if (!status.ok()) reactor->Finish(ToGrpcStatus(status));
    return reactor;
  }

  // The same with the messages of a stream. A stream that has begun goes on however full the queue is. It ends at its
  // next message when the call's deadline has passed, the caller is gone, or the server stops.
  template <typename Request, typename Response>
  grpc::ServerWriteReactor<Response>* RunStream(grpc::CallbackServerContext* context, const Request* request,
                                                Stream<Response> (*operation)(Environment&, const Request&)) {
    const auto valid_request = std::make_shared<Request>(*request);
    const absl::Status status = Check(*request, *valid_request);
    auto begin_and_go_on = [=, this, stream = Stream<Response>()](const storage::Call& call) mutable {
      if (!stream) stream = operation(env_, *valid_request);
      return stream(call);
    };
    auto* reactor = new StreamReactor<Response>(*context, workers_, KindOf<Request>(),
                                                MakeCall(*context, *valid_request), std::move(begin_and_go_on));
    if (status.ok()) {
      reactor->Start();
    } else {
      reactor->Finish(ToGrpcStatus(status));
    }
    return reactor;
  }

  // Refuses further calls, as UNAVAILABLE SERVER_STOPPING, and returns when every call before has its answer, except
  // streams whose last message the caller has not taken yet: those are refused when it has.
  void Stop() { workers_.Stop(); }

 private:
  // Checks `request`, of which `valid_request` is a copy, and brings that into the form that operations work with.
  template <typename Request>
  static absl::Status Check(const Request& request, Request& valid_request) {
    const auto size = static_cast<int64_t>(request.ByteSizeLong());
    return size <= kMaxRequestSize ? Validate(valid_request) : RequestTooLarge(size, kMaxRequestSize);
  }

  template <typename Request>
  static TaskKind KindOf() {
    static const TaskKind kind = TaskKindOf(*Request::descriptor());
    return kind;
  }

  template <typename Request>
  static storage::Call MakeCall(const grpc::CallbackServerContext& context, const Request& request) {
    storage::Call call;
    call.account_id = request.account_id();
    call.deadline = absl::FromChrono(context.deadline());
    if constexpr (requires { request.validate_only(); }) call.validate_only = request.validate_only();
    if constexpr (requires { request.request_id(); }) {
      call.request_id = request.request_id();
      call.request_hash = RequestHash(request);
      call.method = std::string(request.GetDescriptor()->full_name());
    }
    return call;
  }

  Environment& env_;
  Workers& workers_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_DISPATCHER_H_
