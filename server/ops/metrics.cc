#include "server/ops/metrics.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "server/ops/process_metrics.h"

namespace agreements {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::MetricFamily;
using prometheus::MetricType;
using prometheus::Registry;

// As Go writes them, which dashboards of gRPC services expect.
constexpr std::array<const char*, 17> kCodes = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

// Seconds. A call runs for 30 at the most.
const Histogram::BucketBoundaries kHandlingBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                      0.25,  0.5,    1,     2.5,  5,     10,   30};
// CoDel looks at 5 ms over 100 ms.
const Histogram::BucketBoundaries kQueueBuckets = {0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                   0.25,   0.5,   1,     2.5,  5,     10,   30};

Family<Counter>& NewCounters(Registry& registry, const std::string& name, const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Counter& NewCounter(Registry& registry, const std::string& name, const std::string& help,
                    const Metrics::Labels& labels = {}) {
  return NewCounters(registry, name, help).Add(labels);
}

// A counter for each name; the names are numbered from 0.
std::map<int, Counter*> NewCounters(Registry& registry, const std::string& name, const std::string& help,
                                    const std::string& label, const std::vector<std::string>& values) {
  Family<Counter>& family = NewCounters(registry, name, help);
  std::map<int, Counter*> counters;
  for (const std::string& value : values) {
    const int number = static_cast<int>(counters.size());
    counters.emplace(number, &family.Add({{label, value}}));
  }
  return counters;
}

// A counter for each enumerator of a proto, named without `prefix`.
std::map<int, Counter*> NewCounters(Registry& registry, const std::string& name, const std::string& help,
                                    const std::string& label, const google::protobuf::EnumDescriptor& type,
                                    absl::string_view prefix, bool in_lower_case) {
  Family<Counter>& family = NewCounters(registry, name, help);
  std::map<int, Counter*> counters;
  for (int i = 0; i < type.value_count(); ++i) {
    std::string value(absl::StripPrefix(type.value(i)->name(), prefix));
    if (in_lower_case) value = absl::AsciiStrToLower(value);
    counters.emplace(type.value(i)->number(), &family.Add({{label, value}}));
  }
  return counters;
}

std::array<Histogram*, 3> NewQueueWaits(Registry& registry) {
  Family<Histogram>& family = prometheus::BuildHistogram()
                                  .Name("agreements_queue_wait_seconds")
                                  .Help("How long calls have waited for a worker.")
                                  .Register(registry);
  const auto add = [&](const char* kind) { return &family.Add({{"kind", kind}}, kQueueBuckets); };
  return {add("read"), add("change"), add("background")};
}

std::vector<std::string> RerunCauses() {
  std::vector<std::string> names;
  for (size_t cause = 0; cause < storage::kRerunCauses; ++cause) {
    names.emplace_back(storage::NameOf(static_cast<storage::RerunCause>(cause)));
  }
  return names;
}

// Does nothing for a number that no enumerator has.
void Count(const std::map<int, Counter*>& counters, int number, double times = 1) {
  const auto found = counters.find(number);
  if (found != counters.end()) found->second->Increment(times);
}

prometheus::ClientMetric ToMetric(MetricType type, const Metrics::Sample& sample) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = sample.value;
  return metric;
}

}  // namespace

void MethodMetrics::Began() {
  started_->Increment();
  in_flight_->Increment();
}

void MethodMetrics::Ended(grpc::StatusCode code, absl::Duration duration) {
  in_flight_->Decrement();
  const bool is_known = code >= 0 && static_cast<size_t>(code) < handled_.size();
  handled_[is_known ? code : grpc::StatusCode::UNKNOWN]->Increment();
  handling_seconds_->Observe(absl::ToDoubleSeconds(duration));
}

Metrics::Metrics(const std::string& currency)
    : started_(NewCounters(registry_, "grpc_server_started_total", "Calls that have arrived.")),
      handled_(NewCounters(registry_, "grpc_server_handled_total", "Calls that have ended, by their code.")),
      handling_seconds_(prometheus::BuildHistogram()
                            .Name("grpc_server_handling_seconds")
                            .Help("How long calls took, from their arrival to their end.")
                            .Register(registry_)),
      in_flight_(prometheus::BuildGauge()
                     .Name("agreements_calls_in_flight")
                     .Help("Calls that have arrived and not ended.")
                     .Register(registry_)),
      queue_wait_seconds_(NewQueueWaits(registry_)),
      errors_(NewCounters(registry_, "agreements_errors_total", "Errors that ended calls, by their reason.", "reason",
                          *v1::ErrorReason_descriptor(), "ERROR_REASON_", /*in_lower_case=*/false)),
      refusals_(NewCounters(registry_, "agreements_queue_refusals_total",
                            "Calls that were not queued, or taken out of the queue before they ran.", "cause",
                            {"full", "share", "expected_wait", "standing_queue", "stopping"})),
      denials_(NewCounters(registry_, "agreements_denials_total", "Calls that their callers may not make.", "cause",
                           {"caller_unknown", "not_allowed", "actor"})),
      reruns_(NewCounters(registry_, "agreements_database_reruns_total", "Transactions that had to run again.", "cause",
                          RerunCauses())),
      billing_outcomes_(NewCounters(registry_, "agreements_billing_outcomes_total",
                                    "Agreements and months that billing runs have dealt with.", "outcome",
                                    *v1::BillingOutcome_descriptor(), "BILLING_OUTCOME_", /*in_lower_case=*/true)),
      billing_refusals_(NewCounters(registry_, "agreements_billing_refusals_total",
                                    "Agreements and months that billing runs have refused, by reason.", "reason",
                                    *v1::ErrorReason_descriptor(), "ERROR_REASON_", /*in_lower_case=*/false)),
      round_trips_(NewCounter(registry_, "agreements_database_round_trips_total", "Round trips to the database.")),
      database_seconds_(
          NewCounter(registry_, "agreements_database_seconds_total", "How long calls have waited for the database.")),
      replays_(NewCounter(registry_, "agreements_idempotent_replays_total",
                          "Calls that were answered with what an earlier one of their request_id has done.")),
      order_bases_(NewCounter(registry_, "agreements_order_bases_total", "Order bases created, those with lines.")),
      order_basis_amount_(NewCounter(registry_, "agreements_order_basis_amount_total",
                                     "What these order bases charge together.", {{"currency", currency}})) {
  prometheus::BuildGauge()
      .Name("agreements_build_info")
      .Help("Which version runs: always 1.")
      .Register(registry_)
      .Add({{"version", AGREEMENTS_VERSION},
            {"grpc", grpc::Version()},
            {"protobuf", google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION)}})
      .Set(1);
}

