#include "server/operations/billing_page_size.h"

#include <algorithm>

namespace agreements {
namespace {

double WorkOf(size_t agreements, int64_t companies) {
  return 10.0 * static_cast<double>(agreements) + static_cast<double>(companies);
}

}  // namespace

size_t BillingPageSize::Next(const std::deque<storage::BillableAgreement>& agreements) const {
  const size_t most = std::min(limit_, agreements.size());
  double work = 0;
  for (size_t size = 0; size < most; ++size) {
    work += WorkOf(1, agreements[size].companies);
    if (work > work_) return std::max<size_t>(size, 1);
  }
  return most;
}

void BillingPageSize::Settled(size_t agreements, int64_t companies, absl::Duration took) {
  const double in_time =
      WorkOf(agreements, companies) * absl::FDivDuration(kAim, std::max(took, absl::Microseconds(1)));
  // One page may have waited for something else.
  work_ = std::max(std::clamp(in_time, work_ / 2, work_ * 2), kLeastWork);
  limit_ = std::min(limit_ * 2, max_agreements_);
}

void BillingPageSize::Conflicted(size_t agreements) { limit_ = std::max<size_t>(agreements / 2, 1); }

}  // namespace agreements
