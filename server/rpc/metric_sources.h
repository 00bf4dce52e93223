// The metrics that parts of the server have themselves.
#ifndef AGREEMENTS_SERVER_RPC_METRIC_SOURCES_H_
#define AGREEMENTS_SERVER_RPC_METRIC_SOURCES_H_

#include <functional>

#include "absl/status/status.h"
#include "server/access/authorizer.h"
#include "server/ops/metrics.h"
#include "server/ops/tls_credentials.h"
#include "server/rpc/workers.h"
#include "storage/connection/database.h"

namespace agreements {

struct MetricSources {
  const Workers& workers;
  const storage::Database& database;
  const Authorizer& authorizer;
  const TlsCredentials* tls;  // May be null.
  std::function<absl::Status()> readiness;
};

// Adds those that server/ops/metrics.h marks with *. All of it outlives the metrics.
void AddMetricSources(const MetricSources& sources, Metrics& metrics);

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_RPC_METRIC_SOURCES_H_
