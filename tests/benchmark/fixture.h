// What the benchmark measures on: accounts that are loaded in bulk, by SQL.
#ifndef AGREEMENTS_TESTS_BENCHMARK_FIXTURE_H_
#define AGREEMENTS_TESTS_BENCHMARK_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/testing/service.h"

namespace agreements::benchmark {

struct Scale {
  // Of the large agreement.
  int64_t companies;
  int64_t users;
  int64_t accesses;
  int64_t transactions;
  // Agreements of the two billing runs.
  int64_t few;
  int64_t many;
  // Calls of RecordTransactions that are timed together, a caller.
  int calls;
  int repetitions;
};

// "full", "small" and "tiny". Throws for another one.
Scale ScaleOf(absl::string_view name);

// The month that everything is settled for: the clock stands on its until_day.
inline constexpr char kFromDay[] = "2026-10-01";
inline constexpr char kUntilDay[] = "2026-11-01";

inline constexpr char kLargeAccount[] = "large";
inline constexpr char kScan[] = "scan";  // Every account's product of kind TRANSACTION.

// The agr-, cmp- or acc-id of a number.
std::string IdOf(absl::string_view prefix, int64_t number);

// The account of the billing run over so many agreements.
std::string RunAccount(int64_t agreements);

// The service on a schema of its own, in which all accounts are.
class Fixture {
 public:
  explicit Fixture(const Scale& scale);

  testing::Service& service() { return service_; }
  const Scale& scale() const { return scale_; }

  // Throws unless it is OK.
  template <typename T>
  static T Value(absl::StatusOr<T> result) {
    Require(result.status());
    return *std::move(result);
  }
  static void Require(const absl::Status& status);

  // A stream's next message, or nothing at its end.
  template <typename Response>
  static std::optional<Response> Next(const Stream<Response>& stream, const std::string& account_id) {
    storage::Call call;
    call.account_id = account_id;
    return Value(stream(call));
  }

  // A connection of its own, through the same connector, for bare SQL.
  std::unique_ptr<storage::Session> Connect() { return Value(service_.database().Connect()); }

  void LoadTransactions();
  void RemoveTransactions();

  // What the account's agreements were before they were settled.
  void Unsettle(const std::string& account_id);

 private:
  void LoadNumbers();
  void LoadProducts(const std::string& account_id);
  // Agreement 0 is the large one. One company in twenty moves to it within the month, one away from it, and one came
  // earlier.
  void LoadLargeAgreement();
  // Each with 10 companies, and 5 users who have access to all of them. Companies come by turns, as they do over time.
  void LoadManyAgreements(int64_t agreements);
  // With what a server learns over time of its tables.
  void Analyze();
  void Insert(const std::string& into, const std::string& select, int64_t count);

  const Scale scale_;
  testing::Service service_;
};

}  // namespace agreements::benchmark

#endif  // AGREEMENTS_TESTS_BENCHMARK_FIXTURE_H_
