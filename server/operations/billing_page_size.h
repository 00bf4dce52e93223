// How many agreements a billing run settles in one transaction.
#ifndef AGREEMENTS_SERVER_OPERATIONS_BILLING_PAGE_SIZE_H_
#define AGREEMENTS_SERVER_OPERATIONS_BILLING_PAGE_SIZE_H_

#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/time/time.h"
#include "storage/billing/billable_agreements.h"

namespace agreements {

// Whoever changes an agreement of a page waits until the page is settled. So the size follows the time that pages take,
// and aims at kAim. What an agreement takes is estimated by its companies: one that has many is a page by itself. Where
// the statements alone take longer, because the database is far or busy, smaller pages would help nobody: ten
// agreements of ten companies are a page in any case, unless pages meet other transactions.
class BillingPageSize {
 public:
  static constexpr absl::Duration kAim = absl::Milliseconds(20);

  explicit BillingPageSize(size_t max_agreements) : max_agreements_(max_agreements), limit_(max_agreements) {}

  // How many of the first agreements are the next page: at least one. REQUIRES: there is one.
  size_t Next(const std::deque<storage::BillableAgreement>& agreements) const;

  // A page with so many companies was settled, and locked for so long.
  void Settled(size_t agreements, int64_t companies, absl::Duration took);

  // A page of so many agreements met another transaction.
  void Conflicted(size_t agreements);

 private:
  // Of a page, in companies: what an agreement takes by itself is as much as 10 of them.
  static constexpr double kLeastWork = 200;

  const size_t max_agreements_;
  size_t limit_;  // Of agreements, since a page met another transaction.
  double work_ = kLeastWork;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_OPERATIONS_BILLING_PAGE_SIZE_H_
