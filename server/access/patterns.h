// Texts with a wildcard, as gRPC's authorization policy (proposal A43) has them: "abc" is that text, "abc*" what begins
// with it, "*abc" what ends with it, and "*" whatever is not empty. Immutable. Thread-safe.
#ifndef AGREEMENTS_SERVER_ACCESS_PATTERNS_H_
#define AGREEMENTS_SERVER_ACCESS_PATTERNS_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace agreements {

// True unless `text` is empty, or has a wildcard elsewhere than at one end.
bool IsPattern(absl::string_view text);

class Patterns {
 public:
  // REQUIRES: each one is a pattern.
  explicit Patterns(std::vector<std::string> patterns);

  // Whether one of the patterns fits.
  bool Match(absl::string_view text) const;

  const std::vector<std::string>& list() const { return list_; }

 private:
  std::vector<std::string> list_;
  bool any_ = false;
  std::set<std::string, std::less<>> exact_;
  std::vector<std::string> prefixes_;
  std::vector<std::string> suffixes_;
};

}  // namespace agreements

#endif  // AGREEMENTS_SERVER_ACCESS_PATTERNS_H_
