// Binds the methods of services to operations, and is what every call goes through: its bytes are parsed and checked,
// it is queued for a worker, runs in the transaction that its operation asks for, and is answered.
//
// Generated services derive from grpc::Service, too, and only name their methods and handlers.
#ifndef AGREEMENTS_SERVER_RPC_METHODS_H_
#define AGREEMENTS_SERVER_RPC_METHODS_H_

#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "google/protobuf/descriptor.h"
#include "proto/status_macros.h"
#include "server/operations/operations.h"
#include "server/operations/run.h"
#include "server/rpc/call_in_flight.h"
#include "server/rpc/gathered_reads.h"
#include "server/rpc/stream_reactor.h"
#include "server/rpc/unary_reactor.h"
#include "server/rpc/workers.h"
#include "storage/connection/database.h"

namespace agreements {

// An operation is known by its request: each method has a type of request of its own.
//
// Bind() is not thread-safe; what it has bound is. The objects that it is made of must outlive all calls.
class Methods {
 public:
  Methods(storage::Database& database, const Context& context, Workers& workers, const CallSurroundings& surroundings)
      : database_(database), context_(context), workers_(workers), surroundings_(surroundings) {}
  Methods(const Methods&) = delete;
  Methods& operator=(const Methods&) = delete;

  // Binds an operation in any form that RunOperation() takes.
  template <typename Response, typename First, typename... Rest>
  void Bind(absl::StatusOr<Response> (*operation)(First&, Rest...), TaskKind kind = KindOn<First>(),
            StatementTime time = StatementTime::kShort) {
    using Request = RequestOf<Rest...>;
    using Handler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
    Add(*Request::descriptor(), *Response::descriptor(), /*is_stream=*/false, kind, [=, this](const Method& method) {
      return new Handler([=, this](grpc::CallbackServerContext* server_context, const grpc::ByteBuffer* bytes,
                                   grpc::ByteBuffer* answer) {
        return RunUnary<Request>(method, *server_context, *bytes, *answer, operation, kind, time);
      });
    });
  }

  // Binds an operation whose calls run together, see GatheredReads.
  template <typename Response, typename... Rest>
  void Bind(absl::StatusOr<Response> (*operation)(storage::GatheredRead&, Rest...)) {
    using Request = RequestOf<Rest...>;
    using Reads = GatheredReads<Request, Response>;
    using Handler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
    const auto serve = [=, this](const storage::Call& call, absl::Span<const std::string> account_ids,
                                 absl::Span<const Request> requests) {
      return RunGathered(operation, database_, context_, call, account_ids, requests);
    };
    const auto reads = std::make_shared<Reads>(surroundings_, workers_, serve);
    Add(*Request::descriptor(), *Response::descriptor(), /*is_stream=*/false, TaskKind::kRead,
        [=](const Method& method) {
          return new Handler([=, called = &method](grpc::CallbackServerContext* server_context,
                                                   const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer) {
            return reads->Answer(*called, *server_context, *bytes, *answer);
          });
        });
  }

  // Binds a stream. One that has begun goes on however full the queue is. It ends at its next message when the call's
  // deadline has passed, the caller is gone, or the server stops.
  template <typename Request, typename Response>
  void Bind(Stream<Response> (*operation)(storage::Database&, const Context&, const Request&)) {
    using Handler = grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
    Add(*Request::descriptor(), *Response::descriptor(), /*is_stream=*/true, TaskKind::kBackground,
        [=, this](const Method& method) {
          return new Handler([=, this](grpc::CallbackServerContext* server_context, const grpc::ByteBuffer* bytes) {
            return RunStream<Request, Response>(method, *server_context, *bytes, operation);
          });
        });
  }

  // INTERNAL if a method of `service` is unbound, or something was bound twice or fits no method.
  absl::Status Check(const google::protobuf::ServiceDescriptor& service) const;

  // REQUIRES: the method is bound.
  TaskKind KindOf(const google::protobuf::MethodDescriptor& method) const;

  // The service with what is bound; other methods of it are UNIMPLEMENTED. It must not outlive this object.
  std::unique_ptr<grpc::Service> ServiceOf(const google::protobuf::ServiceDescriptor& service) const;

 private:
  using NewHandler = std::function<grpc::internal::MethodHandler*(const Method& method)>;

  struct Binding {
    const google::protobuf::Descriptor* response;
    bool is_stream;
    TaskKind kind;
    int count;  // How often it was bound.
    NewHandler new_handler;
  };

  // `First` is the type of an operation's first parameter.
  template <typename First>
  static constexpr TaskKind KindOn() {
    const bool reads = std::is_same_v<First, storage::ReadTransaction> || std::is_same_v<First, storage::Snapshot>;
    return reads ? TaskKind::kRead : TaskKind::kChange;
  }

  template <typename Request, typename Operation>
  grpc::ServerUnaryReactor* RunUnary(const Method& method, grpc::CallbackServerContext& context,
                                     const grpc::ByteBuffer& bytes, grpc::ByteBuffer& answer, Operation operation,
                                     TaskKind kind, StatementTime time) {
    const Method* const called = &method;
    auto serve = [=, this](const storage::Call& call, const Request& request) {
      auto response = RunOperation(operation, database_, context_, call, request);
      // What has no request_id has changed nothing there: it answers item by item.
      if constexpr (requires { request.request_id(); }) {
        if (response.ok() && call.account_id == kNobody) {
          response = surroundings_.authorizer.RefuseAccount(called->path, call.caller);
        }
      }
      return response;
    };
    auto* reactor =
        new UnaryReactor<Request, decltype(serve)>(method, context, surroundings_, workers_, answer, std::move(serve));
    reactor->Start(bytes, kind, time);
    return reactor;
  }

  template <typename Request, typename Response>
  grpc::ServerWriteReactor<grpc::ByteBuffer>* RunStream(const Method& method, grpc::CallbackServerContext& context,
                                                        const grpc::ByteBuffer& bytes,
                                                        Stream<Response> (*operation)(storage::Database&,
                                                                                      const Context&, const Request&)) {
    auto open = [=, this](const Request& request) { return operation(database_, context_, request); };
    auto* reactor =
        new StreamReactor<Request, Response, decltype(open)>(method, context, surroundings_, workers_, std::move(open));
    reactor->Start(bytes);
    return reactor;
  }

  void Add(const google::protobuf::Descriptor& request, const google::protobuf::Descriptor& response, bool is_stream,
           TaskKind kind, NewHandler new_handler);

  storage::Database& database_;
  const Context& context_;
  Workers& workers_;
  const CallSurroundings surroundings_;
  std::map<const google::protobuf::Descriptor*, Binding> bindings_;  // By the type of the request.
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_METHODS_H_
