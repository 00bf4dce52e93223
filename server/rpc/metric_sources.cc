#include "server/rpc/metric_sources.h"

#include <array>
#include <functional>
#include <string>
#include <utility>
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
  metrics.AddCounter("agreements_database_fail_overs_total", "How often another host of the database took over.", {},
                     value(&DatabaseFigures::fail_overs));
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

void AddFile(const std::string& name, const WatchedFiles& files, Metrics& metrics) {
  metrics.AddCounter("agreements_files_refused_total", "Changed files that were not taken, since they cannot be used.",
                     {{"file", name}}, [&files] { return static_cast<double>(files.refused()); });
  metrics.AddGauge("agreements_file_refused", "1 while what is in a file is not what is in use.", {{"file", name}},
                   [&files] { return files.is_refused() ? 1 : 0; });
}

void AddExpiry(const std::string& name, std::function<absl::Time()> expiry, Metrics& metrics) {
  metrics.AddGauge("agreements_certificate_expiry_timestamp_seconds", "When a certificate in use expires.",
                   {{"file", name}},
                   [expiry = std::move(expiry)] { return static_cast<double>(absl::ToUnixSeconds(expiry())); });
}

void AddAccess(const Authorizer& authorizer, const TlsCredentials* tls, Metrics& metrics) {
  if (authorizer.file() != nullptr) AddFile("policy", *authorizer.file(), metrics);
  if (tls == nullptr) return;
  AddFile("certificate", tls->certificate_files(), metrics);
  AddFile("client_ca", tls->authority_files(), metrics);
  AddExpiry(
      "certificate", [tls] { return tls->certificate_expiry(); }, metrics);
  AddExpiry(
      "client_ca", [tls] { return tls->authority_expiry(); }, metrics);
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
