// What the reactors of unary calls have in common.
#ifndef AGREEMENTS_SERVER_RPC_INLINE_REACTOR_H_
#define AGREEMENTS_SERVER_RPC_INLINE_REACTOR_H_

#include <grpcpp/support/server_callback.h>

namespace agreements {

// A reactor whose OnDone() and OnCancel() are short and wait for nothing. gRPC calls them where it stands: otherwise
// each call is handed to a thread of gRPC's executor at its end, which costs a wake-up. gRPC does so for its own
// reactors, and does not count this among its API: should it be gone one day, so can this class.
class InlineReactor : public grpc::ServerUnaryReactor {
 private:
  bool InternalInlineable() final { return true; }
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_INLINE_REACTOR_H_
