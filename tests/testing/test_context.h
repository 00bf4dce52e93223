// What operations know besides their requests, in tests.
#ifndef AGREEMENTS_TESTS_TESTING_TEST_CONTEXT_H_
#define AGREEMENTS_TESTS_TESTING_TEST_CONTEXT_H_

#include "absl/time/time.h"
#include "server/operations/operations.h"
#include "tests/testing/test_database.h"

namespace agreements::testing {

// In Oslo, with Norwegian money. `clock` must outlive it.
inline Context TestContext(const TestClock& clock) {
  absl::TimeZone oslo;
  absl::LoadTimeZone("Europe/Oslo", &oslo);
  return {.clock = {.now = [&clock] { return clock.Now(); }, .time_zone = oslo}, .currency = "NOK"};
}

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_TEST_CONTEXT_H_
