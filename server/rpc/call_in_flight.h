// A call from its arrival to its answer.
#ifndef AGREEMENTS_SERVER_RPC_CALL_IN_FLIGHT_H_
#define AGREEMENTS_SERVER_RPC_CALL_IN_FLIGHT_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "proto/status_macros.h"
#include "server/requests/page_tokens.h"
#include "server/requests/request_hash.h"
#include "server/requests/validate.h"
#include "server/rpc/authorizer.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/messages.h"
#include "storage/connection/database.h"

namespace agreements {

// The account of a call whose caller may not act for the one that it names: no request can name it, so it has nothing,
// and every answer is that of an account that has nothing. What can be done even there, such as creating an agreement,
// is rolled back and refused.
inline constexpr char kNobody[] = "";

// What every call has, unary or stream: who calls, for which account, until when, and what is told of it at its end.
// Its parts are used one after the other, by whichever thread has it then.
class CallInFlight {
 public:
  // `path` is the method's, "/agreements.v1.CompanyService/MoveCompany". It, the context and the authorizer outlive the
  // call.
  CallInFlight(const std::string& path, grpc::CallbackServerContext& context, const Authorizer& authorizer)
      : path_(path), context_(context), authorizer_(authorizer) {}
  CallInFlight(const CallInFlight&) = delete;
  CallInFlight& operator=(const CallInFlight&) = delete;

  // Everything before the queue: who calls, whether it may, and whether `bytes` are a request, which is brought into
  // the form that operations work with. An error is the answer.
  template <typename Request>
  absl::Status Begin(const grpc::ByteBuffer& bytes, Request& request) {
    RETURN_IF_ERROR(Admit());
    RETURN_IF_ERROR(Parse(bytes, request));
    RETURN_IF_ERROR(Validate(request));
    if constexpr (requires { request.page_token(); }) {
      RETURN_IF_ERROR(CheckPageToken(request, request.page_token()));
    }
    if constexpr (requires { request.validate_only(); }) call_.validate_only = request.validate_only();
    if constexpr (requires { request.request_id(); }) {
      call_.request_id = request.request_id();
      call_.request_hash = RequestHash(request);
      call_.method = std::string(request.GetDescriptor()->full_name());
    }
    ActFor(request.account_id());
    return absl::OkStatus();
  }

  // Runs `run` with the call, if it was admitted and is still awaited. Otherwise RESOURCE_EXHAUSTED SERVER_BUSY,
  // UNAVAILABLE SERVER_STOPPING, DEADLINE_EXCEEDED DEADLINE_PASSED, or CANCELLED. INTERNAL INTERNAL_ERROR if `run`
  // throws.
  absl::Status Run(const Admission& admission, absl::FunctionRef<absl::Status(const storage::Call&)> run);

  // The status that goes to the caller, who is told when to try again where that helps. Call it once, at the end.
  grpc::Status End(const absl::Status& status);

  const storage::Call& call() const { return call_; }
  TaskOwner Owner(TaskKind kind) const {
    return {.caller = call_.caller, .account_id = call_.account_id, .kind = kind};
  }
  // How long the caller is still waiting.
  absl::Duration Patience() const;

 private:
  absl::Status Admit();
  void ActFor(const std::string& account_id);

  const std::string& path_;
  grpc::CallbackServerContext& context_;
  const Authorizer& authorizer_;
  storage::Call call_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_CALL_IN_FLIGHT_H_
