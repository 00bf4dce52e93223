// Runs an operation in the transaction that its first parameter asks for.
#ifndef AGREEMENTS_SERVER_OPERATIONS_RUN_H_
#define AGREEMENTS_SERVER_OPERATIONS_RUN_H_

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
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
  } else if constexpr (std::is_same_v<Tx, storage::GatheredRead>) {
    auto results =
        database.ReadGathered(call, {&call.account_id, 1}, [&](Tx& read, size_t /*i*/) { return body(read); });
    return results.ok() ? std::move(results->front()) : results.status();
  } else if constexpr (std::is_same_v<Tx, storage::ReadTransaction>) {
    return database.ReadOnly(call, body);
  } else if constexpr (requires(const Request& request) { request.request_id(); }) {
    return database.ReadWrite(Named<Request>(call), body);
  } else {
    return database.ReadWriteIdempotent(Named<Request>(call), body);
  }
}

// Calls an operation with what it takes.
template <typename Tx, typename Request, typename Response>
absl::StatusOr<Response> Invoke(absl::StatusOr<Response> (*operation)(Tx&, const Request&), Tx& tx,
                                const Context& /*context*/, const Request& request) {
  return operation(tx, request);
}

template <typename Tx, typename Request, typename Response>
absl::StatusOr<Response> Invoke(absl::StatusOr<Response> (*operation)(Tx&, const Clock&, const Request&), Tx& tx,
                                const Context& context, const Request& request) {
  return operation(tx, context.clock, request);
}

template <typename Tx, typename Request, typename Response>
absl::StatusOr<Response> Invoke(absl::StatusOr<Response> (*operation)(Tx&, const Context&, const Request&), Tx& tx,
                                const Context& context, const Request& request) {
  return operation(tx, context, request);
}

template <typename Response, typename Tx, typename... Rest>
requires std::is_base_of_v<storage::PointReader, Tx> absl::StatusOr<Response> RunOperation(
    absl::StatusOr<Response> (*operation)(Tx&, Rest...), storage::Database& database, const Context& context,
    const storage::Call& call, const RequestOf<Rest...>& request) {
  return RunIn<Tx, RequestOf<Rest...>>(database, call, [&](Tx& tx) { return Invoke(operation, tx, context, request); });
}

// Runs an operation for several calls at once: a request and an account each. Returns an answer for each, or the error
// of all of them.
template <typename Response, typename... Rest>
absl::StatusOr<std::vector<absl::StatusOr<Response>>> RunGathered(
    absl::StatusOr<Response> (*operation)(storage::GatheredRead&, Rest...), storage::Database& database,
    const Context& context, const storage::Call& call, absl::Span<const std::string> account_ids,
    absl::Span<const RequestOf<Rest...>> requests) {
  return database.ReadGathered(call, account_ids, [&](storage::GatheredRead& read, size_t i) {
    return Invoke(operation, read, context, requests[i]);
  });
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
