// What every RPC has in common, from gRPC's thread to a worker and back: size, validation, the queue, the deadline.
#ifndef AGREEMENTS_SERVER_DISPATCHER_H_
#define AGREEMENTS_SERVER_DISPATCHER_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "proto/errors.h"
#include "proto/status.h"
#include "server/operations.h"
#include "server/request_hash.h"
#include "server/validate.h"
#include "server/workers.h"
#include "storage/database.h"

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
    auto valid_request = std::make_shared<Request>(*request);
    absl::Status status = CheckSize(*request);
    if (status.ok()) status = Validate(*valid_request);
    if (status.ok() && !Begin()) status = ServerStopping();
    if (!status.ok()) {
      reactor->Finish(ToGrpcStatus(status));
      return reactor;
    }
    Enqueue(context, reactor, MakeCall(*context, *valid_request), [=, this](const storage::Call& call) {
      absl::StatusOr<Response> result = operation(env_, call, *valid_request);
      if (!result.ok()) return result.status();
      *response = *std::move(result);
      return absl::OkStatus();
    });
    return reactor;
  }

  // Refuses further calls, as UNAVAILABLE SERVER_STOPPING, and returns when every call before has its answer.
  void Stop();

 private:
  template <typename Request>
  static storage::Call MakeCall(const grpc::CallbackServerContext& context, const Request& request) {
    storage::Call call;
    call.account_id = request.account_id();
    call.deadline = absl::FromChrono(context.deadline());
    if constexpr (requires { request.request_id(); }) {
      call.request_id = request.request_id();
      call.validate_only = request.validate_only();
      call.request_hash = RequestHash(request);
    }
    return call;
  }

  // Takes a call that Finish() ends; not once the dispatcher is stopping.
  bool Begin();
  void Finish(grpc::ServerUnaryReactor* reactor, const absl::Status& status);

  static absl::Status CheckSize(const google::protobuf::Message& request);
  void Enqueue(grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor, storage::Call call,
               std::function<absl::Status(const storage::Call&)> run);

  Environment& env_;
  Workers& workers_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int running_ = 0;  // Calls that have no answer yet.
  bool stopping_ = false;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_DISPATCHER_H_
