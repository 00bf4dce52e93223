#include "server/ops/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace agreements {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr char kControlGroups[] = "/sys/fs/cgroup";

// Empty if it cannot be read.
std::string Content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The number at `index` among words with single spaces between them.
std::optional<double> NumberAt(absl::string_view words, size_t index) {
  const std::vector<absl::string_view> split = absl::StrSplit(words, absl::ByAnyChar(" \n"));
  double number = 0;
  if (index >= split.size() || !absl::SimpleAtod(split[index], &number)) return std::nullopt;
  return number;
}

std::optional<double> CpuSeconds() {
  timespec used = {};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return std::nullopt;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

// `index` is that of a number of pages in /proc/self/statm: 0 is virtual, 1 resident.
std::optional<double> MemoryBytes(size_t index) {
  const std::optional<double> pages = NumberAt(Content("/proc/self/statm"), index);
  if (!pages) return std::nullopt;
  return *pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Without the descriptor that reads the directory.
std::optional<double> OpenDescriptors() {
  std::error_code error;
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  if (error) return std::nullopt;
  double count = -1;
  while (entries != std::filesystem::directory_iterator()) {
    ++count;
    entries.increment(error);
    if (error) return std::nullopt;
  }
  return count;
}

std::optional<double> MaxDescriptors() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

std::optional<double> StartTime() {
  // The name of the program stands in parentheses and may hold anything. The start is the 20th word after it, in ticks
  // since the machine's boot.
  const std::string stat = Content("/proc/self/stat");
  const size_t name_end = stat.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  const std::optional<double> ticks = NumberAt(absl::string_view(stat).substr(name_end + 2), 19);
  const std::string machine = Content("/proc/stat");
  const size_t boot = machine.find("btime ");
  const std::optional<double> boot_time =
      boot == std::string::npos ? std::nullopt : NumberAt(absl::string_view(machine).substr(boot), 1);
  if (!ticks || !boot_time) return std::nullopt;
  return *boot_time + *ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::optional<double> MemoryLimit() {
  const auto machine = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  double limit = machine;
  for (absl::string_view line : absl::StrSplit(Content("/proc/self/cgroup"), '\n')) {
    if (!absl::ConsumePrefix(&line, "0::")) continue;
    // Each group is within those above it.
    for (std::filesystem::path group = std::string(line); !group.empty(); group = group.parent_path()) {
      const std::string text = Content(kControlGroups + group.string() + "/memory.max");
      limit = std::min(limit, NumberAt(text, 0).value_or(machine));  // "max" is no number
      if (group == group.root_path()) break;
    }
  }
  return limit;
}

}  // namespace

std::vector<MetricFamily> ProcessMetrics() {
  // Once: the time of boot moves when the clock is set, and restarts are told from this value.
  static const std::optional<double> start_time = StartTime();
  std::vector<MetricFamily> families;
  const auto add = [&families](const char* name, const char* help, MetricType type, std::optional<double> value) {
    if (!value) return;
    prometheus::ClientMetric metric;
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = *value;
    families.push_back({name, help, type, {metric}});
  };
  add("process_cpu_seconds_total", "CPU time that the process has used.", MetricType::Counter, CpuSeconds());
  add("process_resident_memory_bytes", "Resident memory.", MetricType::Gauge, MemoryBytes(1));
  add("process_virtual_memory_bytes", "Virtual memory.", MetricType::Gauge, MemoryBytes(0));
  add("process_open_fds", "Open file descriptors.", MetricType::Gauge, OpenDescriptors());
  add("process_max_fds", "How many file descriptors may be open.", MetricType::Gauge, MaxDescriptors());
  add("process_start_time_seconds", "When the process started, as Unix time.", MetricType::Gauge, start_time);
  add("agreements_memory_limit_bytes", "How much memory the process may use.", MetricType::Gauge, MemoryLimit());
  return families;
}

}  // namespace agreements
