// gRPC's own log lines.
#ifndef AGREEMENTS_SERVER_OPS_GRPC_LOG_H_
#define AGREEMENTS_SERVER_OPS_GRPC_LOG_H_

namespace agreements {

// From now on gRPC's errors go to the log as warnings. Among them is each connection that TLS refuses, e.g.
// "Handshake failed with fatal error SSL_ERROR_SSL: ... certificate verify failed". Call it before gRPC's first use.
void TakeGrpcLog();

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_GRPC_LOG_H_
