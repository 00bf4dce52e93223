#include "server/rpc/metric_sources.h"

#include <array>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "storage/connection/statement.h"

namespace agreements {
namespace {

constexpr std::array<const char*, kTaskKinds> kKinds = {"read", "change", "background"};

void AddQueue(const Workers& workers, Metrics& metrics) {
  const auto by_kind = [&workers](auto WorkersFigures::*numbers) {
    return [&workers, numbers] {
      const WorkersFigures figures = workers.figures();
      std::vector<Metrics::Sample> samples;
      for (size_t kind = 0; kind < kKinds.size(); ++kind) {
        samples.push_back(
            {.labels = {{"kind", kKinds.at(kind)}}, .value = static_cast<double>((figures.*numbers).at(kind))});
      }
      return samples;
    };
  };
  metrics.AddGauges("agreements_queue_length", "Calls that wait for a worker.", by_kind(&WorkersFigures::queued));
  metrics.AddGauges("agreements_queue_running", "Calls that a worker runs.", by_kind(&WorkersFigures::running));
}

void AddDatabase(const storage::Database& database, Metrics& metrics) {
  using storage::DatabaseFigures;
  const auto value = [&database](int64_t DatabaseFigures::*number) {
    return [&database, number] { return static_cast<double>(database.figures().*number); };
  };
  const char* connections = "Connections to the database.";
  metrics.AddGauge("agreements_database_connections", connections, {{"state", "idle"}},
                   value(&DatabaseFigures::idle_connections));
  metrics.AddGauge("agreements_database_connections", connections, {{"state", "in_use"}},
                   value(&DatabaseFigures::connections_in_use));
  metrics.AddCounter("agreements_database_connections_opened_total", "Connections opened to the database.", {},
                     value(&DatabaseFigures::connections_opened));
  metrics.AddCounter("agreements_database_connect_failures_total",
                     "Attempts to connect to a host of the database that failed.", {},
                     value(&DatabaseFigures::connects_failed));
  metrics.AddCounter("agreements_database_statements_killed_total", "Statements stopped since their callers had gone.",
                     {}, value(&DatabaseFigures::statements_killed));
  metrics.AddGauge("agreements_database_up", "1 while a host of the database takes writes.", {},
                   [&database] { return database.figures().gone_since == absl::InfiniteFuture() ? 1 : 0; });
  const auto by_statement = [](auto number) {
    return [number] {
      std::vector<Metrics::Sample> samples;
      for (const storage::Statement* statement : storage::Statement::All()) {
        samples.push_back({.labels = {{"statement", statement->name()}}, .value = number(*statement)});
      }
      return samples;
    };
  };
  metrics.AddCounters(
      "agreements_statement_executions_total", "Statements executed.",
      by_statement([](const storage::Statement& statement) { return static_cast<double>(statement.executions()); }));
  metrics.AddCounters(
      "agreements_statement_seconds_total", "How long statements took.",
      by_statement([](const storage::Statement& statement) { return absl::ToDoubleSeconds(statement.time()); }));
}

void AddAccess(const Authorizer& authorizer, const TlsCredentials* tls, Metrics& metrics) {
  const char* refused = "Changed files that were not taken, since they could not be used.";
  metrics.AddCounter("agreements_files_refused_total", refused, {{"file", "policy"}},
                     [&authorizer] { return static_cast<double>(authorizer.refused()); });
  if (tls == nullptr) return;
  metrics.AddCounter("agreements_files_refused_total", refused, {{"file", "certificate"}},
                     [tls] { return static_cast<double>(tls->refused_certificates()); });
  metrics.AddCounter("agreements_files_refused_total", refused, {{"file", "client_ca"}},
                     [tls] { return static_cast<double>(tls->refused_authorities()); });
  const char* expiry = "When a certificate in use expires, in Unix seconds.";
  metrics.AddGauge("agreements_certificate_expiry_timestamp_seconds", expiry, {{"file", "certificate"}},
                   [tls] { return static_cast<double>(absl::ToUnixSeconds(tls->certificate_expiry())); });
  metrics.AddGauge("agreements_certificate_expiry_timestamp_seconds", expiry, {{"file", "client_ca"}},
                   [tls] { return static_cast<double>(absl::ToUnixSeconds(tls->authority_expiry())); });
}

}  // namespace

void AddMetricSources(const MetricSources& sources, Metrics& metrics) {
  AddQueue(sources.workers, metrics);
  AddDatabase(sources.database, metrics);
  AddAccess(sources.authorizer, sources.tls, metrics);
  metrics.AddGauge("agreements_ready", "1 while the server serves, as /readyz says.", {},
                   [readiness = sources.readiness] { return readiness().ok() ? 1 : 0; });
}

}  // namespace agreements
