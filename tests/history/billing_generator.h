// Random histories for the billing property test.
#ifndef AGREEMENTS_TESTS_HISTORY_BILLING_GENERATOR_H_
#define AGREEMENTS_TESTS_HISTORY_BILLING_GENERATOR_H_

#include <deque>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/history/billing_history.h"
#include "tests/history/billing_oracle.h"

namespace agreements::testing {

inline std::string TimeText(absl::Time time) { return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()); }

inline oracle::Day FirstOfNextMonth(oracle::Day day) { return oracle::Day(oracle::Month(day) + 1); }

// Makes up one history step by step, each with a look at what the ones before have led to. The same seed and oracle
// give the same history.
class Generator {
 public:
  explicit Generator(unsigned seed);

  // How many steps the history should have.
  int steps() const { return steps_; }

  // Adds the next step.
  void Add(const oracle::Oracle& oracle, History& history);

 private:
  using Adder = void (Generator::*)();

  // 0 to count - 1.
  int Pick(int64_t count) { return static_cast<int>(random_() % static_cast<uint64_t>(count)); }
  bool Chance(int percent) { return Pick(100) < percent; }
  template <typename T>
  T OneOf(const std::vector<T>& values) {
    return values[static_cast<size_t>(Pick(static_cast<int64_t>(values.size())))];
  }

  void AddSetUp();
  void AddAny();
  void AddEnd();

  void AddClock();
  void AddAgreement();
  void AddCompany();
  void AddMove();
  void AddMoveToNewAgreement();
  void AddDeletionOfCompany();
  void AddUndeletionOfCompany();
  void AddUndeletionThatDay();
  void AddDeletionOfAgreement();
  void AddUndeletionOfAgreement();
  void AddCustomerNumber();
  void AddName();
  void AddAccess();
  void AddPrice();
  void AddRecord();
  void AddCancel();
  void AddPreview();
  void AddOrderBasis();
  void AddBilling();

  void PlanSettlingMeanwhile(int last, int target);
  void PlanAfterUndeletion(int company);

  absl::Time NextTime();
  Item NextItem();
  absl::Time OccurTime();
  std::string NextPriceDay(int product);
  std::string UntilDay(oracle::Day from_day);

  int Agreement();
  int Company();
  int LiveCompany();
  bool IsAlone(int company) const;
  std::vector<int> Licences();
  std::string CustomerNumber();
  absl::Time Midnight(oracle::Day day) const;

  std::mt19937 random_;
  absl::TimeZone oslo_;
  const int steps_;
  int added_ = 0;
  int agreements_ = 0;
  int companies_ = 0;
  int transactions_ = 0;
  std::vector<Item> items_;
  std::deque<std::function<void()>> planned_;  // Steps that come next; each adds one.
  const oracle::Oracle* oracle_ = nullptr;
  History* history_ = nullptr;
};

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_HISTORY_BILLING_GENERATOR_H_