MethodMetrics& Metrics::ForMethod(absl::string_view service, absl::string_view method, bool is_stream) {
  const Labels place = {{"grpc_service", std::string(service)}, {"grpc_method", std::string(method)}};
  Labels labels = place;
  labels.emplace("grpc_type", is_stream ? "server_stream" : "unary");
  MethodMetrics metrics;
  metrics.started_ = &started_.Add(labels);
  metrics.handling_seconds_ = &handling_seconds_.Add(labels, kHandlingBuckets);
  metrics.in_flight_ = &in_flight_.Add(place);
  for (size_t code = 0; code < kCodes.size(); ++code) {
    labels["grpc_code"] = kCodes[code];
    metrics.handled_[code] = &handled_.Add(labels);
  }
  const std::lock_guard lock(mutex_);
  return methods_.emplace_back(metrics);
}

void Metrics::Failed(v1::ErrorReason reason) { Count(errors_, reason); }

void Metrics::QueueWaited(TaskKind kind, absl::Duration duration) {
  queue_wait_seconds_[static_cast<size_t>(kind)]->Observe(absl::ToDoubleSeconds(duration));
}

void Metrics::Refused(Refusal cause) { Count(refusals_, static_cast<int>(cause)); }

void Metrics::Denied(Denial cause) { Count(denials_, static_cast<int>(cause)); }

void Metrics::Used(const storage::CallFigures& figures) {
  round_trips_.Increment(static_cast<double>(figures.round_trips));
  database_seconds_.Increment(absl::ToDoubleSeconds(figures.database_time));
  for (size_t cause = 0; cause < figures.reruns.size(); ++cause) {
    Count(reruns_, static_cast<int>(cause), static_cast<double>(figures.reruns.at(cause)));
  }
  if (figures.replayed) replays_.Increment();
}

void Metrics::CreatedOrderBasis(int64_t hundredths) {
  order_bases_.Increment();
  order_basis_amount_.Increment(static_cast<double>(hundredths) / 100);
}

void Metrics::Billed(v1::BillingOutcome outcome, v1::ErrorReason reason) {
  Count(billing_outcomes_, outcome);
  if (outcome == v1::BILLING_OUTCOME_REFUSED) Count(billing_refusals_, reason);
}

void Metrics::Add(Source source) {
  const std::lock_guard lock(mutex_);
  sources_.push_back(std::move(source));
}

void Metrics::AddGauge(const std::string& name, const std::string& help, const Labels& labels,
                       std::function<double()> value) {
  AddGauges(name, help, [labels, value = std::move(value)] { return std::vector<Sample>{{labels, value()}}; });
}

void Metrics::AddCounter(const std::string& name, const std::string& help, const Labels& labels,
                         std::function<double()> value) {
  AddCounters(name, help, [labels, value = std::move(value)] { return std::vector<Sample>{{labels, value()}}; });
}

void Metrics::AddGauges(const std::string& name, const std::string& help,
                        std::function<std::vector<Sample>()> samples) {
  Add({name, help, MetricType::Gauge, std::move(samples)});
}

void Metrics::AddCounters(const std::string& name, const std::string& help,
                          std::function<std::vector<Sample>()> samples) {
  Add({name, help, MetricType::Counter, std::move(samples)});
}

std::vector<MetricFamily> Metrics::CollectSources() const {
  std::vector<Source> sources;
  {
    const std::lock_guard lock(mutex_);
    sources = sources_;
  }
  std::vector<MetricFamily> families;
  for (const Source& source : sources) {
    // The format wants a name once, with all its labels.
    auto family = std::find_if(families.begin(), families.end(),
                               [&](const MetricFamily& other) { return other.name == source.name; });
    if (family == families.end()) {
      families.push_back({source.name, source.help, source.type, {}});
      family = std::prev(families.end());
    }
    for (const Sample& sample : source.samples()) family->metric.push_back(ToMetric(family->type, sample));
  }
  return families;
}

std::string Metrics::Text() const {
  std::vector<MetricFamily> families = registry_.Collect();
  for (std::vector<MetricFamily> more : {CollectSources(), ProcessMetrics()}) {
    families.insert(families.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return prometheus::TextSerializer().Serializer::Serialize(families);
}

}  // namespace agreements
