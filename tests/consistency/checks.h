// Whether a record is one that the service may leave behind. What is checked, each by a function:
//
//   CheckChanges    what is unknown settles; a repeated request_id is answered as the first time
//   CheckVersions   what was acknowledged is there, once; what was refused is not; reads never go back in time
//   CheckRefusals   what was refused was refused for a reason that held then
//   CheckPrices     the same of prices, which have no version
//   CheckLists      pages have no gaps and no doubles; what they hold passes their filters
//   CheckCounts     company_count and draft_count are those of companies and drafts
//   CheckTrail      each change is in the trail, once, in an order that agrees with time; what was refused is not
//   CheckStructure  in the end, placements, drafts, accesses and users fit together
//   CheckBilling    documents tile the days; each access and transaction is charged once; runs tell each month once
//
// The model is slow and obvious on purpose: it looks at calls one by one, and knows nothing of how the service works.
#ifndef AGREEMENTS_TESTS_CONSISTENCY_CHECKS_H_
#define AGREEMENTS_TESTS_CONSISTENCY_CHECKS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/consistency/entities.h"
#include "tests/consistency/record.h"

namespace agreements::testing {

struct Violation {
  std::string kind;  // "lost", "doubled", "stale", "torn", "gap" ...
  std::string text;
};

// A record, as the checks look at it.
struct History {
  explicit History(const Record& what) : record(what), entities(EntitiesOf(what)), changes(ChangesOf(what)) {}

  const Record& record;
  const Entities entities;
  const std::map<int64_t, std::vector<const Call*>> changes;
};

using Violations = std::vector<Violation>;

void CheckChanges(const History& history, Violations& violations);
void CheckVersions(const History& history, Violations& violations);
void CheckRefusals(const History& history, Violations& violations);
void CheckPrices(const History& history, Violations& violations);
void CheckLists(const History& history, Violations& violations);
void CheckCounts(const History& history, Violations& violations);
void CheckTrail(const History& history, Violations& violations);
void CheckStructure(const History& history, Violations& violations);
void CheckBilling(const History& history, Violations& violations);

// All of these.
Violations Check(const Record& record);

// The figures of a run, a line each: calls by code, the longest time without a success, what became of calls whose
// outcome was unknown, and violations by kind.
std::string Figures(const Record& record, const Violations& violations);

// The first calls that succeeded, of each operation; null if none has.
const Call* Success(const std::vector<const Call*>& calls);

// When time has passed for sure between an end and a begin, as far as the clocks of ids tell: they have milliseconds.
inline constexpr absl::Duration kClockTick = absl::Milliseconds(2);

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_CONSISTENCY_CHECKS_H_
