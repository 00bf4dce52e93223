// Runs an operation in the transaction that its first parameter asks for.
#ifndef AGREEMENTS_SERVER_OPERATIONS_RUN_H_
#define AGREEMENTS_SERVER_OPERATIONS_RUN_H_

#include <string>
#include <tuple>
#include <type_traits>

#include "absl/status/statusor.h"
#include "server/operations/operations.h"
#include "storage/connection/database.h"

namespace agreements {

// The request, the last of an operation's parameters.
template <typename... Parameters>
using RequestOf = std::remove_cvref_t<std::tuple_element_t<sizeof...(Parameters) - 1, std::tuple<Parameters...>>>;

// The call under the name of its request, which is its method in the trail.
template <typename Request>
storage::Call Named(storage::Call call) {
  call.method = std::string(Request::descriptor()->full_name());
  return call;
}

// Runs `body`. A change whose request has no request_id is idempotent by itself.
template <typename Tx, typename Request, typename Body>
auto RunIn(storage::Database& database, const storage::Call& call, const Body& body) {
  if constexpr (std::is_same_v<Tx, storage::Snapshot>) {
    return database.ReadSnapshot(call, body);
  } else if constexpr (std::is_same_v<Tx, storage::ReadTransaction>) {
    return database.ReadOnly(call, body);
  } else if constexpr (requires(const Request& request) { request.request_id(); }) {
    return database.ReadWrite(Named<Request>(call), body);
  } else {
    return database.ReadWriteIdempotent(Named<Request>(call), body);
  }
}

template <typename Tx, typename Request, typename Response>
absl::StatusOr<Response> RunOperation(absl::StatusOr<Response> (*operation)(Tx&, const Request&),
                                      storage::Database& database, const Context& /*context*/,
                                      const storage::Call& call, const Request& request) {
  return RunIn<Tx, Request>(database, call, [&](Tx& tx) { return operation(tx, request); });
}

template <typename Tx, typename Request, typename Response>
absl::StatusOr<Response> RunOperation(absl::StatusOr<Response> (*operation)(Tx&, const Clock&, const Request&),
                                      storage::Database& database, const Context& context, const storage::Call& call,
                                      const Request& request) {
  return RunIn<Tx, Request>(database, call, [&](Tx& tx) { return operation(tx, context.clock, request); });
}

template <typename Tx, typename Request, typename Response>
absl::StatusOr<Response> RunOperation(absl::StatusOr<Response> (*operation)(Tx&, const Context&, const Request&),
                                      storage::Database& database, const Context& context, const storage::Call& call,
                                      const Request& request) {
  return RunIn<Tx, Request>(database, call, [&](Tx& tx) { return operation(tx, context, request); });
}

// An operation that begins its transactions itself.
template <typename Request, typename Response>
absl::StatusOr<Response> RunOperation(absl::StatusOr<Response> (*operation)(storage::Database&, const storage::Call&,
                                                                            const Clock&, const Request&),
                                      storage::Database& database, const Context& context, const storage::Call& call,
                                      const Request& request) {
  return operation(database, Named<Request>(call), context.clock, request);
}

template <typename Request, typename Response>
absl::StatusOr<Response> RunOperation(absl::StatusOr<Response> (*operation)(storage::Database&, const storage::Call&,
                                                                            const Context&, const Request&),
                                      storage::Database& database, const Context& context, const storage::Call& call,
                                      const Request& request) {
  return operation(database, Named<Request>(call), context, request);
}

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_RUN_H_
