// Who calls: the name in the certificate of the connection, and what the call's metadata say.
#ifndef AGREEMENTS_SERVER_ACCESS_CALLER_H_
#define AGREEMENTS_SERVER_ACCESS_CALLER_H_

#include <grpcpp/security/auth_context.h>

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace agreements {

inline constexpr char kActorKey[] = "x-actor";
inline constexpr char kXRequestIdKey[] = "x-request-id";

// A call's metadata, as gRPC has them.
using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// The name of the peer: its only spiffe:// URI, else, if it has no such URI, its only DNS name. 1 to 255 visible ASCII
// characters. UNAUTHENTICATED CALLER_UNKNOWN if there is none, or more than one that it could be.
absl::StatusOr<std::string> CallerName(const grpc::AuthContext& peer);

// The end user for whom the caller calls, by x-actor, or "". INVALID_ARGUMENT FIELD_INVALID unless it has the format of
// a user_id and is there once.
absl::StatusOr<std::string> ActorOf(const Metadata& metadata);

// The caller's place in a trace, by W3C's traceparent. Both are "" if there is none that is valid.
struct Trace {
  std::string trace_id;  // 32 hexadecimal digits
  std::string span_id;   // 16
};
Trace TraceOf(const Metadata& metadata);

// By what people find the call in logs: x-request-id, 1 to 64 visible ASCII characters, or "" if it is none.
std::string XRequestIdOf(const Metadata& metadata);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_ACCESS_CALLER_H_
