#include "tests/benchmark/calls/calls_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace agreements::benchmark {
namespace {

std::string TextOf(absl::Duration duration) {
  const double milliseconds = absl::ToDoubleMilliseconds(duration);
  if (milliseconds >= 10) return absl::StrFormat("%.0f", milliseconds);
  return absl::StrFormat("%.2f", milliseconds);
}

std::string CsvLine(const Comparison& comparison, const char* way, const Turn& turn) {
  std::string line = absl::StrFormat("%s,%d,%s,%.1f,%.1f,%.1f", comparison.method, comparison.callers, way, turn.rate,
                                     absl::ToDoubleMicroseconds(turn.p50), absl::ToDoubleMicroseconds(turn.p99));
  for (const Usage& usage : {turn.server, turn.database, turn.client}) {
    absl::StrAppendFormat(&line, ",%.2f,%.3f", absl::ToDoubleMicroseconds(usage.cpu), usage.switches);
  }
  return line + "\n";
}

}  // namespace

std::string TableHead(const std::string& other) {
  std::string head =
      "| method | callers | calls/s | / empty RPC | / bare SQL | p50, p99 ms | p50 / empty RPC | CPU µs a call: "
      "server, "
      "database, client | switches a call: server, database, client |";
  std::string rule = "\n|---|---:|---:|---:|---:|---:|---:|---:|---:|";
  if (!other.empty()) {
    absl::StrAppend(&head, " / ", other, " |");
    rule += "---:|";
  }
  return absl::StrCat(head, rule, "\n");
}

std::string TableRow(const Comparison& comparison) {
  const Turn& service = comparison.service;
  std::string row = absl::StrFormat(
      "| %s | %d | %.0f | %.2f | %.2f | %s, %s | %.1f | %.0f, %.0f, %.0f | %.1f, %.1f, %.1f |", comparison.method,
      comparison.callers, service.rate, service.rate / comparison.empty.rate, service.rate / comparison.bare.rate,
      TextOf(service.p50), TextOf(service.p99), absl::FDivDuration(service.p50, comparison.empty.p50),
      absl::ToDoubleMicroseconds(service.server.cpu), absl::ToDoubleMicroseconds(service.database.cpu),
      absl::ToDoubleMicroseconds(service.client.cpu), service.server.switches, service.database.switches,
      service.client.switches);
  if (comparison.other) absl::StrAppendFormat(&row, " %.2f |", service.rate / comparison.other->rate);
  return row + "\n";
}

std::string CsvHead() {
  return "method,callers,way,calls_per_second,p50_us,p99_us,server_cpu_us,server_switches,database_cpu_us,"
         "database_switches,client_cpu_us,client_switches\n";
}

std::string CsvLines(const Comparison& comparison) {
  std::string lines = CsvLine(comparison, "service", comparison.service);
  lines += CsvLine(comparison, "empty", comparison.empty);
  lines += CsvLine(comparison, "bare", comparison.bare);
  if (comparison.other) lines += CsvLine(comparison, "other", *comparison.other);
  return lines;
}

}  // namespace agreements::benchmark
