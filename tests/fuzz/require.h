// What must hold for every input of a fuzzer.
#ifndef AGREEMENTS_TESTS_FUZZ_REQUIRE_H_
#define AGREEMENTS_TESTS_FUZZ_REQUIRE_H_

#include <cstdlib>
#include <iostream>

#include "absl/strings/string_view.h"

namespace agreements::testing {

// Ends the program, which libFuzzer reports with the input.
inline void Require(bool holds, absl::string_view what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << std::endl;
  std::abort();
}

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_FUZZ_REQUIRE_H_
