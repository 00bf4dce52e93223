// A connection to the service, shared by its clients.
#ifndef AGREEMENTS_CONNECTION_H_
#define AGREEMENTS_CONNECTION_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agreements/options.h"

namespace agreements {

// One is enough for a program. Thread-safe. It connects at the first call, to each address that DNS has for the
// endpoint, gives calls to those in turns whose health is SERVING, and asks DNS again after a disconnection. Keepalive
// notices a silent peer in half a minute.
class Connection {
 public:
  // INVALID_ARGUMENT, with the option's name, if an option is wrong or a file cannot be used.
  static absl::StatusOr<std::shared_ptr<const Connection>> Open(const ClientOptions& options);

  const ClientOptions& options() const { return options_; }

  // For stubs of your own, e.g. of grpc.health.v1.Health; the connection must outlive them. Prepare() each call's
  // context, else it has no deadline.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  class Tls;

  explicit Connection(ClientOptions options);

  const ClientOptions options_;
  std::shared_ptr<const Tls> tls_;
  std::shared_ptr<grpc::Channel> channel_;
};

// Gives a call its deadline and metadata, but for its request_id, which is a field of requests. `context` is new;
// `timeout` is for options that have none.
void Prepare(grpc::ClientContext& context, const CallOptions& options, absl::Duration timeout);

}  // namespace agreements

#endif  // AGREEMENTS_CONNECTION_H_
