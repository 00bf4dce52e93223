// What this process uses of the machine, under the names that Prometheus's client libraries give it. prometheus-cpp has
// none of it, so it is read here from Linux. Thread-safe.
#ifndef AGREEMENTS_SERVER_OPS_PROCESS_METRICS_H_
#define AGREEMENTS_SERVER_OPS_PROCESS_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

namespace agreements {

// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
// process_max_fds, process_start_time_seconds; and agreements_memory_limit_bytes: the least limit of the control groups
// (v2) that the process is in, as containers have one, or else the machine's memory. What cannot be read is left out.
std::vector<prometheus::MetricFamily> ProcessMetrics();

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPS_PROCESS_METRICS_H_
