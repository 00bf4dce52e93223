// Reads what /metrics shows.
#ifndef AGREEMENTS_TESTS_TESTING_METRIC_TEXT_H_
#define AGREEMENTS_TESTS_TESTING_METRIC_TEXT_H_

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace agreements::testing {

// The value of a series, by its name and labels as the text has them: "agreements_queue_length{kind=\"read\"}". -1 if
// there is none.
inline double MetricIn(const std::string& text, const std::string& series) {
  double value = -1;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::StartsWith(line, absl::StrCat(series, " "))) continue;
    if (!absl::SimpleAtod(line.substr(series.size() + 1), &value)) return -1;
  }
  return value;
}

}  // namespace agreements::testing

#endif  // AGREEMENTS_TESTS_TESTING_METRIC_TEXT_H_
