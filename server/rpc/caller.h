// Who calls: the name in the certificate of the connection, and what the call's metadata say.
#ifndef AGREEMENTS_SERVER_RPC_CALLER_H_
#define AGREEMENTS_SERVER_RPC_CALLER_H_

#include <grpcpp/security/auth_context.h>

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace agreements {

inline constexpr char kActorKey[] = "x-actor";

// A call's metadata, as gRPC has them.
using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// The name of the peer: its only spiffe:// URI, else, if it has no such URI, its only DNS name. 1 to 255 visible ASCII
// characters. UNAUTHENTICATED CALLER_UNKNOWN if there is none, or more than one that it could be.
absl::StatusOr<std::string> CallerName(const grpc::AuthContext& peer);

// The end user for whom the caller calls, by x-actor, or "". INVALID_ARGUMENT FIELD_INVALID unless it has the format of
// a user_id and is there once.
absl::StatusOr<std::string> ActorOf(const Metadata& metadata);

// The trace id, by W3C's traceparent: 32 hexadecimal digits, or "" if there is none that is valid.
std::string TraceIdOf(const Metadata& metadata);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_CALLER_H_
