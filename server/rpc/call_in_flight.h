// A call from its arrival to its answer.
#ifndef AGREEMENTS_SERVER_RPC_CALL_IN_FLIGHT_H_
#define AGREEMENTS_SERVER_RPC_CALL_IN_FLIGHT_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "proto/status_macros.h"
#include "server/access/authorizer.h"
#include "server/ops/call_log.h"
#include "server/ops/metrics.h"
#include "server/requests/page_tokens.h"
#include "server/requests/request_hash.h"
#include "server/requests/validate.h"
#include "server/rpc/billing_counts.h"
#include "server/rpc/call_queue.h"
#include "server/rpc/messages.h"
#include "storage/connection/database.h"
#include "storage/connection/figures.h"

namespace agreements {

// The account of a call whose caller may not act for the one that it names: no request can name it, so it has nothing,
// and every answer is that of an account that has nothing. What can be done even there, such as creating an agreement,
// is rolled back and refused.
inline constexpr char kNobody[] = "";

// A method of a service.
struct Method {
  std::string path;  // "/agreements.v1.CompanyService/MoveCompany"
  MethodMetrics* metrics;
};

// How long a statement may take.
enum class StatementTime : std::uint8_t {
  kShort,  // Some seconds, see storage::DatabaseOptions. A database that has fallen silent holds the call no longer.
  kLong,   // As long as the call.
};

// What calls need and tell. All of it outlives them.
struct CallSurroundings {
  const storage::Database& database;
  const Authorizer& authorizer;
  Metrics& metrics;
  CallLog* log;  // nullptr: no line for a call.
};

// What every call has, unary or stream: who calls, for which account, until when, and what is told of it at its end.
// Its parts are used one after the other, by whichever thread has it then.
class CallInFlight {
 public:
  // All of these outlive the call.
  CallInFlight(const Method& method, grpc::CallbackServerContext& context, const CallSurroundings& surroundings);
  CallInFlight(const CallInFlight&) = delete;
  CallInFlight& operator=(const CallInFlight&) = delete;

  // Everything before the queue: who calls, whether it may, whether `bytes` are a request, which is brought into the
  // form that operations work with, and whether there is a database. An error is the answer.
  template <typename Request>
  absl::Status Begin(StatementTime time, const grpc::ByteBuffer& bytes, Request& request) {
    call_.is_background = time == StatementTime::kLong;
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
    return surroundings_.database.Availability();
  }

  // Nobody waits for the answer any more: what runs is stopped. Thread-safe, and harmless after the end.
  void Cancel() { call_.cancellation->Cancel(); }

  // Whether it is to run: it was admitted and is still awaited. Otherwise RESOURCE_EXHAUSTED SERVER_BUSY, UNAVAILABLE
  // SERVER_STOPPING, DEADLINE_EXCEEDED DEADLINE_PASSED, or CANCELLED.
  absl::Status Enter(TaskKind kind, const Admission& admission);

  // Runs `run`. INTERNAL INTERNAL_ERROR if it throws: a defect must cost one call, not the server.
  static absl::Status Guard(absl::FunctionRef<absl::Status()> run);

  // Runs `run` with the call, if it is to run. Errors: see both.
  absl::Status Run(TaskKind kind, const Admission& admission,
                   absl::FunctionRef<absl::Status(const storage::Call&)> run);

  // Tells what was used of the database for it, outside Run().
  void Used(const storage::CallFigures& figures) { figures_ = figures; }

  // The bytes of a message that the caller gets.
  template <typename Response>
  grpc::ByteBuffer Answer(const Response& response) {
    ++messages_;
    if (!call_.validate_only && !figures_.replayed) CountBilled(response, surroundings_.metrics);
    return ToBytes(response);
  }

  // The status that goes to the caller, who is told when to try again where that helps. Counts and logs the call. Call
  // it once, at the end.
  grpc::Status End(const absl::Status& status);

  TaskOwner Owner(TaskKind kind, Gathering* gathering = nullptr) const {
    return {.caller = call_.caller, .account_id = call_.account_id, .kind = kind, .gathering = gathering};
  }
  const std::string& account_id() const { return call_.account_id; }
  // How long the caller is still waiting.
  absl::Duration Patience() const;
  // How long ago it arrived.
  absl::Duration Age() const;

 private:
  absl::Status Admit();
  void ActFor(const std::string& account_id);
  CallLine LineOf(const absl::Status& status) const;

  const Method& method_;
  grpc::CallbackServerContext& context_;
  const CallSurroundings& surroundings_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::string x_request_id_;
  std::string account_id_;  // As the caller names it.
  storage::Call call_;
  storage::CallFigures figures_;
  absl::Duration waited_;  // For workers.
  int64_t messages_ = 0;   // That it was answered with.
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_CALL_IN_FLIGHT_H_
