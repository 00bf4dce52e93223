// What the server counts and measures, as Prometheus reads it from /metrics. All names:
//
//   Calls, by grpc_type (unary, server_stream), grpc_service, grpc_method:
//     grpc_server_started_total
//     grpc_server_handled_total              also by grpc_code, e.g. "OK", "NotFound"
//     grpc_server_handling_seconds           histogram, from a call's arrival to its end
//   agreements_calls_in_flight               gauge, by grpc_service, grpc_method
//   agreements_errors_total                  by reason: that of the error that ended a call, e.g. "PRICE_MISSING"
//
//   Queue, by kind (read, change, background):
//     agreements_queue_wait_seconds          histogram, of what has begun to run or was taken out of the queue
//   * agreements_queue_length                gauge: tasks that wait
//   * agreements_queue_running               gauge: tasks that run
//   agreements_queue_refusals_total          by cause (full, share, expected_wait, standing_queue, stopping)
//
//   Access:
//     agreements_denials_total               by cause (caller_unknown, not_allowed, actor)
//   * agreements_certificate_expiry_timestamp_seconds   gauge, by file: when a certificate in use expires
//   * agreements_files_refused_total         by file: changed files that were not taken
//   * agreements_file_refused                gauge, by file: 1 while what is in it is not what is in use, else 0
//
//   Database:
//     agreements_database_round_trips_total
//     agreements_database_seconds_total      that calls have waited for the database
//     agreements_database_reruns_total       by cause, see storage::RerunCause
//     agreements_idempotent_replays_total    answered with the response of an earlier call of the same request_id
//   * agreements_database_connections        gauge, by state (idle, in_use)
//   * agreements_database_connections_opened_total
//   * agreements_database_connect_failures_total
//   * agreements_database_fail_overs_total   another host took over
//   * agreements_database_statements_killed_total       stopped since their callers had gone
//   * agreements_database_up                 gauge: 1 while the database takes writes, else 0
//   * agreements_statement_executions_total  by statement
//   * agreements_statement_seconds_total     by statement
//
//   Billing:
//     agreements_order_bases_total           created, with lines
//     agreements_order_basis_amount_total    by currency
//     agreements_billing_outcomes_total      by outcome (created, existed, nothing_to_charge, refused, in_arrears)
//     agreements_billing_refusals_total      by reason: why a billing run's agreement was refused
//
//   Process:
//   * agreements_ready                       gauge: 1 while /readyz is 200, else 0
//     agreements_build_info                  1, by version, grpc, protobuf
//     agreements_memory_limit_bytes          gauge, see process_metrics.h
//     process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
//     process_max_fds, process_start_time_seconds
//
// Those with * are values that somebody else has: whoever starts the server adds them with AddGauge() and the like.
// The others are 0 from the start, with every value that their labels can have, so that a rate sees their first step.
// No label is an account, an id, a caller or a text from a request.
#ifndef AGREEMENTS_SERVER_OPS_METRICS_H_
#define AGREEMENTS_SERVER_OPS_METRICS_H_

#include <grpcpp/support/status.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_type.h>
#include <prometheus/registry.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agreements/v1/error_reason.pb.h"
#include "agreements/v1/order_basis.pb.h"
#include "server/ops/task_kinds.h"
#include "storage/connection/figures.h"

namespace agreements {

// Why a call was refused that its caller may not make.
enum class Denial : std::uint8_t {
  kCallerUnknown,  // UNAUTHENTICATED: the certificate has no name.
  kNotAllowed,     // The policy does not allow the method or the account.
  kActor,          // The caller may not name an actor.
};

// The calls of one method. Thread-safe.
class MethodMetrics {
 public:
  // A call has arrived, or ended `duration` later. Each that has begun must end.
  void Began();
  void Ended(grpc::StatusCode code, absl::Duration duration);

 private:
  friend class Metrics;
  MethodMetrics() = default;

  prometheus::Counter* started_ = nullptr;
  std::array<prometheus::Counter*, 17> handled_{};  // By code.
  prometheus::Histogram* handling_seconds_ = nullptr;
  prometheus::Gauge* in_flight_ = nullptr;
};

// Thread-safe.
class Metrics {
 public:
  // All amounts are of this currency.
  explicit Metrics(const std::string& currency);
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Call it once for each method, e.g. "agreements.v1.AgreementService", "GetAgreement". The reference stays valid as
  // long as this object.
  MethodMetrics& ForMethod(absl::string_view service, absl::string_view method, bool is_stream);

  // The following count one event each.
  void Failed(v1::ErrorReason reason);
  void QueueWaited(TaskKind kind, absl::Duration duration);
  void Refused(Refusal cause);
  void Denied(Denial cause);
  void Used(const storage::CallFigures& figures);
  // An order basis with lines was created, in hundredths of the currency, as proto/money.h has it.
  void CreatedOrderBasis(int64_t hundredths);
  // A billing run has dealt with an agreement and month. `reason` says why, if it was refused.
  void Billed(v1::BillingOutcome outcome, v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED);

  using Labels = std::map<std::string, std::string>;
  struct Sample {
    Labels labels;
    double value;
  };

  // Adds values that are asked for at each scrape, in the thread of whoever asks, so it must be quick and thread-safe.
  // What it uses must outlive the last Text(). Several may have one name, with different labels. Their `help` should be
  // the same: the first one's is shown.
  void AddGauge(const std::string& name, const std::string& help, const Labels& labels, std::function<double()> value);
  void AddCounter(const std::string& name, const std::string& help, const Labels& labels,
                  std::function<double()> value);
  // For labels that are not known before.
  void AddGauges(const std::string& name, const std::string& help, std::function<std::vector<Sample>()> samples);
  void AddCounters(const std::string& name, const std::string& help, std::function<std::vector<Sample>()> samples);

  // Everything, in Prometheus's text format 0.0.4.
  std::string Text() const;

 private:
  struct Source {
    std::string name;
    std::string help;
    prometheus::MetricType type;
    std::function<std::vector<Sample>()> samples;
  };

  void Add(Source source);
  std::vector<prometheus::MetricFamily> CollectSources() const;

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Counter>& handled_;
  prometheus::Family<prometheus::Histogram>& handling_seconds_;
  prometheus::Family<prometheus::Gauge>& in_flight_;

  // By the numbers of the enumerators.
  using Counters = std::map<int, prometheus::Counter*>;
  const std::array<prometheus::Histogram*, 3> queue_wait_seconds_;
  const Counters errors_;
  const Counters refusals_;
  const Counters denials_;
  const Counters reruns_;
  const Counters billing_outcomes_;
  const Counters billing_refusals_;

  prometheus::Counter& round_trips_;
  prometheus::Counter& database_seconds_;
  prometheus::Counter& replays_;
  prometheus::Counter& order_bases_;
  prometheus::Counter& order_basis_amount_;

  mutable std::mutex mutex_;
  std::deque<MethodMetrics> methods_;  // Its elements do not move.
  std::vector<Source> sources_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_METRICS_H_
