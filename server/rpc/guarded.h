// What every task of a call is held to.
#ifndef AGREEMENTS_SERVER_RPC_GUARDED_H_
#define AGREEMENTS_SERVER_RPC_GUARDED_H_

#include <grpcpp/server_context.h>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "storage/connection/database.h"

namespace agreements {

// DEADLINE_EXCEEDED DEADLINE_PASSED if the call's deadline has passed; CANCELLED if its caller is gone.
absl::Status CheckAwaited(const grpc::CallbackServerContext& context, const storage::Call& call);

// Runs `run` if CheckAwaited() allows it. INTERNAL INTERNAL_ERROR if it throws. Thread-safe.
absl::Status RunGuarded(const grpc::CallbackServerContext& context, const storage::Call& call,
                        absl::FunctionRef<absl::Status()> run);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_GUARDED_H_
