#include "storage/connection/host_choice.h"

namespace agreements::storage {

bool IsFit(const HostSight& sight, int64_t epoch) { return sight.status.ok() && sight.record.epoch >= epoch; }

std::optional<size_t> ChooseHost(absl::Span<const HostSight> sights, std::optional<size_t> used, int64_t epoch) {
  std::optional<size_t> first;
  for (size_t host = 0; host < sights.size(); ++host) {
    if (!IsFit(sights[host], epoch)) continue;
    if (sights[host].address == sights[host].record.host) return host;
    if (!first) first = host;
  }
  if (used && IsFit(sights[*used], epoch)) return used;
  return first;
}

}  // namespace agreements::storage
