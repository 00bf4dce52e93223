// How a client reaches the service, and what a call can be told.
#ifndef AGREEMENTS_OPTIONS_H_
#define AGREEMENTS_OPTIONS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace agreements {

// How long a call may take, its retries included, where its options do not say.
struct Timeouts {
  absl::Duration call = absl::Seconds(10);
  // Of RunBilling, ExplainOrderBasis and VerifyOrderBasis, which take the longer the more there is to read.
  absl::Duration long_call = absl::Hours(1);
};

struct ClientOptions {
  // "host:port" as DNS knows it, best the name of a headless service: calls take turns among all its addresses. Or a
  // name with another of gRPC's schemes, e.g. "unix:/run/agreements.sock".
  std::string endpoint;

  // Mutual TLS, 1.3 as servers demand it, by PEM files that are read again when they change; new connections use them
  // within seconds. What does not pass the check is not taken: the one before stays in use.
  std::string certificate_file;  // This caller's certificate and those that lead to its authority.
  std::string key_file;          // Its private key.
  std::string authority_file;    // Authorities that the server's certificate comes from.
  std::string server_name;       // The name in the server's certificate, where it is not the endpoint's host.
  // Plain text instead, for a server with --insecure: nothing is proved and nothing is secret.
  bool insecure = false;
  // Told when these files have changed, in a thread of its own: OK if what they hold now is used, else why it is not
  // and what was before stays in use.
  std::function<void(const absl::Status&)> on_files = [](const absl::Status&) {};

  Timeouts timeouts;

  // How often a call is sent at the most, 1 to 5, while it is answered UNAVAILABLE or RESOURCE_EXHAUSTED and its time
  // lasts. The server's own word on when comes first. It is safe, since all methods are idempotent or have a
  // request_id.
  int max_attempts = 5;
  // Calls wait for a connection until their time is up, and then are DEADLINE_EXCEEDED, instead of being UNAVAILABLE at
  // once with the reason why there is none.
  bool wait_for_ready = true;

  // For the servers' log, before gRPC's own name and version, e.g. "invoicing/2.3".
  std::string user_agent;
};

struct CallOptions {
  // From now. 0: the client's.
  absl::Duration timeout;
  // The end user in whose name it is, for the trail. Only callers whom the server's policy trusts may give one.
  std::string actor;
  // W3C's traceparent, e.g. "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".
  std::string traceparent;
  // By what people find the call in the servers' log, sent as x-request-id: 1 to 64 visible ASCII characters.
  std::string correlation_id;
  // Makes the same call again the same call, see the API's request_id. One is made for each call of a mutation where
  // neither this nor the request has any: give one to try again yourself after an error that leaves the outcome open.
  std::string request_id;
  // More metadata: lower-case keys with their values.
  std::vector<std::pair<std::string, std::string>> metadata;
};

}  // namespace agreements

#endif  // AGREEMENTS_OPTIONS_H_
